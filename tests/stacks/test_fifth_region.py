"""A fifth region is one YAML file and its name in the environment's file; the others notice it by name alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.rpc import is_rpc_secret

from guard.in_cluster import CLOCK
from regions.load import load_fleet
from stacks.environment import load_environment
from stacks.program import register
from stacks.recording import Registered, Run, run_under_mocks
from tests import fifth_region

_ENVIRONMENT = "prod"
_OTHERS = [f"{_ENVIRONMENT}-{name}" for name in load_environment(_ENVIRONMENT).regions]
_FIFTH = f"{_ENVIRONMENT}-{fifth_region.NAME}"

Fleet = dict[str, Run]

# What names all regions, and so has one more name in it.
CHANGED_IN_REGIONS = {
    "kubernetes:core/v1:ConfigMap::configuration-regional-optimization-config",  # the coordinator's
    "kubernetes:core/v1:ConfigMap::configuration-wedding-season-config",  # regional_optimizations
    "kubernetes:apps/v1:Deployment::coordinator",  # they read these when they start
    "kubernetes:apps/v1:Deployment::performance-monitor",
    "kubernetes:core/v1:Service::east-west",  # who may come in
    "kubernetes:networking.k8s.io/v1:NetworkPolicy::network-coordinator-to-regions",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy::network-pooler-to-databases",  # the writer may be there
    "kubernetes:networking.k8s.io/v1:NetworkPolicy::gateway-network-ingress-to-regions",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy::gateway-network-regions-to-east-west",
    "kubernetes:networking.istio.io/v1:VirtualService::remote-regions-VirtualService",
    "kubernetes:apps/v1:Deployment::season-scaler",  # how many share the traffic
    "kubernetes:batch/v1:CronJob::season-scaler-season",
    "kubernetes:batch/v1:CronJob::season-scaler-off-season",
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy::freeze-lock",  # after all that is there
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy::freeze-keeper",
    "aws:cloudwatch/metricAlarm:MetricAlarm::database-connections",  # the pools of all, to the writer
    "aws:ec2/managedPrefixList:ManagedPrefixList::backbone",  # the regions' addresses
}
NEW_IN_REGIONS = {
    "kubernetes:networking.istio.io/v1:ServiceEntry::remote-sa-east-1-ServiceEntry",
}
CHANGED_IN_GLOBAL = {
    "aws:budgets/budget:Budget::budgets-environment",  # the sum of all ceilings
    "aws:cloudwatch/compositeAlarm:CompositeAlarm::fleet-region-down",
    "aws:dynamodb/table:Table::audit",  # replicas
    "aws:dynamodb/table:Table::locks",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration::images",
    "aws:route53/healthCheck:HealthCheck::health",  # the fleet's, of the regions' own
}


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return _runs(fifth_region.copy_data(tmp_path_factory.mktemp("four"), _ENVIRONMENT), _OTHERS)


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    directory = fifth_region.copy_data(tmp_path_factory.mktemp("five"), _ENVIRONMENT)
    fifth_region.add(directory, _ENVIRONMENT)
    return _runs(directory, [*_OTHERS, _FIFTH])


def _runs(directory: Path, region_stacks: list[str]) -> Fleet:
    shared = run_under_mocks(lambda: register(_ENVIRONMENT, directory), _ENVIRONMENT)
    runs = {_ENVIRONMENT: shared}
    for stack in region_stacks:
        runs[stack] = run_under_mocks(
            lambda stack=stack: register(stack, directory), stack, {_ENVIRONMENT: shared.exports}
        )
    return runs


@pytest.mark.parametrize("stack", _OTHERS)
def test_the_other_regions_change_where_they_name_all(stack: str, four: Fleet, five: Fleet) -> None:
    before, after = _known(four[stack].registered), _known(five[stack].registered)
    assert {_short(urn) for urn in after.keys() - before.keys()} == NEW_IN_REGIONS
    assert before.keys() - after.keys() == set()
    assert {_short(urn) for urn in before if before[urn] != after[urn]} == CHANGED_IN_REGIONS


def test_the_global_stack_gets_the_regions_own_and_changes_where_it_names_all(four: Fleet, five: Fleet) -> None:
    before, after = _known(four[_ENVIRONMENT].registered), _known(five[_ENVIRONMENT].registered)
    assert [urn for urn in after.keys() - before.keys() if fifth_region.NAME not in urn.rsplit("::", 1)[-1]] == []
    assert before.keys() - after.keys() == set()
    assert {_short(urn) for urn in before if before[urn] != after[urn]} == CHANGED_IN_GLOBAL


def test_the_fifth_has_what_the_others_have(five: Fleet) -> None:
    """Components by type and number, but for the zones' and the readers', which are its own."""
    west = f"{_ENVIRONMENT}-asia-pacific-1"  # of as many zones, and without a resident cluster as well
    assert _components(five[_FIFTH]) == _components(five[west])
    assert {each.type for each in five[_FIFTH].registered} == {each.type for each in five[west].registered}


def test_the_fifth_lives_by_its_own_calendar(five: Fleet) -> None:
    jobs = {
        each.inputs["metadata"]["name"]: each.inputs["spec"]
        for each in five[_FIFTH].registered
        if each.type == "kubernetes:batch/v1:CronJob" and each.inputs["metadata"]["name"] != CLOCK
    }
    assert jobs["wedding-season-scaling"]["schedule"] == "0 8 * 1,2,3,10,11,12 *"
    assert jobs["off-season-scaling"]["schedule"] == "0 8 * 4,5,6,7,8,9 *"
    assert {job["timeZone"] for job in jobs.values()} == {"America/Sao_Paulo"}


def test_removed_again_nothing_of_it_is_left(four: Fleet, tmp_path: Path) -> None:
    directory = fifth_region.copy_data(tmp_path / "project", _ENVIRONMENT)
    fifth_region.add(directory, _ENVIRONMENT)
    assert fifth_region.NAME in load_fleet(directory / "regions").regions
    fifth_region.remove(directory, _ENVIRONMENT)
    stack = _OTHERS[0]
    again = _runs(directory, [stack])
    assert _known(again[_ENVIRONMENT].registered) == _known(four[_ENVIRONMENT].registered)
    assert _known(again[stack].registered) == _known(four[stack].registered)


def _known(registered: list[Registered]) -> dict[str, str]:
    """What is registered under each URN, but for what is drawn at random."""
    return {
        each.urn: json.dumps([_without_secrets(each.inputs), sorted({*each.depends_on}), each.provider], sort_keys=True)
        for each in registered
    }


def _without_secrets(inputs: dict[str, Any]) -> dict[str, Any]:
    return {key: "secret" if is_rpc_secret(value) else value for key, value in inputs.items()}


def _short(urn: str) -> str:
    """The resource's own type and its name."""
    *_, types, name = urn.split("::")
    return f"{types.rsplit('$', 1)[-1]}::{name}"


def _components(ran: Run) -> list[tuple[str, str]]:
    """Type and name of every component, other regions' names left out."""
    names = [(each.type, each.name) for each in ran.registered if not each.custom]
    return sorted((kind, name) for kind, name in names if not name.startswith("remote-"))
