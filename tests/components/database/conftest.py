"""Components of the database in programs of their own, some with the longest names that there may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from components.place import Place
from components.scope import Scope
from regions.load import load_fleet

if TYPE_CHECKING:
    from stacks.recording import Registered

FLEET = load_fleet()
REGION = FLEET.region("eu-central-1")
SCOPE = Scope("prod", "eu-central-1")
PLACE = Place("123456789012", "eu-central-1")
LONGEST = Scope("environments", "eu-twelvetwelv-abcdefgh1")
LONG_GROUP = "resident-of-somewhere-far"

Program = Callable[[Callable[[], object]], "list[Registered]"]


@pytest.fixture
def run(registered_by: Callable[[Callable[[], object], str], list[Registered]]) -> Program:
    """Program → what it registers."""
    return lambda program: registered_by(program, SCOPE.stack)
