"""Replication groups of Redis and Valkey, and what they are made of. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types import tags
from devcloud.providers.aws.types.tags import CREATED, TAGS

_NAME_LIMIT = 40
_GROUP_NAME_LIMIT = 255
_PARAMETERS_A_CALL = 20
_DESCRIPTION = "Managed by Pulumi"
_TAG_CALLS = tags.tag_calls("live.ARN", of="ResourceName", calls=("AddTagsToResource", "RemoveTagsFromResource"))
_TAGS_READ = tags.tags_of("live.ARN", of="ResourceName", at="TagList")
_OUTPUTS = {"arn": "ARN", "tagsAll": "tag_map(Tags)"}

SUBNET_GROUP = ResourceType(
    pulumi_type="aws:elasticache/subnetGroup:SubnetGroup",
    service="elasticache",
    name=Name("name", _GROUP_NAME_LIMIT),
    id="response.CacheSubnetGroup.CacheSubnetGroupName",
    create=Call("CreateCacheSubnetGroup", CREATED),
    reads=(Read("DescribeCacheSubnetGroups", {"CacheSubnetGroupName": "id"}, at="CacheSubnetGroups[0]"), _TAGS_READ),
    update=Call("ModifyCacheSubnetGroup", {"CacheSubnetGroupName": "id"}),
    then=_TAG_CALLS,
    delete=Call("DeleteCacheSubnetGroup", {"CacheSubnetGroupName": "id"}),
    missing=("CacheSubnetGroupNotFoundFault",),
    inputs={
        "description": Input("CacheSubnetGroupDescription", default=_DESCRIPTION),
        "name": Input("CacheSubnetGroupName", replace=True, same=Same.NO_CASE),
        "subnetIds": Input(live="Subnets[].SubnetIdentifier", same=Same.SET),
        "tags": TAGS,
    },
    outputs={**_OUTPUTS, "vpcId": "VpcId"},
)

PARAMETER_GROUP = ResourceType(
    pulumi_type="aws:elasticache/parameterGroup:ParameterGroup",
    service="elasticache",
    name=Name("name", _GROUP_NAME_LIMIT),
    id="response.CacheParameterGroup.CacheParameterGroupName",
    create=Call("CreateCacheParameterGroup", CREATED),
    reads=(
        Read("DescribeCacheParameterGroups", {"CacheParameterGroupName": "id"}, at="CacheParameterGroups[0]"),
        Read(
            "DescribeCacheParameters",
            {"CacheParameterGroupName": "id", "Source": "'user'"},
            at="Parameters[].{name: ParameterName, value: ParameterValue}",
            into="Parameters",
        ),
        _TAGS_READ,
    ),
    then=(
        Call(
            "ResetCacheParameterGroup",
            {
                "CacheParameterGroupName": "id",
                "ParameterNameValues": "item[].{ParameterName: name, ParameterValue: value}",
            },
            on=("parameters",),
            each="lacking(old.parameters, input.parameters, 'name')",
            batch=_PARAMETERS_A_CALL,
        ),
        Call(
            "ModifyCacheParameterGroup",
            {
                "CacheParameterGroupName": "id",
                "ParameterNameValues": "item[].{ParameterName: name, ParameterValue: value}",
            },
            on=("parameters",),
            each="minus(input.parameters, old.parameters)",
            batch=_PARAMETERS_A_CALL,
        ),
        *_TAG_CALLS,
    ),
    delete=Call("DeleteCacheParameterGroup", {"CacheParameterGroupName": "id"}),
    missing=("CacheParameterGroupNotFound",),
    inputs={
        "description": Input(default=_DESCRIPTION, replace=True),
        "family": Input("CacheParameterGroupFamily", replace=True),
        "name": Input("CacheParameterGroupName", replace=True, same=Same.NO_CASE),
        "parameters": Input(
            live="Parameters", kind=list, block={"name": str, "value": str}, absent=[], same=Same.PARAMETERS
        ),
        "tags": TAGS,
    },
    outputs=_OUTPUTS,
)

_LOGIN = {
    "AuthenticationMode": "input.authenticationMode && {Type: input.authenticationMode.type}",
    "Passwords": "input.passwords || input.passwordsWo && [input.passwordsWo]",
}

USER = ResourceType(
    pulumi_type="aws:elasticache/user:User",
    service="elasticache",
    name=Name("userId", _NAME_LIMIT),
    id="response.UserId",
    create=Call("CreateUser", {**CREATED, **_LOGIN}),
    reads=(Read("DescribeUsers", {"UserId": "id"}, at="Users[0]"), _TAGS_READ),
    update=Call(
        "ModifyUser",
        {
            "UserId": "id",
            "AuthenticationMode": "input.authenticationMode != old.authenticationMode && input.authenticationMode"
            " && {Type: input.authenticationMode.type} || null",
        },
    ),
    then=(
        Call(
            "ModifyUser",
            {"UserId": "id", "Passwords": "[input.passwordsWo]"},
            on=("passwordsWoVersion",),
            when="old && input.passwordsWo",
        ),
        *_TAG_CALLS,
    ),
    delete=Call("DeleteUser", {"UserId": "id"}),
    missing=("UserNotFound",),
    wait=Wait("Status", ready=("active",), leaving=("deleting",)),
    inputs={
        "accessString": Input(),
        # Its own passwords are left out: nobody could see whether they are as wanted. Give `passwordsWo`.
        "authenticationMode": Input(
            live="{type: Authentication.Type == 'no-password' && 'no-password-required' || Authentication.Type}",
            kind=dict,
            block={"type": str},
            same=Same.BLOCK,
        ),
        "engine": Input(same=Same.NO_CASE),
        "noPasswordRequired": Input(live=None),
        "passwords": Input(live=None, secret=True),
        "passwordsWo": Input(live=None, kind=str, write_only="passwordsWoVersion"),
        "passwordsWoVersion": Input(live=None, kind=int),
        "tags": TAGS,
        "userId": Input(replace=True, same=Same.NO_CASE),
        "userName": Input(replace=True),
    },
    outputs=_OUTPUTS,
)

USER_GROUP = ResourceType(
    pulumi_type="aws:elasticache/userGroup:UserGroup",
    service="elasticache",
    name=Name("userGroupId", _NAME_LIMIT),
    id="response.UserGroupId",
    create=Call("CreateUserGroup", CREATED),
    reads=(Read("DescribeUserGroups", {"UserGroupId": "id"}, at="UserGroups[0]"), _TAGS_READ),
    update=Call(
        "ModifyUserGroup",
        {
            "UserGroupId": "id",
            "UserIdsToAdd": "minus(input.userIds, old.userIds) || null",
            "UserIdsToRemove": "minus(old.userIds, input.userIds) || null",
        },
    ),
    then=_TAG_CALLS,
    delete=Call("DeleteUserGroup", {"UserGroupId": "id"}),
    missing=("UserGroupNotFound",),
    wait=Wait("Status", ready=("active",), leaving=("deleting",)),
    inputs={
        "engine": Input(same=Same.NO_CASE),
        "tags": TAGS,
        "userGroupId": Input(replace=True, same=Same.NO_CASE),
        "userIds": Input(absent=[], same=Same.SET),
    },
    outputs=_OUTPUTS,
)

TYPES = (SUBNET_GROUP, PARAMETER_GROUP, USER, USER_GROUP)
