"""What a snapshot takes back, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest
from moto.ec2.models import ec2_backends
from moto.rds.models import rds_backends
from moto.secretsmanager.models import secretsmanager_backends

from devcloud.aws_endpoint.undo import Snapshot, is_reversible

ACCOUNT, REGION = "210987654321", "us-east-1"


def _rds() -> Any:
    return rds_backends[ACCOUNT][REGION]


def test_rds_and_its_secrets_go_back_and_other_services_stay_the_same_objects() -> None:
    ec2, secrets = ec2_backends[ACCOUNT][REGION], secretsmanager_backends[ACCOUNT]
    subnet = ec2.describe_subnets()[0]
    _rds().create_subnet_group("net", "before", [subnet], [])
    group = _rds().subnet_groups["net"]
    snapshot = Snapshot()

    group.description = "after"
    _rds().create_subnet_group("second", "second", [subnet], [])
    assert "eu-central-1" not in secrets.keys()  # noqa: SIM118 - `in` of moto's registry means every region
    secrets["eu-central-1"].create_managed_secret("rds", "rds!cluster-1", "{}")
    vpc = ec2.create_vpc("10.9.0.0/16")
    snapshot.restore()

    assert list(_rds().subnet_groups) == ["net"]
    restored = _rds().subnet_groups["net"]
    assert restored.description == "before"
    assert restored._subnets[0] is subnet
    assert list(secrets["eu-central-1"].secrets) == []
    assert ec2.get_vpc(vpc.id) is vpc


@pytest.mark.parametrize(
    ("action", "reversible"),
    [
        ("CreateDBCluster", True),
        ("ModifyDBCluster", True),
        ("ResetDBClusterParameterGroup", True),
        ("DeleteDBInstance", False),
        ("FailoverDBCluster", False),
        ("SwitchoverGlobalCluster", False),
        ("RemoveFromGlobalCluster", False),
    ],
)
def test_what_deletes_data_or_changes_the_primary_is_not_taken_back(action: str, reversible: bool) -> None:
    assert is_reversible(action) is reversible
