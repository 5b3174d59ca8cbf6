"""The graphs of all stacks, for their bills."""

from __future__ import annotations

from tests.stacks.conftest import graph

__all__ = ["graph"]
