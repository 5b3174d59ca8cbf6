"""The cycle of observe, decide and act, once or for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import NoReturn

from regions.model import Workloads
from services.season_scaler import log
from services.season_scaler.act import Actor, Outcome, Spectator
from services.season_scaler.cloud import Cloud, CloudError
from services.season_scaler.cluster import Cluster, ClusterError
from services.season_scaler.decide import Decision, decide, together
from services.season_scaler.emergency import emergency
from services.season_scaler.freeze_lock import FreezeLock
from services.season_scaler.lease import LEASE_SECONDS, RENEW_EVERY_SECONDS, DeposedError, Leadership
from services.season_scaler.metrics import Metrics
from services.season_scaler.observe import Planner, observe_cloud, observe_cluster
from services.season_scaler.server import Pulse
from services.season_scaler.settings import Settings
from services.season_scaler.snapshot import Emergency, Snapshot
from services.season_scaler.waiting import Waits

DONE, LEFT = 0, 1
"""Exit codes of a single run: all is as it should be, or something is not (it failed closed, or a step failed)."""
INTERVAL_SECONDS = 60.0
# How often a cycle looks again where something changed between looking and acting.
_LOOKS = 3


@dataclass
class Scaler:
    """Everything that a cycle needs.

    Attributes:
        zones: of the region.
        leadership: None in a dry run, which needs none and changes nothing.
        now: the clock that the season goes by.
        lock: keeps the region's freeze window; None in a dry run.
    """

    settings: Settings
    workloads: Workloads
    zones: int
    planner: Planner
    cluster: Cluster
    cloud: Cloud
    leadership: Leadership | None
    now: Callable[[], datetime]
    lock: FreezeLock | None = None
    metrics: Metrics = field(default_factory=Metrics)
    pulse: Pulse = field(default_factory=Pulse)
    _waits: Waits = field(default_factory=Waits)
    _flag: Emergency | None = None
    _told: tuple[str, ...] = ()
    _led: bool = False
    _edge: datetime | None = None

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
        kept = self._keep_window()
        actor = Spectator()
        if self.leadership is not None:
            actor = Actor(self.settings, self.cluster, self.cloud, partial(self._confirm, self.leadership), self.now)
        snapshot, decision, outcome = self._cycle(actor)
        outcome.failures += kept
        overdue = self._waits.overdue(decision.waiting, decision.at, all_seen=decision.sound)
        decision = replace(decision, warnings=decision.warnings + overdue)
        self._flag = snapshot.emergency
        self._report(snapshot, decision, outcome, sound=decision.sound and not outcome.failures and not overdue)
        return decision, outcome

    def _keep_window(self) -> tuple[str, ...]:
        """Before all else: whether changes are allowed must not wait for a plan. Returns what failed."""
        if self.lock is None or self.leadership is None:
            return ()
        self.pulse.beat()
        kept = self.lock.keep(partial(self._confirm, self.leadership), self.now)
        self._edge = kept.edge
        self.metrics.froze(self.settings.region, kept.closed)
        return kept.failures

    def _confirm(self, leadership: Leadership, seconds: float) -> None:
        """Between the steps: a slow cycle is not one that stands still."""
        self.pulse.beat()
        leadership.confirm(seconds)

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
        in_aws = observe_cloud(self.settings, self.cloud, snapshot)
        capacity = decide(in_aws, self.workloads, self.zones, decision.wanted)
        whole.add(actor.act(capacity))
        return snapshot, together(decision, capacity), whole

    def _in_the_cluster(self, actor: Actor | Spectator) -> tuple[Snapshot, Decision, Outcome]:
        self.pulse.beat()
        snapshot = observe_cluster(self.workloads, self.planner, self.cluster, self.now())
        self.pulse.beat()
        decision = decide(snapshot, self.workloads, self.zones)
        return snapshot, decision, actor.act(decision)

    def _report(self, snapshot: Snapshot, decision: Decision, outcome: Outcome, *, sound: bool) -> None:
        self.metrics.show(decision, self.settings.region)
        for change in outcome.made:
            self.metrics.changed(change.kind)
        for text in (*decision.warnings, *outcome.failures):
            log.alarm(text)
        for each in decision.waiting:
            log.tell(each.sentence)
        self.metrics.failed(len(outcome.failures))
        if sound:
            self.metrics.succeeded(self.settings.region, decision.at)
        if self.leadership is not None:
            self._tell_people(snapshot, decision, sound=sound)

    def _tell_people(self, snapshot: Snapshot, decision: Decision, *, sound: bool) -> None:
        if decision.warnings != self._told:
            self._warn(snapshot, decision)
        if sound:
            try:
                self.cloud.report_cycle()
            except CloudError as error:
                log.alarm(str(error))

    def _warn(self, snapshot: Snapshot, decision: Decision) -> None:
        """Leave the warnings on the HPAs, once for as long as they stay the same."""
        try:
            for state in snapshot.autoscalers.values():
                for text in decision.warnings:
                    self.pulse.beat()
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
            self._waits.clear()
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
        wait = pause(decision, self.workloads)
        if self._edge is None:
            return wait
        return min(wait, max(0.0, (self._edge - self.now()).total_seconds()))


def pause(decision: Decision, workloads: Workloads) -> float:
    """Return how long after a decision the next one can wait, s: never beyond the end of its plan."""
    often = float(workloads.wedding_day_mode.metrics_interval_seconds)
    if decision.plan is None or not decision.sound:
        return often
    until_next = (decision.plan.during.end - decision.at).total_seconds()
    return min(often if decision.plan.wedding_day else INTERVAL_SECONDS, until_next)
