"""What a component of the network registers, by type and name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stacks.recording import Registered

Parts = dict[str, dict[str, "Registered"]]
Made = Callable[[Callable[[], object]], Parts]


@pytest.fixture
def made(registered_by: Callable[[Callable[[], object], str], list[Registered]]) -> Made:
    """Program -> its resources, by type and then by name."""

    def of(program: Callable[[], object]) -> Parts:
        parts: Parts = {}
        for each in registered_by(program, "prod"):
            parts.setdefault(each.type, {})[each.name] = each
        return parts

    return of
