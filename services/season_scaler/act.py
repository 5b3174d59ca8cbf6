"""Makes the changes that were decided, one after the other.

Each is idempotent, and none needs another one to have been made: killed between any two steps, the next run sees what
is left and decides on that. The audit trail hears of a change before it is made, so that none is ever missing there;
one that was announced and not made is made, and announced again, by the next run.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.season_scaler import log
from services.season_scaler.changes import (
    AutoscalerChange,
    Change,
    DatabaseChange,
    IntervalChange,
    NodeGroupChange,
    SeasonChange,
    sentence,
    still_needed,
)
from services.season_scaler.cloud import CHANGE_SECONDS, Cloud, CloudError
from services.season_scaler.cluster import REQUEST_SECONDS, Cluster, ClusterError, ConflictError
from services.season_scaler.decide import Decision
from services.season_scaler.settings import Settings


@dataclass(slots=True)
class Outcome:
    """What came of a decision.

    Attributes:
        failures: a sentence for each step that failed; the next cycle tries again.
        conflicts: a sentence for each thing that had changed since it was looked at: looking again at once is worth it.
    """

    made: list[Change] = field(default_factory=list[Change])
    failures: list[str] = field(default_factory=list[str])
    conflicts: list[str] = field(default_factory=list[str])

    def add(self, other: Outcome) -> None:
        """Count in what was made and what failed in another part of the cycle; its conflicts are not failures yet."""
        self.made += other.made
        self.failures += other.failures


class Spectator:
    """Says what would be done, and does nothing."""

    def act(self, decision: Decision) -> Outcome:
        """Log the changes."""
        for change in decision.changes:
            log.tell(f"Would change {sentence(change)}", kind=change.kind, name=change.name)
        return Outcome()


class Actor:
    """Makes the changes of one cycle in the name of one pod."""

    def __init__(
        self,
        settings: Settings,
        cluster: Cluster,
        cloud: Cloud,
        confirm: Callable[[float], None],
        now: Callable[[], datetime],
    ) -> None:
        """Do nothing yet.

        Args:
            confirm: raises before a step if this process may not act for as long as the step takes, s; nothing else is
                done then.
        """
        self._settings, self._cluster, self._cloud = settings, cluster, cloud
        self._confirm, self._now = confirm, now
        self._no_trail: CloudError | None = None

    def act(self, decision: Decision) -> Outcome:
        """Make the changes; one that fails does not keep the others from being made.

        Raises:
            DeposedError: another process acts now. What is made stays made.
        """
        outcome = Outcome()
        for change in decision.changes:
            self._confirm(REQUEST_SECONDS)
            try:
                self._make(change, outcome)
            except ConflictError as error:
                outcome.conflicts.append(str(error))
            except (ClusterError, CloudError) as error:
                outcome.failures.append(str(error))
        return outcome

    def _make(self, change: Change, outcome: Outcome) -> None:
        self._announce(change, outcome)
        if isinstance(change, NodeGroupChange):
            live = self._cloud.node_group(change.state.pool, change.name)
            left = still_needed(change, live)
            if left is None:
                log.tell(
                    f"{change.name} was changed by somebody else meanwhile, to minSize {live.min_size}: left alone."
                )
                return
            change = left
        self._apply(change)
        outcome.made.append(change)
        log.tell(sentence(change), kind=change.kind, name=change.name, before=change.before, after=change.after)
        if isinstance(change, AutoscalerChange):
            self._cluster.tell(change.state, "SeasonPlan", sentence(change), self._now())

    def _announce(self, change: Change, outcome: Outcome) -> None:
        """Room for a wedding waits for the audit trail once in a cycle; nothing is taken away without a record."""
        if self._no_trail is None or not change.raises:
            try:
                self._cloud.append(self._record(change))
            except CloudError as error:
                if not change.raises:
                    raise
                self._no_trail = error
            else:
                return
        outcome.failures.append(f"{sentence(change)} Made without a record. {self._no_trail}")

    def _apply(self, change: Change) -> None:
        in_aws = isinstance(change, DatabaseChange | NodeGroupChange)
        self._confirm(CHANGE_SECONDS if in_aws else REQUEST_SECONDS)
        if isinstance(change, AutoscalerChange):
            self._cluster.set_autoscaler(change)
        elif isinstance(change, SeasonChange):
            self._cluster.set_season(change)
        elif isinstance(change, IntervalChange):
            self._cluster.set_interval(change)
        elif isinstance(change, DatabaseChange):
            self._cloud.set_database(change)
        else:
            self._cloud.set_node_group(change)

    def _record(self, change: Change) -> dict[str, str]:
        """An event of the audit trail: partition and sort key as the table has them, the rest for whoever reads it."""
        at = self._now().astimezone(UTC)
        return {
            "day": f"{self._settings.environment}#{at:%Y-%m-%d}",
            "event": f"{at:%H:%M:%S.%f}Z#{uuid.uuid4()}",
            "action": "season-scaler:set",
            "region": self._settings.region,
            "actor": f"season-scaler/{self._settings.pod}",
            "kind": change.kind,
            "name": change.name,
            "before": json.dumps(change.before, sort_keys=True),
            "after": json.dumps(change.after, sort_keys=True),
            "reason": change.reason,
        }
