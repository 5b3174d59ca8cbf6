"""What the program gives the season scaler's pods is what the season scaler asks for."""

from __future__ import annotations

import pytest

from components.coordination.audit_table import audit_table_name
from components.scope import Scope
from regions.load import load_fleet
from regions.node_pools import pool_plans
from services.season_scaler.settings import Settings, read_settings
from stacks.environment import load_environment
from tests.stacks.conftest import Registers, graph
from tests.stacks.rendering import Json, pod_templates, rendered

__all__ = ["graph"]

NAMESPACE = load_fleet().workloads.namespace.name
FIELDS = {"metadata.namespace": NAMESPACE, "metadata.name": "season-scaler-0"}


def environment(template: Json) -> dict[str, str]:
    """The variables of a pod's only container, with what the kubelet fills in."""
    (container,) = template["spec"]["containers"]
    return {
        each["name"]: each.get("value") if "value" in each else FIELDS[each["valueFrom"]["fieldRef"]["fieldPath"]]
        for each in container["env"]
    }


@pytest.mark.parametrize("stack", ["local-eu-central-1", "staging-us-east-1", "prod-eu-central-1"])
def test_the_pods_variables_are_settings(stack: str, graph: Registers) -> None:
    templates = pod_templates(rendered(graph(stack).resources))
    scalers = {name: each for name, each in templates.items() if "season-scaler" in str(each["metadata"]["labels"])}
    assert f"Deployment {NAMESPACE}/season-scaler" in scalers
    for name, template in scalers.items():
        settings = read_settings(environment(template), dry_run=False)
        _belongs(settings, stack)
        assert (settings.metrics_host == "0.0.0.0") == name.startswith("Deployment"), name  # noqa: S104


def _belongs(settings: Settings, stack: str) -> None:
    name, _, region = stack.partition("-")
    fleet = load_fleet().restricted(load_environment(name).regions)
    described = fleet.region(region)
    assert (settings.environment, settings.region, settings.regions) == (name, region, tuple(fleet.regions))
    assert settings.freezes == load_environment(name).freeze
    assert settings.aws_region == described.aws_region
    assert len(settings.databases) == len(described.replications)
    assert set(settings.node_groups) <= set(pool_plans(fleet.workloads, len(described.network.zones)))
    assert bool(settings.node_groups) == bool(settings.eks_cluster) == (described.cluster is None)
    assert settings.audit_table == audit_table_name(Scope(name))
