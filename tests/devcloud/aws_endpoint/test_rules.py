"""Aurora's rules: each on a request that is good but for one thing; and that the endpoint asks them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from devcloud.aws_endpoint.rules import ClusterView, GlobalView, View, violation

ARN = "arn:aws:rds:us-east-1:123456789012:cluster:"
ABROAD = "arn:aws:rds:region-{}:123456789012:cluster:c"
WORLD = GlobalView("world", "aurora-postgresql", False, (ARN + "first",), ARN + "first", True)
CLUSTER = {
    "DBClusterIdentifier": "new",
    "Engine": "aurora-postgresql",
    "MasterUsername": "wed",
    "MasterUserPassword": "good-p4ssword",
}
SECONDARY = {"DBClusterIdentifier": "new", "Engine": "aurora-postgresql", "GlobalClusterIdentifier": "world"}


def _view(**more: Any) -> View:
    facts: dict[str, Any] = {
        "region": "eu-central-1",
        "clusters": {
            "known": ClusterView("known", ARN + "known", None),
            "second": ClusterView("second", ARN + "second", WORLD),
        },
        "global_clusters": {"world": WORLD},
        "cluster_arns": frozenset({ARN + "first", ARN + "known"}),
        "cluster_parameter_groups": frozenset({"tuned"}),
        "subnet_groups": frozenset({"net"}),
        "used_parameter_groups": frozenset({"tuned"}),
        "used_subnet_groups": {"net": "known"},
        "rejection": lambda values: "no such level" if "log_statement" in values else None,
    }
    return View(**(facts | more))


@pytest.mark.parametrize(
    ("action", "good"),
    [
        ("CreateDBCluster", CLUSTER),
        ("CreateDBCluster", SECONDARY),
        ("CreateDBCluster", CLUSTER | {"BackupRetentionPeriod": 35, "DBSubnetGroupName": "Net"}),
        ("CreateDBCluster", CLUSTER | {"DBClusterParameterGroupName": "default.aurora-postgresql16"}),
        ("ModifyDBCluster", {"DBClusterIdentifier": "Known", "BackupRetentionPeriod": 1}),
        ("DeleteDBCluster", {"DBClusterIdentifier": "known", "SkipFinalSnapshot": True}),
        ("CreateDBInstance", {"DBClusterIdentifier": "known", "Engine": "aurora-postgresql"}),
        ("ModifyDBParameterGroup", {"Parameters": [{"ParameterName": "work_mem", "ParameterValue": "64"}]}),
        ("DescribeDBClusters", {}),
    ],
)
def test_a_good_request_passes(action: str, good: dict[str, Any]) -> None:
    assert violation(action, good, _view()) is None


@pytest.mark.parametrize(
    ("action", "request_", "code"),
    [
        ("CreateDBCluster", CLUSTER | {"Engine": "aurora-mysql"}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"DBClusterIdentifier": "Known"}, "DBClusterAlreadyExistsFault"),
        ("CreateDBCluster", CLUSTER | {"DBClusterIdentifier": "9-lives"}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"DBClusterIdentifier": "a--b"}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"BackupRetentionPeriod": 0}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"DBClusterParameterGroupName": "no"}, "DBClusterParameterGroupNotFound"),
        ("CreateDBCluster", CLUSTER | {"DBSubnetGroupName": "no"}, "DBSubnetGroupNotFoundFault"),
        ("CreateDBCluster", CLUSTER | {"GlobalClusterIdentifier": "no"}, "GlobalClusterNotFoundFault"),
        ("CreateDBCluster", CLUSTER | {"MasterUsername": ""}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"MasterUsername": "rdsadmin"}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"MasterUsername": "a;b"}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"MasterUserPassword": "short"}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"MasterUserPassword": "with/slash"}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"DatabaseName": "1st"}, "InvalidParameterValue"),
        ("CreateDBCluster", CLUSTER | {"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
        ("CreateDBCluster", SECONDARY | {"MasterUsername": "wed"}, "InvalidParameterCombination"),
        ("CreateDBCluster", SECONDARY | {"MasterUserPassword": "good-p4ssword"}, "InvalidParameterCombination"),
        ("CreateDBCluster", SECONDARY | {"DatabaseName": "app"}, "InvalidParameterCombination"),
        ("CreateDBCluster", SECONDARY | {"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
        ("ModifyDBCluster", {"DBClusterIdentifier": "no"}, "DBClusterNotFoundFault"),
        ("ModifyDBCluster", {"DBClusterIdentifier": "known", "BackupRetentionPeriod": 36}, "InvalidParameterValue"),
        ("ModifyDBCluster", {"DBClusterIdentifier": "known", "MasterUserPassword": "short"}, "InvalidParameterValue"),
        (
            "ModifyDBCluster",
            {"DBClusterIdentifier": "known", "NewDBClusterIdentifier": "second"},
            "DBClusterAlreadyExistsFault",
        ),
        (
            "ModifyDBCluster",
            {"DBClusterIdentifier": "second", "MasterUserPassword": "good-p4ssword"},
            "InvalidParameterCombination",
        ),
        (
            "ModifyDBCluster",
            {"DBClusterIdentifier": "second", "ManageMasterUserPassword": True},
            "InvalidParameterCombination",
        ),
        ("DeleteDBCluster", {"DBClusterIdentifier": "no", "SkipFinalSnapshot": True}, "DBClusterNotFoundFault"),
        ("DeleteDBCluster", {"DBClusterIdentifier": "known"}, "InvalidParameterCombination"),
        (
            "DeleteDBCluster",
            {"DBClusterIdentifier": "second", "SkipFinalSnapshot": True},
            "InvalidDBClusterStateFault",
        ),
        ("CreateDBInstance", {"Engine": "aurora-postgresql"}, "InvalidParameterCombination"),
        ("CreateDBInstance", {"Engine": "postgres"}, "InvalidParameterValue"),
        ("CreateDBInstance", {"Engine": "aurora-postgresql", "DBClusterIdentifier": "no"}, "DBClusterNotFoundFault"),
        (
            "CreateGlobalCluster",
            {"GlobalClusterIdentifier": "world", "Engine": "aurora-postgresql"},
            "GlobalClusterAlreadyExistsFault",
        ),
        ("CreateGlobalCluster", {"GlobalClusterIdentifier": "w", "Engine": "mysql"}, "InvalidParameterValue"),
        (
            "CreateGlobalCluster",
            {"GlobalClusterIdentifier": "w", "SourceDBClusterIdentifier": "no"},
            "DBClusterNotFoundFault",
        ),
        (
            "CreateGlobalCluster",
            {"GlobalClusterIdentifier": "w", "SourceDBClusterIdentifier": ARN + "first"},
            "InvalidDBClusterStateFault",
        ),
        ("DeleteGlobalCluster", {"GlobalClusterIdentifier": "no"}, "GlobalClusterNotFoundFault"),
        (
            "RemoveFromGlobalCluster",
            {"GlobalClusterIdentifier": "world", "DbClusterIdentifier": ARN + "known"},
            "DBClusterNotFoundFault",
        ),
        (
            "SwitchoverGlobalCluster",
            {"GlobalClusterIdentifier": "world", "TargetDbClusterIdentifier": ARN + "first"},
            "InvalidDBClusterStateFault",
        ),
        (
            "ModifyDBClusterParameterGroup",
            {"Parameters": [{"ParameterName": "log_statement", "ParameterValue": "x"}]},
            "InvalidParameterValue",
        ),
        ("DeleteDBClusterParameterGroup", {"DBClusterParameterGroupName": "Tuned"}, "InvalidDBParameterGroupState"),
        ("DeleteDBSubnetGroup", {"DBSubnetGroupName": "net"}, "InvalidDBSubnetGroupStateFault"),
        ("RestoreDBClusterFromSnapshot", {}, "InvalidAction"),
    ],
)
def test_one_broken_property_is_refused(action: str, request_: dict[str, Any], code: str) -> None:
    error = violation(action, request_, _view())
    assert error is not None
    assert error.code == code


@pytest.mark.parametrize(
    ("world", "code"),
    [
        (GlobalView("world", "aurora-postgresql", False, (ARN + "f",), ARN + "f", False), "InvalidDBClusterStateFault"),
        (
            GlobalView("world", "aurora-postgresql", False, tuple(ABROAD.format(n) for n in range(11)), "p", True),
            "DBClusterQuotaExceededFault",
        ),
        (
            GlobalView(
                "world", "aurora-postgresql", False, (ARN.replace("us-east-1", "eu-central-1") + "f",), "p", True
            ),
            "InvalidGlobalClusterStateFault",
        ),
        (GlobalView("world", "aurora-mysql", False, (), None, False), "InvalidParameterCombination"),
    ],
    ids=["no available writer", "ten secondaries", "same region", "another engine"],
)
def test_the_state_of_the_global_cluster_decides(world: GlobalView, code: str) -> None:
    error = violation("CreateDBCluster", SECONDARY, _view(global_clusters={"world": world}))
    assert error is not None
    assert error.code == code


def test_the_endpoint_answers_with_the_error_of_the_rule(aws: Any) -> None:
    with pytest.raises(ClientError, match="Must be between 1 and 35") as refused:
        aws.create_cluster("keeps-too-long", BackupRetentionPeriod=36)
    assert refused.value.response.get("Error", {}).get("Code") == "InvalidParameterValue"
    assert refused.value.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 400


def test_protection_and_instances_stop_a_delete(aws: Any) -> None:
    rds = aws.client("rds")
    aws.create_cluster("protected", DeletionProtection=True)
    aws.create_instance("protected", "protected-1")
    with pytest.raises(ClientError, match="Cannot delete protected Cluster, please disable deletion protection"):
        rds.delete_db_cluster(DBClusterIdentifier="protected", SkipFinalSnapshot=True)
    rds.modify_db_cluster(DBClusterIdentifier="protected", DeletionProtection=False, ApplyImmediately=True)
    with pytest.raises(ClientError, match="still contains DB instances") as refused:
        rds.delete_db_cluster(DBClusterIdentifier="protected", SkipFinalSnapshot=True)
    assert refused.value.response.get("Error", {}).get("Code") == "InvalidDBClusterStateFault"
