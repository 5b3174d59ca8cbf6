"""Subnet groups stay what they are when they are changed."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def _subnets(aws: Any, count: int) -> list[str]:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"us-east-1{'abc'[n]}")["Subnet"][
            "SubnetId"
        ]
        for n in range(count)
    ]


def _described(aws: Any, name: str) -> tuple[str, list[str]]:
    (group,) = aws.client("rds").describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]
    return group["DBSubnetGroupDescription"], [subnet["SubnetIdentifier"] for subnet in group["Subnets"]]


def test_a_changed_group_is_still_there_and_usable(aws: Any) -> None:
    rds, (first, second, third) = aws.client("rds"), _subnets(aws, 3)
    rds.create_db_subnet_group(DBSubnetGroupName="moving", DBSubnetGroupDescription="before", SubnetIds=[first, second])
    rds.modify_db_subnet_group(DBSubnetGroupName="moving", SubnetIds=[second, third])
    assert _described(aws, "moving") == ("before", [second, third])
    rds.modify_db_subnet_group(DBSubnetGroupName="moving", DBSubnetGroupDescription="after", SubnetIds=[second, third])
    assert _described(aws, "moving") == ("after", [second, third])
    assert aws.create_cluster("in-moving", DBSubnetGroupName="moving")["DBSubnetGroup"] == "moving"


def test_a_refused_change_leaves_the_group(aws: Any) -> None:
    rds, subnets = aws.client("rds"), _subnets(aws, 2)
    rds.create_db_subnet_group(DBSubnetGroupName="kept", DBSubnetGroupDescription="kept", SubnetIds=subnets)
    with pytest.raises(ClientError, match="InvalidSubnetID"):
        rds.modify_db_subnet_group(DBSubnetGroupName="kept", SubnetIds=["subnet-00000000000000000"])
    assert _described(aws, "kept") == ("kept", subnets)


def test_a_group_that_does_not_exist_cannot_be_changed(aws: Any) -> None:
    with pytest.raises(ClientError, match="DBSubnetGroupNotFoundFault"):
        aws.client("rds").modify_db_subnet_group(DBSubnetGroupName="nobody", SubnetIds=_subnets(aws, 1))
