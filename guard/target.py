"""What a change is made to: one stack."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """A region's stack, or the environment's global one, whose `region` is None."""

    environment: str
    region: str | None

    @property
    def stack(self) -> str:
        """The stack's name: `<environment>-<region>`, or `<environment>` for the global one."""
        return self.environment if self.region is None else f"{self.environment}-{self.region}"


def target_of(stack: str) -> Target:
    """Return what the stack of this name is; an environment's name has no dash."""
    environment, dash, region = stack.partition("-")
    return Target(environment, region if dash else None)
