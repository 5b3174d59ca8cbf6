"""The cycle of observe, decide and act, once or for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

from regions.model import Workloads
from services.season_scaler import log
from services.season_scaler.act import Actor, Outcome, Spectator
from services.season_scaler.cloud import Cloud, CloudError
from services.season_scaler.cluster import Cluster, ClusterError
from services.season_scaler.decide import Decision, decide, together
from services.season_scaler.emergency import emergency
from services.season_scaler.lease import LEASE_SECONDS, RENEW_EVERY_SECONDS, DeposedError, Leadership
from services.season_scaler.metrics import Metrics
from services.season_scaler.observe import Planner, observe_cloud, observe_cluster
from services.season_scaler.server import Pulse
from services.season_scaler.settings import Settings
from services.season_scaler.snapshot import Emergency, Snapshot

DONE, LEFT = 0, 1
"""Exit codes of a single run: all is as it should be, or something is not (it failed closed, or a step failed)."""
INTERVAL_SECONDS = 60.0
# How often a cycle looks again where something changed between looking and acting.
_LOOKS = 3


@dataclass
class Scaler:
    """Everything that a cycle needs.

    Attributes:
        leadership: None in a dry run, which needs none and changes nothing.
        now: the clock that the season goes by.
    """

    settings: Settings
    workloads: Workloads
    planner: Planner
    cluster: Cluster
    cloud: Cloud
    leadership: Leadership | None
    now: Callable[[], datetime]
    metrics: Metrics = field(default_factory=Metrics)
    pulse: Pulse = field(default_factory=Pulse)
    _flag: Emergency | None = None
    _told: tuple[str, ...] = ()
    _led: bool = False

    def once(self) -> int:
        """Apply the plan of the moment, or see that who leads does; return the exit code."""
        if not self._wins():
            log.tell("Another scaler holds the lease and keeps to the plan.")
            _, decision, _ = self._cycle(Spectator())
            return DONE if decision.sound and not decision.changes else LEFT
        try:
            decision, outcome = self.cycle()
        except DeposedError as error:
            log.alarm(str(error))
            return LEFT
        return DONE if decision.sound and not outcome.failures and not decision.waiting else LEFT

    def forever(self) -> NoReturn:
        """Keep to the plan while this process leads, and wait for the lease while it does not."""
        due = time.monotonic()
        while True:
            self.pulse.beat()
            started = time.monotonic()
            if not self._leads():
                due = started
            elif started >= due or self._flag_has_changed():
                due = started + self._cycle_and_pause()
            self.pulse.start()
            wait = due - time.monotonic()
            time.sleep(wait if 0 < wait < RENEW_EVERY_SECONDS else RENEW_EVERY_SECONDS)

    def cycle(self) -> tuple[Decision, Outcome]:
        """Observe, decide and act, in the cluster first, and tell what came of it.

        Raises:
            DeposedError: another process acts now.
        """
        actor = Spectator()
        if self.leadership is not None:
            actor = Actor(self.settings, self.cluster, self.cloud, self.leadership.confirm, self.now)
        snapshot, decision, outcome = self._cycle(actor)
        self._flag = snapshot.emergency
        self._report(snapshot, decision, outcome)
        return decision, outcome

    def _cycle(self, actor: Actor | Spectator) -> tuple[Snapshot, Decision, Outcome]:
        whole = Outcome()
        snapshot, decision, outcome = self._in_the_cluster(actor)
        for _ in range(_LOOKS - 1):
            if not outcome.conflicts:
                break
            whole.add(outcome)
            snapshot, decision, outcome = self._in_the_cluster(actor)
        whole.add(outcome)
        whole.failures += outcome.conflicts  # only of the last look: the others were looked at again
        capacity = decide(observe_cloud(self.settings, self.cloud, snapshot), self.workloads, decision.wanted)
        whole.add(actor.act(capacity))
        return snapshot, together(decision, capacity), whole

    def _in_the_cluster(self, actor: Actor | Spectator) -> tuple[Snapshot, Decision, Outcome]:
        snapshot = observe_cluster(self.workloads, self.planner, self.cluster, self.now())
        decision = decide(snapshot, self.workloads)
        return snapshot, decision, actor.act(decision)

    def _report(self, snapshot: Snapshot, decision: Decision, outcome: Outcome) -> None:
        self.metrics.show(decision, self.settings.region)
        for change in outcome.made:
            self.metrics.changed(change.kind)
        for text in (*decision.warnings, *outcome.failures):
            log.alarm(text)
        for text in decision.waiting:
            log.tell(text)
        if self.leadership is not None:
            self._tell_people(snapshot, decision, outcome)
        self.metrics.finished(len(outcome.failures), decision)

    def _tell_people(self, snapshot: Snapshot, decision: Decision, outcome: Outcome) -> None:
        if decision.warnings != self._told:
            self._warn(snapshot, decision)
        if decision.sound and not outcome.failures:
            try:
                self.cloud.report_cycle()
            except CloudError as error:
                log.alarm(str(error))

    def _warn(self, snapshot: Snapshot, decision: Decision) -> None:
        """Leave the warnings on the HPAs, once for as long as they stay the same."""
        try:
            for state in snapshot.autoscalers.values():
                for text in decision.warnings:
                    self.cluster.tell(state, "SeasonWarning", text, decision.at, warning=True)
        except ClusterError as error:
            log.alarm(str(error))
        else:
            self._told = decision.warnings

    def _wins(self) -> bool:
        """Whether this process may act, waiting for as long as a holder that died keeps its lease."""
        end = time.monotonic() + LEASE_SECONDS + RENEW_EVERY_SECONDS
        while not self._leads():
            if time.monotonic() >= end:
                return False
            time.sleep(RENEW_EVERY_SECONDS)
        return True

    def _leads(self) -> bool:
        if self.leadership is None:
            return True
        try:
            leads = self.leadership.campaign()
        except ClusterError as error:
            log.alarm(str(error))
            leads = self.leadership.leads
        if leads != self._led:
            log.tell("This process leads." if leads else f"{self.leadership.other or 'Nobody'} leads now.")
            self._told = ()
        if not leads:
            self.metrics.clear()
        self.metrics.leader.set(leads)
        self._led = leads
        return leads

    def _flag_has_changed(self) -> bool:
        """Whether an emergency was declared, or has ended, since the last cycle: that waits for no other one."""
        try:
            data = self.cluster.emergency(self.workloads.season_config.emergency)
        except ClusterError:
            return False  # the next cycle finds out, and tells
        return emergency(data, self.now()) != self._flag

    def _cycle_and_pause(self) -> float:
        """Return how long the next cycle can wait, s."""
        try:
            decision, _ = self.cycle()
        except DeposedError as error:
            log.warn(str(error))
            return 0.0
        return pause(decision, self.workloads)


def pause(decision: Decision, workloads: Workloads) -> float:
    """Return how long after a decision the next one can wait, s: never beyond the end of its plan."""
    often = float(workloads.wedding_day_mode.metrics_interval_seconds)
    if decision.plan is None or not decision.sound:
        return often
    until_next = (decision.plan.during.end - decision.at).total_seconds()
    return min(often if decision.plan.wedding_day else INTERVAL_SECONDS, until_next)
