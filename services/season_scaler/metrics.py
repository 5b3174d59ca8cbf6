"""What Prometheus reads of the season scaler. Only the one that leads has numbers of the plan."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.season_scaler.decide import Decision


class Metrics:
    """All metrics, in a registry of their own."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self.registry = CollectorRegistry()
        self.leader = self._gauge("leader", "1 while this process holds the lease.")
        self._changes = Counter("season_scaler_changes", "Changes made.", ["kind"], registry=self.registry)
        self._failures = Counter("season_scaler_failures", "Steps that failed.", registry=self.registry)
        self._floor = self._gauge("floor_replicas", "Floor decided for a workload.", "workload")
        self._ceiling = self._gauge("ceiling_replicas", "Ceiling decided for a workload.", "workload")
        self._shortfall = self._gauge("shortfall_replicas", "Replicas that the ceiling cuts off.", "workload")
        self._nodes = self._gauge("node_floor", "Fewest nodes planned for a pool.", "pool")
        # Of the region as a whole; labelled, so that they are absent where nothing was decided, and no 0 is an alarm.
        self._success = self._gauge(
            "last_success_timestamp_seconds", "Time of the last cycle without a failure.", "region"
        )
        self._waiting = self._gauge(
            "waiting", "Databases and node groups whose state lets no change be made.", "region"
        )
        self._inputs_ok = self._gauge(
            "inputs_ok", "1 if the last cycle had all its inputs; 0: it failed closed.", "region"
        )
        self._level = self._gauge("protection_level", "0 NORMAL, 1 HIGH, 2 MAXIMUM.", "region")
        self._wedding_day = self._gauge("wedding_day", "1 in wedding-day mode.", "region")
        self._emergency = self._gauge("emergency", "1 while an emergency is declared.", "region")
        self._freeze = self._gauge("freeze_closed", "1 while a freeze window denies changes in the cluster.", "region")
        self._acu = self._gauge("database_floor_acu", "Floor planned for each database, in ACU.", "region")
        self._acu_shortfall = self._gauge("database_shortfall_acu", "ACU that the ceiling cuts off.", "region")

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"season_scaler_{name}", text, labels, registry=self.registry)

    def show(self, decision: Decision, region: str) -> None:
        """Show what was decided; of a plan that is not there, nothing."""
        self._forget_plan()
        self._waiting.labels(region).set(len(decision.waiting))
        self._inputs_ok.labels(region).set(decision.sound)
        for workload, wanted in decision.wanted.items():
            self._floor.labels(workload).set(wanted.floor)
            self._ceiling.labels(workload).set(wanted.ceiling)
        plan = decision.plan
        if plan is None:
            return
        for workload, bounds in plan.workloads.items():
            self._shortfall.labels(workload).set(bounds.shortfall)
        for pool, nodes in plan.nodes.items():
            self._nodes.labels(pool).set(nodes)
        self._level.labels(region).set(plan.level)
        self._wedding_day.labels(region).set(plan.wedding_day)
        self._emergency.labels(region).set(plan.emergency)
        self._acu.labels(region).set(plan.min_acu)
        self._acu_shortfall.labels(region).set(plan.acu_shortfall)

    def clear(self) -> None:
        """Forget what was decided, and when: another one does that now, and what is absent is no alarm."""
        self._forget_plan()
        for gauge in (self._success, self._waiting, self._freeze):
            gauge.clear()

    def _forget_plan(self) -> None:
        for gauge in (self._floor, self._ceiling, self._shortfall, self._nodes, self._level, self._wedding_day):
            gauge.clear()
        for gauge in (self._inputs_ok, self._emergency, self._acu, self._acu_shortfall):
            gauge.clear()

    def froze(self, region: str, closed: bool | None) -> None:
        """Show whether changes are denied; nothing where nobody can say."""
        self._freeze.clear()
        if closed is not None:
            self._freeze.labels(region).set(closed)

    def changed(self, kind: str) -> None:
        """Count a change that was made."""
        self._changes.labels(kind).inc()

    def failed(self, steps: int) -> None:
        """Count steps that failed."""
        self._failures.inc(steps)

    def succeeded(self, region: str, at: datetime) -> None:
        """Note a cycle, of `at`, that had all its inputs and in which nothing failed or waits for too long."""
        self._success.labels(region).set(at.timestamp())
