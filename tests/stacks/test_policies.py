"""Every stack of every environment is within its ceiling, or near it: the other rules are tested with policies/."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from delivery.policy_command import checked
from policies.rules import enforce_cost_ceiling
from tests.stacks.conftest import STACKS

if TYPE_CHECKING:
    from tests.stacks.conftest import Registers


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_keeps_to_its_ceiling(stack: str, graph: Registers) -> None:
    """As of any month: a ceiling is about the twelve that follow."""
    found = checked(stack, graph(stack).resources, datetime(2027, 1, 13, tzinfo=UTC))
    over = [each for each in found.violations if each.rule is enforce_cost_ceiling.RULE and each.level == "mandatory"]
    assert [each.sentence for each in over] == []
