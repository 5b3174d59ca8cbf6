"""What a stack's state says before anything is started: does it exist, and did an update end in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_OUTLIVES = ("aws:kms/", "aws:s3/")
"""Keys and buckets: docs/runbooks/remove-region.md, step 4."""


@dataclass(frozen=True, slots=True)
class StackState:
    """A stack's state, of which nothing but this is needed.

    `pending`: operations that were begun and whose end nobody has written down, such as "creating <URN>".
    `written`: when the state was last written, as the engine says; empty for a stack that was never updated.
    `protected`: URNs of what Pulumi refuses to delete.
    """

    stack: str
    pending: tuple[str, ...]
    written: str
    protected: tuple[str, ...]

    @property
    def objection(self) -> str | None:
        """Return why no update may start from it, with what to do, or None if one may."""
        if not self.pending:
            return None
        return "\n".join(
            (
                f"{self.stack}: the state has {len(self.pending)} operation(s) of an update that has not ended:",
                *(f"  {operation}" for operation in self.pending),
                "If an update of it is running, wait for it. If none is, the last one was cut off: look whether each"
                " exists, import what does, and clear the rest. Then run the same command again.",
                *(f"  {command}" for command in recovery(self.stack)),
            )
        )

    @property
    def protection(self) -> str | None:
        """Return why the stack must not be destroyed yet, or None: what is still protected, but for what the runbook
        lets outlive the stack, keeps what it stands on, and the rest would go from under it.
        """
        kept = [urn for urn in self.protected if not _type(urn).startswith(_OUTLIVES)]
        if not kept:
            return None
        return "\n".join(
            (
                f"{self.stack}: {len(kept)} protected resources hold data or serve it:",
                *(f"  {urn}" for urn in kept),
                "Steps 1 to 4.2 of docs/runbooks/remove-region.md come first: what has to outlive the stack, and how"
                " protection is taken off.",
            )
        )


def state_of(stack: str, exported: Mapping[str, Any]) -> StackState:
    """Return the state of a stack from what `pulumi stack export` prints."""
    deployment = exported.get("deployment") or {}
    pending = tuple(f"{each['type']} {each['resource']['urn']}" for each in deployment.get("pending_operations") or ())
    protected = tuple(each["urn"] for each in deployment.get("resources") or () if each.get("protect"))
    return StackState(stack, pending, str((deployment.get("manifest") or {}).get("time", "")), protected)


def recovery(stack: str) -> tuple[str, ...]:
    """Return the commands that bring a stack back after an update was cut off, in their order."""
    return (
        f"pulumi cancel --yes --stack {stack}    # removes the lock that a killed update leaves",
        f"pulumi import <type> <name> <id> --stack {stack}    # each creation that happened",
        f"pulumi refresh --clear-pending-creates --stack {stack}    # forgets those that did not",
    )


def _type(urn: str) -> str:
    """The type of a URN's own resource, without its ancestors'."""
    return urn.split("::")[2].rsplit("$", 1)[-1]
