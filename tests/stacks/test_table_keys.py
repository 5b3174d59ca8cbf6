"""Pods that use the environment's tables may use the keys that encrypt them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.workload.seasonal_scaler import NAME as SEASON_SCALER
from stacks.shared.ground import KEYS

from .conftest import FLEET, Registers, exported

if TYPE_CHECKING:
    from .conftest import Graph

POLICY, TABLE = "aws:iam/rolePolicy:RolePolicy", "aws:dynamodb/table:Table"


def _keys(graph: Graph, service_account: str) -> dict[str, set[str]]:
    """What of a pod's policy is about keys: ARNs, and the services through which."""
    statements: list[dict[str, Any]] = json.loads(graph.one(POLICY, f"identity-{service_account}").inputs["policy"])[
        "Statement"
    ]
    found = [each for each in statements if "kms:Decrypt" in each["Action"]]
    return {
        "keys": {arn for each in found for arn in each["Resource"]},
        "through": {via for each in found for via in each["Condition"]["StringEquals"]["kms:ViaService"]},
    }


@pytest.mark.parametrize("region", [each.name for each in FLEET.regions.values()])
def test_pods_use_the_keys_of_the_replicas_that_they_write_to(graph: Registers, region: str) -> None:
    made, keys = graph(f"prod-{region}"), exported("prod")[KEYS]
    here = FLEET.region(region).aws_region
    order = [FLEET.region(name).aws_region for name in FLEET.failover_order("worldwide")]
    for account, places in ((FLEET.workloads.coordinator.name, {here, *order}), (SEASON_SCALER, {here})):
        assert _keys(made, account) == {
            "keys": {keys[place] for place in places},
            "through": {f"dynamodb.{place}.amazonaws.com" for place in places},
        }


def test_these_are_the_keys_of_the_tables(graph: Registers) -> None:
    keys = exported("prod")[KEYS]
    tables = graph("prod").all(TABLE)
    assert tables
    for table in tables:
        replicas = {each["regionName"]: each["kmsKeyArn"] for each in table.inputs["replicas"]}
        home = {FLEET.home: table.inputs["serverSideEncryption"]["kmsKeyArn"]}
        assert {place: keys[place] for place in FLEET.aws_regions} == home | replicas
