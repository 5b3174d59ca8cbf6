"""What ElastiCache refuses, with its own codes, and leaves as it was."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.devcloud.aws_endpoint.caching import PASSWORD, REGION, TOKEN, cache, closed_user, described, user, user_group
from tests.devcloud.aws_endpoint.conftest import LocalAws


@pytest.mark.parametrize(
    ("error", "request_"),
    [
        ("InvalidParameterCombination.*encryption-in-transit", {"TransitEncryptionEnabled": False, "users": True}),
        ("InvalidParameterCombination.*encryption-in-transit", {"TransitEncryptionEnabled": False, "AuthToken": TOKEN}),
        ("InvalidParameterCombination.*not both", {"AuthToken": TOKEN, "users": True}),
        ("InvalidParameterCombination.*of valkey8, not redis", {"CacheParameterGroupName": "default.valkey8"}),
        ("InvalidParameterCombination.*Multi-AZ", {"AutomaticFailoverEnabled": False, "MultiAZEnabled": True}),
        ("InvalidParameterCombination.*KMS", {"KmsKeyId": "key"}),
        ("InvalidParameterValue.*at least 2", {"NumCacheClusters": 1}),
        ("InvalidParameterValue.*single hyphens", {"name": "two--hyphens"}),
        ("UserGroupNotFound", {"UserGroupIds": ["nobody"]}),
        ("CacheSubnetGroupNotFoundFault", {"CacheSubnetGroupName": "nowhere"}),
        ("CacheParameterGroupNotFound", {"CacheParameterGroupName": "nothing"}),
        ("NotImplemented.*NumNodeGroups", {"NumNodeGroups": 2}),
    ],
)  # fmt: skip
def test_the_services_refusals_of_replication_groups(aws: LocalAws, error: str, request_: dict[str, Any]) -> None:
    request = dict(request_)
    name = request.pop("name", "refused")
    if request.pop("users", False):
        elasticache = aws.client("elasticache", REGION)
        if not any(group["UserGroupId"] == "some" for group in elasticache.describe_user_groups()["UserGroups"]):
            user_group(aws, "some", closed_user(aws, "some-default"))
        request["UserGroupIds"] = ["some"]
    with pytest.raises(ClientError, match=error):
        cache(aws, name, **request)
    with pytest.raises(ClientError, match="ReplicationGroupNotFoundFault"):
        described(aws, name)


def test_the_services_refusals_of_users_and_their_groups(aws: LocalAws) -> None:
    elasticache = aws.client("elasticache", REGION)
    default, other = closed_user(aws, "rules-default"), user(aws, "rules-other")
    user_group(aws, "rules", default)
    cache(aws, "rules", UserGroupIds=["rules"])
    closed_user(aws, "rules-second-default")
    new = {"UserName": "new", "Engine": "redis", "AccessString": "on"}
    refused: list[tuple[str, str, dict[str, Any]]] = [
        ("DefaultUserRequired", "create_user_group", {"UserGroupId": "x", "Engine": "redis", "UserIds": [other]}),
        ("DefaultUserRequired", "modify_user_group", {"UserGroupId": "rules", "UserIdsToRemove": [default]}),
        ("DuplicateUserName", "modify_user_group", {"UserGroupId": "rules", "UserIdsToAdd": ["rules-second-default"]}),
        ("UserNotFound", "modify_user_group", {"UserGroupId": "rules", "UserIdsToAdd": ["nobody"]}),
        ("UserGroupAlreadyExists", "create_user_group", {"UserGroupId": "rules", "Engine": "redis"}),
        ("InvalidUserGroupState", "delete_user_group", {"UserGroupId": "rules"}),
        ("DefaultUserAssociatedToUserGroup", "delete_user", {"UserId": default}),
        ("UserAlreadyExists", "create_user", {"UserId": other, "Passwords": [PASSWORD], **new}),
        ("InvalidParameterValue", "create_user", {"UserId": "x", "Passwords": ["too-short"], **new}),
        ("InvalidParameterValue", "create_user", {"UserId": "x", **new}),
        ("InvalidParameterValue", "create_user", {"UserId": "ends-", "Passwords": [PASSWORD], **new}),
    ]  # fmt: skip
    for code, operation, request in refused:
        with pytest.raises(ClientError, match=f"\\({code}\\)"):
            getattr(elasticache, operation)(**request)
    with pytest.raises(elasticache.exceptions.UserNotFoundFault):
        elasticache.describe_users(UserId="nobody")
