"""When somebody is told of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.database.database_alarms import DatabaseAlarms, DatabaseAlarmsArgs
from regions.model.alarms import Severity

from .conftest import FLEET, LONG_GROUP, LONGEST, REGION, SCOPE, Program

if TYPE_CHECKING:
    from stacks.recording import Registered

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPICS: dict[Severity, str] = {
    severity: f"arn:aws:sns:eu-central-1:123456789012:{severity}" for severity in ("page", "warn")
}


def _alarms(run: Program, *, replicated: bool) -> dict[str, Registered]:
    args = DatabaseAlarmsArgs(
        SCOPE, "worldwide", "the-cluster", REGION.database, 60, FLEET.workloads.alarms.database, replicated, TOPICS
    )
    made = run(lambda: DatabaseAlarms("alarms", args))
    return {each.name.removeprefix("alarms-"): each for each in made if each.type == ALARM}


@pytest.mark.parametrize(
    ("what", "metric", "comparison", "threshold", "told"),
    [
        ("cpu", "CPUUtilization", "GreaterThanThreshold", 80, "page"),
        ("capacity", "ACUUtilization", "GreaterThanThreshold", 90, "warn"),
        ("connections", "DatabaseConnections", "GreaterThanThreshold", 48, "warn"),  # 80 % of 60
        ("free-memory", "FreeableMemory", "LessThanThreshold", 64 * 2 * 1024**3 / 10, "page"),
        ("deadlocks", "Deadlocks", "GreaterThanThreshold", 0.05, "warn"),
        ("replica-lag", "AuroraReplicaLag", "GreaterThanThreshold", 100, "warn"),
    ],
)
def test_load(what: str, metric: str, comparison: str, threshold: float, told: Severity, run: Program) -> None:
    alarm = _alarms(run, replicated=False)[what].inputs
    assert (alarm["metricName"], alarm["comparisonOperator"]) == (metric, comparison)
    assert alarm["threshold"] == pytest.approx(threshold)
    assert alarm["dimensions"] == {"DBClusterIdentifier": "the-cluster"}
    assert alarm["alarmActions"] == alarm["okActions"] == [TOPICS[told]]


@pytest.mark.parametrize(
    ("what", "metric", "threshold", "told"),
    [
        ("replication-lag", "AuroraGlobalDBReplicationLag", 100, "warn"),
        ("rpo-lag", "AuroraGlobalDBRPOLag", 30_000, "page"),
    ],
)
def test_lag_between_regions_whoever_writes(
    what: str, metric: str, threshold: int, told: Severity, run: Program
) -> None:
    alarm = _alarms(run, replicated=True)[what].inputs
    (query,) = alarm["metricQueries"]
    what_is_asked, of_which = query["expression"].split(" FROM ")
    assert what_is_asked == f"SELECT MAX({metric})"
    assert of_which == """"AWS/RDS" WHERE DBClusterIdentifier = 'the-cluster'"""
    assert alarm["threshold"] == threshold
    assert alarm["alarmActions"] == [TOPICS[told]]
    assert alarm["treatMissingData"] == "notBreaching"  # the writer has none


def test_a_cluster_by_itself_has_no_lag(run: Program) -> None:
    assert not {"replication-lag", "rpo-lag"} & set(_alarms(run, replicated=False))


def test_only_a_silent_cpu_is_an_alarm(run: Program) -> None:
    missing = {what: each.inputs["treatMissingData"] for what, each in _alarms(run, replicated=True).items()}
    assert [what for what, treated in missing.items() if treated == "breaching"] == ["cpu"]


def test_half_of_the_contracts_minute_is_left(run: Program) -> None:
    alarm = _alarms(run, replicated=True)["rpo-lag"].inputs
    assert alarm["threshold"] / 1000 < 60
    assert alarm["evaluationPeriods"] <= 2


def test_names_are_unique_at_any_length(run: Program) -> None:
    args = DatabaseAlarmsArgs(
        LONGEST, LONG_GROUP, "the-cluster", REGION.database, 60, FLEET.workloads.alarms.database, True, TOPICS
    )
    names = [each.inputs["name"] for each in run(lambda: DatabaseAlarms("alarms", args)) if each.type == ALARM]
    assert len(set(names)) == 8
    assert max(map(len, names)) <= 255
