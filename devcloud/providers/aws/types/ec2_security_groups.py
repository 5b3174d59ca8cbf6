"""Security groups and their rules. Data only."""

from __future__ import annotations

from typing import Any

from devcloud.providers.aws.table import COMPUTED, Call, Find, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.ec2_tags import TAG_CALLS, TAGS, tagged

_PERMISSION = {
    "protocol": str,
    "fromPort": int,
    "toPort": int,
    "cidrBlocks": list,
    "ipv6CidrBlocks": list,
    "prefixListIds": list,
    "securityGroups": list,
    "self": bool,
    "description": str,
}


def _permissions(live: str, absent: Any = COMPUTED) -> Input:
    told = f"permission_blocks({live}, GroupId)"
    return Input(live=told, kind=list, block=_PERMISSION, absent=absent, same=Same.PERMISSIONS)


def _permission_calls(input_name: str, suffix: str) -> tuple[Call, ...]:
    """Inline rules: what the program no longer has is revoked first, one that it widens would overlap itself."""
    new, old = f"permissions(input.{input_name}, id)", f"permissions(old.{input_name}, id)"
    group = {"GroupId": "id", "IpPermissions": "[item]"}
    return (
        Call(
            f"RevokeSecurityGroup{suffix}",
            group,
            on=(input_name,),
            each=f"minus({old}, {new})",
        ),
        Call(f"AuthorizeSecurityGroup{suffix}", group, on=(input_name,), each=f"minus({new}, {old})"),
    )


SECURITY_GROUP = ResourceType(
    pulumi_type="aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    name=Name("name", 255, prefix_input="namePrefix"),
    id="response.GroupId",
    create=Call("CreateSecurityGroup", tagged("security-group")),
    reads=(Read("DescribeSecurityGroups", {"GroupIds": "[id]"}, at="SecurityGroups[0]"),),
    then=(
        Call(
            "RevokeSecurityGroupEgress",
            {"GroupId": "id", "IpPermissions": "live.IpPermissionsEgress"},
            # A new group lets everything out; the official provider takes that away unless the program asks for it.
            on=("name",),
            when="!(old) && live.IpPermissionsEgress",
        ),
        *_permission_calls("ingress", "Ingress"),
        *_permission_calls("egress", "Egress"),
        *TAG_CALLS,
    ),
    before_delete=(
        Call(
            "RevokeSecurityGroupIngress",
            {"GroupId": "id", "IpPermissions": "live.IpPermissions"},
            when="input.revokeRulesOnDelete && live.IpPermissions",
        ),
        Call(
            "RevokeSecurityGroupEgress",
            {"GroupId": "id", "IpPermissions": "live.IpPermissionsEgress"},
            when="input.revokeRulesOnDelete && live.IpPermissionsEgress",
        ),
    ),
    delete=Call("DeleteSecurityGroup", {"GroupId": "id"}),
    missing=("InvalidGroup.NotFound",),
    find=Find(
        "DescribeSecurityGroups",
        {"Filters": "[{Name: 'group-name', Values: [input.name]}]"},
        ids="SecurityGroups[].GroupId",
        by=("name", "vpcId"),
    ),
    inputs={
        "description": Input(default="Managed by Pulumi", replace=True),
        "egress": _permissions("IpPermissionsEgress"),
        "ingress": _permissions("IpPermissions"),
        "name": Input("GroupName", replace=True),
        "namePrefix": Input(live=None, replace=True, kind=str),
        "revokeRulesOnDelete": Input(live=None, default=False, kind=bool),
        "tags": TAGS,
        "vpcId": Input(replace=True),
    },
    outputs={
        "arn": "concat(['arn:aws:ec2:', region, ':', OwnerId, ':security-group/', GroupId])",
        "ownerId": "OwnerId",
        "tagsAll": "tag_map(Tags)",
    },
)

# A VPC's own: it is there before the program and stays after it. Taking it over takes its rules away.
_DEFAULT_GROUP = {"Filters": "[{Name: 'vpc-id', Values: [input.vpcId]}, {Name: 'group-name', Values: ['default']}]"}

