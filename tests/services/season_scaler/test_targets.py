"""The metrics list is the one that the workload's program renders; how hot a workload is goes by its hottest metric."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from components.workload.workload_autoscaler import WorkloadAutoscaler, WorkloadAutoscalerArgs
from regions.model.kubernetes import Autoscaler
from services.season_scaler.targets import cpu_target, hottest, metrics, targets
from tests.services.season_scaler.states import API, MONITOR, STANDARDS
from tests.stacks.rendering import rendered

if TYPE_CHECKING:
    from stacks.recording import Registered

Program = Callable[[Callable[[], object], str], "list[Registered]"]


@pytest.mark.parametrize("workload", [MONITOR, API])
def test_it_is_the_list_that_the_program_renders(workload: str, registered_by: Program) -> None:
    """Of anything else a preview would see a difference."""
    standard: Autoscaler = STANDARDS[workload].autoscaler
    args = WorkloadAutoscalerArgs("apps", "web", standard, season_scaled=True)

    (made,) = rendered(registered_by(lambda: WorkloadAutoscaler("hpa", args), "test-us-east-1"))

    assert list(metrics(standard, standard.cpu_percent)) == made["spec"]["metrics"]


@pytest.mark.parametrize("workload", [MONITOR, API])
def test_every_metric_of_the_list_has_a_target(workload: str) -> None:
    standard = STANDARDS[workload].autoscaler
    assert len(targets(standard, 60)) == len(metrics(standard, 60))


def test_the_targets_are_the_workloads() -> None:
    assert targets(STANDARDS[MONITOR].autoscaler, 60) == {
        "cpu": 60.0,
        "memory": 80.0,
        "database_optimization_queue_length": 10.0,
    }
    assert targets(STANDARDS[API].autoscaler, 60) == {"cpu": 60.0}


@pytest.mark.parametrize(
    ("listed", "percent"),
    [
        (metrics(STANDARDS[MONITOR].autoscaler, 60), 60),
        ([], None),
        ([{"type": "Resource", "resource": {"name": "memory", "target": {"averageUtilization": 80}}}], None),
        ([{"type": "Resource", "resource": {"name": "cpu", "target": {"averageValue": "2"}}}], None),
        ([{"type": "Resource", "resource": {"name": "cpu"}}], None),
    ],
)
def test_the_cpu_target_is_found_where_there_is_one(listed: list[dict[str, object]], percent: int | None) -> None:
    assert cpu_target(listed) == percent


def test_the_hottest_metric_counts() -> None:
    assert hottest({"cpu": 30.0, "queue": 12.0, "other": 1e9}, {"cpu": 60.0, "queue": 10.0}) == ("queue", 1.2)


@pytest.mark.parametrize("usage", [None, {}, {"cpu": 300.0}])
def test_one_unknown_is_enough_to_know_nothing(usage: dict[str, float] | None) -> None:
    assert hottest(usage, {"cpu": 60.0, "queue": 10.0}) is None
