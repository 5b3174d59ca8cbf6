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


def _parameter_group(pulumi_type: str, kind: str) -> ResourceType:
    """Groups of clusters and of instances differ in the names of their calls.

    Args:
        kind: what they are called after, "DBCluster" or "DB".
    """
    group, name = f"{kind}ParameterGroup", f"{kind}ParameterGroupName"
    return ResourceType(
        pulumi_type=pulumi_type,
        service="rds",
        name=Name("name", _NAME_LIMIT, prefix_input="namePrefix"),
        id=f"response.{group}.{name}",
        create=Call(f"Create{group}", {"Tags": "tag_list(input.tags)"}),
        reads=(
            Read(f"Describe{group}s", {name: "id"}, at=f"{group}s[0]"),
            Read(
                f"Describe{kind}Parameters",
                {name: "id", "Source": "'user'"},
                at=_USER_PARAMETERS,
                into="Parameters",
            ),
            tags_of(f"live.{group}Arn"),
        ),
        then=(
            *_parameter_calls(f"Modify{group}", f"Reset{group}", name),
            *tag_calls(f"live.{group}Arn"),
        ),
        delete=Call(f"Delete{group}", {name: "id"}),
        missing=("DBParameterGroupNotFound", "DBParameterGroupNotFoundFault"),
        inputs={
            "description": Input(default=_DESCRIPTION, replace=True),
            "family": Input("DBParameterGroupFamily", replace=True),
            "name": Input(name, replace=True, same=Same.NO_CASE),
            "namePrefix": Input(live=None, replace=True, kind=str),
            "parameters": _PARAMETERS_INPUT,
            "tags": TAGS,
        },
        outputs={"arn": f"{group}Arn", "tagsAll": "tag_map(TagList)"},
    )


CLUSTER_PARAMETER_GROUP = _parameter_group("aws:rds/clusterParameterGroup:ClusterParameterGroup", "DBCluster")
PARAMETER_GROUP = _parameter_group("aws:rds/parameterGroup:ParameterGroup", "DB")

TYPES = (SUBNET_GROUP, CLUSTER_PARAMETER_GROUP, PARAMETER_GROUP)