DEFAULT_SECURITY_GROUP = ResourceType(
    pulumi_type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    id="response.SecurityGroups[0].GroupId",
    create=Call("DescribeSecurityGroups", _DEFAULT_GROUP),
    reads=(Read("DescribeSecurityGroups", {"GroupIds": "[id]"}, at="SecurityGroups[0]"),),
    then=(
        *(
            Call(
                f"RevokeSecurityGroup{direction}",
                {"GroupId": "id", "IpPermissions": f"live.{permissions}"},
                on=("vpcId",),
                when=f"!(old) && live.{permissions}",
            )
            for direction, permissions in (("Ingress", "IpPermissions"), ("Egress", "IpPermissionsEgress"))
        ),
        *_permission_calls("ingress", "Ingress"),
        *_permission_calls("egress", "Egress"),
        Call(
            "CreateTags",
            {"Resources": "[id]", "Tags": "tag_list(input.tags)"},
            on=("tags",),
            when="!(old) && input.tags",
        ),
        *TAG_CALLS,
    ),
    delete=None,
    missing=("InvalidGroup.NotFound",),
    find=Find("DescribeSecurityGroups", _DEFAULT_GROUP, ids="SecurityGroups[].GroupId", by=("vpcId",)),
    inputs={
        "egress": _permissions("IpPermissionsEgress", absent=[]),
        "ingress": _permissions("IpPermissions", absent=[]),
        "tags": TAGS,
        "vpcId": Input(live="VpcId", kind=str, replace=True),
    },
    outputs={
        "arn": "concat(['arn:aws:ec2:', region, ':', OwnerId, ':security-group/', GroupId])",
        "description": "Description",
        "name": "GroupName",
        "namePrefix": "NamePrefix",
        "ownerId": "OwnerId",
        "tagsAll": "tag_map(Tags)",
    },
)

# One rule by the API of rules; all traffic (protocol -1) has the ports -1 there.
_RULE_PARAMETERS = {
    "IpProtocol": "input.ipProtocol",
    "FromPort": "input.fromPort || input.ipProtocol == '-1' && `-1` || null",
    "ToPort": "input.toPort || input.ipProtocol == '-1' && `-1` || null",
    "CidrIpv4": "input.cidrIpv4",
    "CidrIpv6": "input.cidrIpv6",
    "PrefixListId": "input.prefixListId",
    "ReferencedGroupId": "input.referencedSecurityGroupId",
    "Description": "input.description",
}

_RULE_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


def _rule(direction: str) -> ResourceType:
    request = ", ".join(f"{member}: {source}" for member, source in _RULE_PARAMETERS.items())
    return ResourceType(
        pulumi_type=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        service="ec2",
        id="response.SecurityGroupRules[0].SecurityGroupRuleId",
        create=Call(
            f"AuthorizeSecurityGroup{direction}",
            {
                "GroupId": "input.securityGroupId",
                "IpPermissions": "[rule_permission(input)]",
                **tagged("security-group-rule"),
            },
        ),
        reads=(
            Read("DescribeSecurityGroupRules", {"SecurityGroupRuleIds": "[id]"}, at="SecurityGroupRules[0]"),
            Read(
                "DescribeSecurityGroups", {"GroupIds": "[live.GroupId]"}, at="SecurityGroups[0].OwnerId", into="Owner"
            ),
        ),
        then=(
            Call(
                "ModifySecurityGroupRules",
                {
                    "GroupId": "input.securityGroupId",
                    "SecurityGroupRules": f"[{{SecurityGroupRuleId: id,"
                    f" SecurityGroupRule: {{{request}}} | without_null(@)}}]",
                },
                on=(
                    "ipProtocol",
                    "fromPort",
                    "toPort",
                    "cidrIpv4",
                    "cidrIpv6",
                    "prefixListId",
                    "referencedSecurityGroupId",
                    "description",
                ),
                when="old",
            ),
            *TAG_CALLS,
        ),
        delete=Call(f"RevokeSecurityGroup{direction}", {"GroupId": "live.GroupId", "SecurityGroupRuleIds": "[id]"}),
        missing=("InvalidSecurityGroupRuleId.NotFound", "InvalidGroup.NotFound"),
        find=Find(
            "DescribeSecurityGroupRules",
            {"Filters": "[{Name: 'group-id', Values: [input.securityGroupId]}]"},
            ids=f"SecurityGroupRules[?{'' if direction == 'Egress' else '!'}IsEgress].SecurityGroupRuleId",
            by=("securityGroupId", "ipProtocol"),
            alike=("fromPort", "toPort", *_RULE_SOURCES),
        ),
        inputs={
            "cidrIpv4": Input(live="CidrIpv4", kind=str, absent=""),
            "cidrIpv6": Input(live="CidrIpv6", kind=str, absent=""),
            "description": Input(live="Description", kind=str, absent=""),
            "fromPort": Input(live="IpProtocol != '-1' && FromPort || null", kind=int),
            "ipProtocol": Input(live="IpProtocol", kind=str),
            "prefixListId": Input(live="PrefixListId", kind=str, absent=""),
            "referencedSecurityGroupId": Input(live="ReferencedGroupInfo.GroupId", kind=str, absent=""),
            "securityGroupId": Input(live="GroupId", kind=str, replace=True),
            "tags": TAGS,
            "toPort": Input(live="IpProtocol != '-1' && ToPort || null", kind=int),
        },
        outputs={
            "arn": "SecurityGroupRuleArn || concat(['arn:aws:ec2:', region, ':', Owner,"
            " ':security-group-rule/', SecurityGroupRuleId])",
            "securityGroupRuleId": "SecurityGroupRuleId",
            "tagsAll": "tag_map(Tags)",
        },
    )


INGRESS_RULE = _rule("Ingress")
EGRESS_RULE = _rule("Egress")

TYPES = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, INGRESS_RULE, EGRESS_RULE)
