"""What Aurora clusters are made of: subnet groups and parameter groups. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.rds_tags import TAGS, tag_calls, tags_of

_PARAMETERS_A_CALL = 20
_NAME_LIMIT = 255


def _parameter_calls(modify: str, reset: str, group: str) -> tuple[Call, ...]:
    return (
        Call(
            reset,
            {group: "id", "Parameters": "item[].{ParameterName: name, ApplyMethod: applyMethod || 'immediate'}"},
            on=("parameters",),
            each="lacking(old.parameters, input.parameters, 'name')",
            batch=_PARAMETERS_A_CALL,
        ),
        Call(
            modify,
            {
                group: "id",
                "Parameters": "item[].{ParameterName: name, ParameterValue: value,"
                " ApplyMethod: applyMethod || 'immediate'}",
            },
            on=("parameters",),
            each="minus(input.parameters, old.parameters)",
            batch=_PARAMETERS_A_CALL,
        ),
    )


_USER_PARAMETERS = (
    "Parameters[?ParameterValue != null].{name: ParameterName, value: ParameterValue, applyMethod: ApplyMethod}"
)
_PARAMETER = {"name": str, "value": str, "applyMethod": str}
_PARAMETERS_INPUT = Input(live="Parameters", kind=list, block=_PARAMETER, absent=[], same=Same.PARAMETERS)
_DESCRIPTION = "Managed by Pulumi"

SUBNET_GROUP = ResourceType(
    pulumi_type="aws:rds/subnetGroup:SubnetGroup",
    service="rds",
    name=Name("name", _NAME_LIMIT, prefix_input="namePrefix"),
    id="response.DBSubnetGroup.DBSubnetGroupName",
    create=Call("CreateDBSubnetGroup", {"Tags": "tag_list(input.tags)"}),
    reads=(
        Read("DescribeDBSubnetGroups", {"DBSubnetGroupName": "id"}, at="DBSubnetGroups[0]"),
        tags_of("live.DBSubnetGroupArn"),
    ),
    update=Call("ModifyDBSubnetGroup", {"DBSubnetGroupName": "id", "SubnetIds": "input.subnetIds"}),
    then=tag_calls("live.DBSubnetGroupArn"),
    delete=Call("DeleteDBSubnetGroup", {"DBSubnetGroupName": "id"}),
    missing=("DBSubnetGroupNotFoundFault",),
    inputs={
        "description": Input("DBSubnetGroupDescription", default=_DESCRIPTION),
        "name": Input("DBSubnetGroupName", replace=True, same=Same.NO_CASE),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "subnetIds": Input(live="Subnets[].SubnetIdentifier", same=Same.SET),
        "tags": TAGS,
    },
    outputs={
        "arn": "DBSubnetGroupArn",
        "supportedNetworkTypes": "SupportedNetworkTypes",
        "tagsAll": "tag_map(TagList)",
        "vpcId": "VpcId",
    },
)

CLUSTER_PARAMETER_GROUP = ResourceType(
    pulumi_type="aws:rds/clusterParameterGroup:ClusterParameterGroup",
    service="rds",
    name=Name("name", _NAME_LIMIT, prefix_input="namePrefix"),
    id="response.DBClusterParameterGroup.DBClusterParameterGroupName",
    create=Call("CreateDBClusterParameterGroup", {"Tags": "tag_list(input.tags)"}),
    reads=(
        Read(
            "DescribeDBClusterParameterGroups", {"DBClusterParameterGroupName": "id"}, at="DBClusterParameterGroups[0]"
        ),
        Read(
            "DescribeDBClusterParameters",
            {"DBClusterParameterGroupName": "id", "Source": "'user'"},
            at=_USER_PARAMETERS,
            into="Parameters",
        ),
        tags_of("live.DBClusterParameterGroupArn"),
    ),
    then=(
        *_parameter_calls(
            "ModifyDBClusterParameterGroup", "ResetDBClusterParameterGroup", "DBClusterParameterGroupName"
        ),
        *tag_calls("live.DBClusterParameterGroupArn"),
    ),
    delete=Call("DeleteDBClusterParameterGroup", {"DBClusterParameterGroupName": "id"}),
    missing=("DBParameterGroupNotFound", "DBParameterGroupNotFoundFault"),
    inputs={
        "description": Input(default=_DESCRIPTION, replace=True),
        "family": Input("DBParameterGroupFamily", replace=True),
        "name": Input("DBClusterParameterGroupName", replace=True, same=Same.NO_CASE),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "parameters": _PARAMETERS_INPUT,
        "tags": TAGS,
    },
    outputs={"arn": "DBClusterParameterGroupArn", "tagsAll": "tag_map(TagList)"},
)

PARAMETER_GROUP = ResourceType(
    pulumi_type="aws:rds/parameterGroup:ParameterGroup",
    service="rds",
    name=Name("name", _NAME_LIMIT, prefix_input="namePrefix"),
    id="response.DBParameterGroup.DBParameterGroupName",
    create=Call("CreateDBParameterGroup", {"Tags": "tag_list(input.tags)"}),
    reads=(
        Read("DescribeDBParameterGroups", {"DBParameterGroupName": "id"}, at="DBParameterGroups[0]"),
        Read(
            "DescribeDBParameters",
            {"DBParameterGroupName": "id", "Source": "'user'"},
            at=_USER_PARAMETERS,
            into="Parameters",
        ),
        tags_of("live.DBParameterGroupArn"),
    ),
    then=(
        *_parameter_calls("ModifyDBParameterGroup", "ResetDBParameterGroup", "DBParameterGroupName"),
        *tag_calls("live.DBParameterGroupArn"),
    ),
    delete=Call("DeleteDBParameterGroup", {"DBParameterGroupName": "id"}),
    missing=("DBParameterGroupNotFound", "DBParameterGroupNotFoundFault"),
    inputs={
        "description": Input(default=_DESCRIPTION, replace=True),
        "family": Input("DBParameterGroupFamily", replace=True),
        "name": Input("DBParameterGroupName", replace=True, same=Same.NO_CASE),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "parameters": _PARAMETERS_INPUT,
        "tags": TAGS,
    },
    outputs={"arn": "DBParameterGroupArn", "tagsAll": "tag_map(TagList)"},
)

TYPES = (SUBNET_GROUP, CLUSTER_PARAMETER_GROUP, PARAMETER_GROUP)
