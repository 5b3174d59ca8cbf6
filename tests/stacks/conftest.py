"""The graphs of all stacks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from regions.load import load_fleet
from stacks.environment import load_environment
from stacks.offline import run_stack
from stacks.recording import Run

if TYPE_CHECKING:
    from stacks.recording import Registered

FLEET = load_fleet()
ENVIRONMENTS = ("local", "staging", "prod")
REGION_STACKS = [f"{name}-{region}" for name in ENVIRONMENTS for region in load_environment(name).regions]
STACKS = [*ENVIRONMENTS, *REGION_STACKS]

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
KEY = "aws:kms/key:Key"


class Graph(NamedTuple):
    """What a stack's program registers, in order."""

    resources: list[Registered]

    def one(self, type_token: str, name: str | None = None) -> Registered:
        """The only resource of this type (and name)."""
        found = [each for each in self.all(type_token) if name in (None, each.name)]
        assert len(found) == 1, f"{type_token} {name}: {[each.name for each in self.all(type_token)]}"
        return found[0]

    def all(self, type_token: str) -> list[Registered]:
        return [each for each in self.resources if each.type == type_token]


Registers = Callable[[str], Graph]


@pytest.fixture(scope="session")
def graph() -> Registers:
    """Stack name → what its program registers, reading what its global stack exports; each program runs once."""
    return lambda stack: Graph(_ran(stack).registered)


def exported(stack: str) -> dict[str, Any]:
    """What a stack exports."""
    return _ran(stack).exports


@cache
def _ran(stack: str) -> Run:
    shared = stack.partition("-")[0]
    exports = {} if stack == shared else {shared: _ran(shared).exports}
    return run_stack(stack, exports)
