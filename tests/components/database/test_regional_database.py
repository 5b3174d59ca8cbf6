"""A member of a replication group, by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from components.database.global_database import GlobalDatabase, GlobalDatabaseArgs
from components.database.parameters import cluster_parameters
from components.database.regional_database import RegionalDatabase, RegionalDatabaseArgs
from components.scope import Scope

from .conftest import FLEET, LONG_GROUP, LONGEST, PLACE, REGION, SCOPE, Program

if TYPE_CHECKING:
    from stacks.recording import Registered

CLUSTER, INSTANCE = "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"
GLOBAL_CLUSTER = "aws:rds/globalCluster:GlobalCluster"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def _database(scope: Scope, group: str, global_cluster: str | None = None, **clients: str) -> RegionalDatabase:
    args = RegionalDatabaseArgs(
        scope=scope,
        place=PLACE,
        group=group,
        bootstrap_writer=True,
        database=REGION.database,
        standard=FLEET.workloads.database,
        global_cluster_id=global_cluster,
        vpc_id="vpc",
        client_security_group_ids=clients,
        subnet_ids=["subnet-a", "subnet-b"],
        key_arn="key",
        protect=True,
        birth_password="drawn-at-random-and-forgotten",
    )
    return RegionalDatabase("database", args)


def _all(made: list[Registered], type_token: str) -> list[Registered]:
    return [each for each in made if each.type == type_token]


def test_a_group_of_one_is_in_no_global_cluster(run: Program) -> None:
    (cluster,) = _all(run(lambda: _database(SCOPE, "resident-eu")), CLUSTER)
    assert "globalClusterIdentifier" not in cluster.inputs
    # It may be put around it later without the program taking it out again.
    assert "globalClusterIdentifier" in cluster.ignore_changes


def test_a_global_cluster_is_put_around_an_existing_one(run: Program) -> None:
    args = GlobalDatabaseArgs(SCOPE, "resident-eu", "15.10", protect=True, source_cluster_arn="arn:of:the:cluster")
    (made,) = _all(run(lambda: GlobalDatabase("resident-eu", args)), GLOBAL_CLUSTER)
    assert made.inputs["sourceDbClusterIdentifier"] == "arn:of:the:cluster"
    assert not {"engine", "engineVersion", "storageEncrypted"} & set(made.inputs)


def test_an_empty_global_cluster_is_encrypted(run: Program) -> None:
    args = GlobalDatabaseArgs(Scope("prod"), "worldwide", "15.10", protect=True)
    (made,) = _all(run(lambda: GlobalDatabase("worldwide", args)), GLOBAL_CLUSTER)
    assert (made.inputs["storageEncrypted"], made.inputs["engineVersion"]) == (True, "15.10")
    assert "sourceDbClusterIdentifier" not in made.inputs


def test_each_client_has_an_opening_and_nobody_else(run: Program) -> None:
    rules = _all(run(lambda: _database(SCOPE, "worldwide", nodes="sg-nodes", bastion="sg-bastion")), INGRESS)
    assert {each.name: each.inputs["referencedSecurityGroupId"] for each in rules} == {
        "database-from-nodes": "sg-nodes",
        "database-from-bastion": "sg-bastion",
    }
    assert {(each.inputs["fromPort"], each.inputs["toPort"]) for each in rules} == {(5432, 5432)}
    assert _all(run(lambda: _database(SCOPE, "worldwide")), INGRESS) == []


@pytest.mark.parametrize(("scope", "group"), [(SCOPE, "worldwide"), (LONGEST, LONG_GROUP)])
def test_the_monitoring_role_is_for_this_clusters_instances(scope: Scope, group: str, run: Program) -> None:
    made = run(lambda: _database(scope, group))
    (role,) = _all(made, "aws:iam/role:Role")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": PLACE.account_id}
    (pattern,) = statement["Condition"]["ArnLike"].values()
    (cluster,) = _all(made, CLUSTER)
    assert pattern == PLACE.arn("rds", f"db:{cluster.inputs['clusterIdentifier']}-*")
    for instance in _all(made, INSTANCE):
        assert instance.inputs["identifier"].startswith(f"{cluster.inputs['clusterIdentifier']}-")


def test_the_monitoring_role_writes_in_its_own_account_and_region(run: Program) -> None:
    (policy,) = _all(run(lambda: _database(SCOPE, "worldwide")), "aws:iam/rolePolicy:RolePolicy")
    resources = [each["Resource"] for each in json.loads(policy.inputs["policy"])["Statement"]]
    assert resources == [PLACE.arn("logs", "log-group:RDS*"), PLACE.arn("logs", "log-group:RDS*:log-stream:*")]


@pytest.mark.parametrize(
    ("type_token", "field", "limit"),
    [
        (CLUSTER, "clusterIdentifier", 63),
        (CLUSTER, "finalSnapshotIdentifier", 255),
        (INSTANCE, "identifier", 63),
        ("aws:iam/role:Role", "name", 64),
        ("aws:rds/subnetGroup:SubnetGroup", "name", 255),
        ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "name", 255),
        ("aws:cloudwatch/logGroup:LogGroup", "name", 512),
    ],
)
def test_names_stay_within_the_services_limits(type_token: str, field: str, limit: int, run: Program) -> None:
    names = [each.inputs[field] for each in _all(run(lambda: _database(LONGEST, LONG_GROUP)), type_token)]
    assert names
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= limit


def test_parameters_are_in_order_and_each_once() -> None:
    for region in FLEET.regions.values():
        names = [each["name"] for each in cluster_parameters(region.database, FLEET.workloads.database)]
        assert names == sorted(set(names))
