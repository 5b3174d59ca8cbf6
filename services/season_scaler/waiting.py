"""What waits to be changed because it is in a state in which AWS does not change it, and for how long it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

OVERDUE = timedelta(minutes=10)
"""Longer than a change of size takes. An upgrade of nodes may take longer: somebody should know what waits for it."""
_LOOK_AT = {
    "database": "look at its status and events in RDS, and at its storage and quotas",
    "node_group": "look at its status, health issues and updates in EKS",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thing that has to be changed, and whose state does not allow it.

    Attributes:
        kind: as of the change that waits: "database" or "node_group".
        status: in RDS' or EKS' word.
    """

    kind: str
    name: str
    status: str

    @property
    def sentence(self) -> str:
        """Return what waits, for who reads the log of a cycle."""
        return f"{self.name} is {self.status}, and is changed when it no longer is."


@dataclass
class Waits:
    """Since when each thing waits, as far as this process has seen."""

    _since: dict[tuple[str, str], datetime] = field(default_factory=dict[tuple[str, str], datetime])

    def overdue(self, waiting: Sequence[Waiting], at: datetime, *, all_seen: bool) -> tuple[str, ...]:
        """Take in what waits at `at`, and return a sentence for each thing that has waited for `OVERDUE` or longer.

        A thing's wait goes on when its state becomes another one that allows no change.

        Args:
            all_seen: whether all was looked at. If not, what is not among `waiting` may wait all the same.
        """
        now = {(each.kind, each.name): self._since.get((each.kind, each.name), at) for each in waiting}
        self._since = now if all_seen else self._since | now
        return tuple(_loud(each, since) for each in waiting if at - (since := now[each.kind, each.name]) >= OVERDUE)

    def clear(self) -> None:
        """Forget all: another process looks now, and what it sees is not seen here."""
        self._since = {}


def _loud(waiting: Waiting, since: datetime) -> str:
    return (
        f"{waiting.kind.replace('_', ' ').capitalize()} {waiting.name} cannot get the floor that the season wants:"
        f" it has waited since {since.isoformat(timespec='seconds')} and is {waiting.status};"
        f" {_LOOK_AT[waiting.kind]}."
    )
