"""A change of what pods read when they start replaces them; a change of what they do not leaves them alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from components.workload.configuration import regional_config
from components.workload.deployment import CHECKSUM, ConfigMaps
from components.workload.replicated_workload import ReplicatedWorkload, ReplicatedWorkloadArgs
from components.workload.season_config import SEASON_ACTIVE, season_config
from regions.load import load_fleet
from regions.model.deployment import Deployment

if TYPE_CHECKING:
    from stacks.recording import Registered

Checksum = Callable[[Deployment, ConfigMaps], "str | None"]
FLEET = load_fleet()
WORKLOADS = FLEET.workloads
REGION = FLEET.region("us-east-1")
SEASON, REGIONS = WORKLOADS.season_config.name, WORKLOADS.coordinator.config_map
CONFIG_MAPS = {SEASON: dict(season_config(FLEET, REGION)), REGIONS: dict(regional_config(FLEET, REGION))}


@pytest.fixture
def checksum(registered_by: Callable[[Callable[[], object], str], list[Registered]]) -> Checksum:
    """(workload, data of ConfigMaps) → what its pods' annotation says."""

    def of(workload: Deployment, config_maps: ConfigMaps) -> str | None:
        images = dict.fromkeys(workload.containers, "image")
        args = ReplicatedWorkloadArgs("apps", workload, images, config_maps, replicas=1)
        made = registered_by(lambda: ReplicatedWorkload("workload", args), "prod-us-east-1")
        (deployment,) = [each for each in made if each.type == "kubernetes:apps/v1:Deployment"]
        return deployment.inputs["spec"]["template"]["metadata"].get("annotations", {}).get(CHECKSUM)

    return of


def changed(config_map: str, key: str) -> dict[str, dict[str, str]]:
    return {**CONFIG_MAPS, config_map: {**CONFIG_MAPS[config_map], key: "something else"}}


@pytest.mark.parametrize(
    ("workload", "config_map", "key"),
    [
        (WORKLOADS.performance_monitor, SEASON, "performance_thresholds"),
        (WORKLOADS.coordinator, REGIONS, "region"),
        (WORKLOADS.coordinator, REGIONS, WORKLOADS.coordinator.config_key),
    ],
)
def test_a_change_of_what_is_read_changes_the_pods(
    workload: Deployment, config_map: str, key: str, checksum: Checksum
) -> None:
    before = checksum(workload, CONFIG_MAPS)
    assert before == checksum(workload, CONFIG_MAPS)
    assert before != checksum(workload, changed(config_map, key))


def test_a_change_of_what_others_read_does_not(checksum: Checksum) -> None:
    monitor, other = WORKLOADS.performance_monitor, changed(REGIONS, "region")
    assert checksum(monitor, CONFIG_MAPS) == checksum(monitor, other)
    assert checksum(WORKLOADS.wedding_api, CONFIG_MAPS) is None  # it reads whether it is season, and nothing else


def test_the_season_begins_without_a_rollout(checksum: Checksum) -> None:
    monitor, season = WORKLOADS.performance_monitor, changed(SEASON, SEASON_ACTIVE)
    assert checksum(monitor, CONFIG_MAPS) == checksum(monitor, season)


def test_a_change_of_the_poolers_configuration_changes_its_pods(checksum: Checksum) -> None:
    first, second = ({"pgbouncer-config": {"pgbouncer.ini": text}} for text in ("a", "b"))
    assert checksum(WORKLOADS.pooler, first) != checksum(WORKLOADS.pooler, second)


def test_a_configuration_that_nobody_gave_is_a_mistake(checksum: Checksum) -> None:
    with pytest.raises(KeyError, match="pgbouncer-config"):
        checksum(WORKLOADS.pooler, CONFIG_MAPS)
