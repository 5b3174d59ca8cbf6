"""What rules are asked about: contexts of this project's stacks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest

from policies.context import Context, context_of

OPEN = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""A Wednesday at noon by UTC: no freeze window anywhere."""

Contexts = Callable[..., Context]


@pytest.fixture(scope="session")
def contexts() -> Contexts:
    """(stack, at, whether it is a preview) → what rules know."""

    @cache
    def make(stack: str = "prod-us-east-1", at: datetime = OPEN, dry_run: bool = False) -> Context:
        return context_of(stack, at, dry_run=dry_run)

    return make
