"""A region's Redis, by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from components.cache.regional_cache import (
    RegionalCache,
    RegionalCacheArgs,
    application_user_id,
    user_group_id,
)
from components.scope import Scope
from regions.load import load_fleet

if TYPE_CHECKING:
    from stacks.recording import Registered

FLEET = load_fleet()
SCOPE = Scope("prod", "eu-central-1")
LONGEST = Scope("environments", "eu-twelvetwelv-abcdefgh1")
GROUP, USER_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/userGroup:UserGroup"
USER = "aws:elasticache/user:User"

Registers = Callable[[Callable[[], object], str], "list[Registered]"]


def _cache(registered_by: Registers, scope: Scope = SCOPE, region: str = "eu-central-1") -> dict[str, list[Registered]]:
    args = RegionalCacheArgs(
        scope=scope,
        cache=FLEET.region(region).cache,
        standard=FLEET.workloads.cache,
        vpc_id="vpc",
        subnet_ids=["subnet-a", "subnet-b"],
        client_security_group_ids={"nodes": "sg-nodes"},
        key_arn="key",
    )
    made: dict[str, list[Registered]] = {}
    for each in registered_by(lambda: RegionalCache("cache", args), scope.stack):
        made.setdefault(each.type, []).append(each)
    return made


def test_it_is_encrypted_and_survives_a_zone(registered_by: Registers) -> None:
    (group,) = _cache(registered_by)[GROUP]
    inputs = group.inputs
    assert (inputs["transitEncryptionEnabled"], inputs["transitEncryptionMode"]) == (True, "required")
    assert (inputs["atRestEncryptionEnabled"], inputs["kmsKeyId"]) == (True, "key")
    assert (inputs["automaticFailoverEnabled"], inputs["multiAzEnabled"]) == (True, True)
    assert (inputs["engine"], inputs["engineVersion"]) == ("redis", "7.1")
    assert "authToken" not in inputs


@pytest.mark.parametrize("region", FLEET.regions)
def test_its_size_and_times_are_the_regions(region: str, registered_by: Registers) -> None:
    (group,) = _cache(registered_by, region=region)[GROUP]
    cache = FLEET.region(region).cache
    assert group.inputs["nodeType"] == cache.node_type
    assert 2 <= group.inputs["numCacheClusters"] == 1 + cache.replicas <= len(FLEET.region(region).network.zones)
    assert group.inputs["maintenanceWindow"] == cache.maintenance_window
    assert group.inputs["snapshotWindow"] == cache.snapshot_window


def test_it_is_born_closed(registered_by: Registers) -> None:
    made = _cache(registered_by)
    (user,) = made[USER]
    assert (user.inputs["userName"], user.inputs["accessString"]) == ("default", "off -@all")
    assert "passwords" not in user.inputs
    (users,) = made[USER_GROUP]
    assert users.inputs["userIds"] == [user.inputs["userId"]]
    assert users.ignore_changes == ["userIds"]  # delivery puts the application's user in
    assert users.inputs["userGroupId"] == user_group_id(SCOPE) == made[GROUP][0].inputs["userGroupIds"][0]


def test_only_clients_connect(registered_by: Registers) -> None:
    (rule,) = _cache(registered_by)["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"]
    assert (rule.inputs["referencedSecurityGroupId"], rule.inputs["fromPort"]) == ("sg-nodes", 6379)
    assert "cidrIpv4" not in rule.inputs


@pytest.mark.parametrize(
    ("type_token", "field"), [(GROUP, "replicationGroupId"), (USER, "userId"), (USER_GROUP, "userGroupId")]
)
def test_names_stay_within_the_services_limit(type_token: str, field: str, registered_by: Registers) -> None:
    (made,) = _cache(registered_by, LONGEST)[type_token]
    assert len(made.inputs[field]) <= 40
    assert len(application_user_id(LONGEST)) <= 40
    assert application_user_id(LONGEST) != made.inputs[field]
