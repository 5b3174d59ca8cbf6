"""Networks, subnets, security groups and their rules. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same, Wait

_NETWORK_TYPES_READY = ("available",)


def _tagged(resource: str) -> dict[str, str]:
    return {"TagSpecifications": f"input.tags && [{{ResourceType: '{resource}', Tags: tag_list(input.tags)}}] || null"}


def _own(filter_name: str) -> dict[str, str]:
    return {"Filters": f"[{{Name: '{filter_name}', Values: [id]}}, {{Name: 'default', Values: ['true']}}]"}


_OF_THAT_NAME = {"Filters": "input.tags.Name && [{Name: 'tag:Name', Values: [input.tags.Name]}] || null"}


def _attribute(operation: str, key: str, input_name: str, member: str) -> Call:
    """The service takes one attribute a call."""
    value = f"input.{input_name}"
    return Call(operation, {key: "id", member: f"{{Value: {value}}}"}, on=(input_name,), when=f"{value} != null")


_TAG_CALLS = (
    Call(
        "CreateTags",
        {"Resources": "[id]", "Tags": "tag_list(changed(input.tags, old.tags))"},
        on=("tags",),
        when="old && changed(input.tags, old.tags)",
    ),
    Call(
        "DeleteTags",
        {"Resources": "[id]", "Tags": "dropped(input.tags, old.tags)[].{Key: @}"},
        on=("tags",),
        when="dropped(input.tags, old.tags)",
    ),
)
_TAGS = Input(live="tag_map(Tags)", kind=dict, absent={})


def _vpc_attribute(name: str) -> Read:
    member = name[:1].upper() + name[1:]
    return Read("DescribeVpcAttribute", {"VpcId": "id", "Attribute": f"'{name}'"}, at=f"{member}.Value", into=member)


VPC = ResourceType(
    pulumi_type="aws:ec2/vpc:Vpc",
    service="ec2",
    id="response.Vpc.VpcId",
    create=Call("CreateVpc", _tagged("vpc")),
    reads=(
        Read("DescribeVpcs", {"VpcIds": "[id]"}, at="Vpcs[0]"),
        _vpc_attribute("enableDnsHostnames"),
        _vpc_attribute("enableDnsSupport"),
        _vpc_attribute("enableNetworkAddressUsageMetrics"),
        Read("DescribeNetworkAcls", _own("vpc-id"), at="NetworkAcls[0].NetworkAclId", into="NetworkAcl"),
        Read(
            "DescribeRouteTables",
            {"Filters": "[{Name: 'vpc-id', Values: [id]}, {Name: 'association.main', Values: ['true']}]"},
            at="RouteTables[0].RouteTableId",
            into="RouteTable",
        ),
        Read(
            "DescribeSecurityGroups",
            {"Filters": "[{Name: 'vpc-id', Values: [id]}, {Name: 'group-name', Values: ['default']}]"},
            at="SecurityGroups[0].GroupId",
            into="SecurityGroup",
        ),
    ),
    then=(
        # DNS host names need DNS support, so support comes first.
        _attribute("ModifyVpcAttribute", "VpcId", "enableDnsSupport", "EnableDnsSupport"),
        _attribute("ModifyVpcAttribute", "VpcId", "enableDnsHostnames", "EnableDnsHostnames"),
        _attribute(
            "ModifyVpcAttribute", "VpcId", "enableNetworkAddressUsageMetrics", "EnableNetworkAddressUsageMetrics"
        ),
        *_TAG_CALLS,
    ),
    delete=Call("DeleteVpc", {"VpcId": "id"}),
    missing=("InvalidVpcID.NotFound",),
    find=Find("DescribeVpcs", _OF_THAT_NAME, ids="Vpcs[].VpcId", by=("cidrBlock", "tags")),
    wait=Wait("State", ready=_NETWORK_TYPES_READY),
    inputs={
        "assignGeneratedIpv6CidrBlock": Input(
            "AmazonProvidedIpv6CidrBlock", live="Ipv6CidrBlockAssociationSet[0] && `true`", replace=True
        ),
        "cidrBlock": Input(replace=True),
        "enableDnsHostnames": Input(live="EnableDnsHostnames", kind=bool, absent=False),
        "enableDnsSupport": Input(live="EnableDnsSupport", kind=bool, default=True),
        "enableNetworkAddressUsageMetrics": Input(live="EnableNetworkAddressUsageMetrics", kind=bool, absent=False),
        "instanceTenancy": Input(default="default", replace=True),
        "ipv4IpamPoolId": Input(live=None, replace=True),
        "ipv4NetmaskLength": Input(live=None, replace=True),
        "tags": _TAGS,
    },
    outputs={
        "arn": "concat(['arn:aws:ec2:', region, ':', OwnerId, ':vpc/', VpcId])",
        "defaultNetworkAclId": "NetworkAcl",
        "defaultRouteTableId": "RouteTable",
        "defaultSecurityGroupId": "SecurityGroup",
        "dhcpOptionsId": "DhcpOptionsId",
        "ipv6AssociationId": "Ipv6CidrBlockAssociationSet[0].AssociationId",
        "ipv6CidrBlock": "Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock",
        "mainRouteTableId": "RouteTable",
        "ownerId": "OwnerId",
        "tagsAll": "tag_map(Tags)",
    },
)

SUBNET = ResourceType(
    pulumi_type="aws:ec2/subnet:Subnet",
    service="ec2",
    id="response.Subnet.SubnetId",
    create=Call("CreateSubnet", _tagged("subnet")),
    reads=(Read("DescribeSubnets", {"SubnetIds": "[id]"}, at="Subnets[0]"),),
    then=(
        _attribute("ModifySubnetAttribute", "SubnetId", "assignIpv6AddressOnCreation", "AssignIpv6AddressOnCreation"),
        _attribute("ModifySubnetAttribute", "SubnetId", "mapPublicIpOnLaunch", "MapPublicIpOnLaunch"),
        *_TAG_CALLS,
    ),
    delete=Call("DeleteSubnet", {"SubnetId": "id"}),
    missing=("InvalidSubnetID.NotFound",),
    find=Find("DescribeSubnets", _OF_THAT_NAME, ids="Subnets[].SubnetId", by=("vpcId", "cidrBlock", "tags")),
    wait=Wait("State", ready=_NETWORK_TYPES_READY, failed=("failed",)),
    inputs={
        "assignIpv6AddressOnCreation": Input(live="AssignIpv6AddressOnCreation", kind=bool, default=False),
        "availabilityZone": Input(replace=True),
        "availabilityZoneId": Input(replace=True),
        "cidrBlock": Input(replace=True),
        "ipv6CidrBlock": Input(live="Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock", replace=True),
        "ipv6Native": Input(replace=True, default=False),
        "mapPublicIpOnLaunch": Input(live="MapPublicIpOnLaunch", kind=bool, default=False),
        "outpostArn": Input(replace=True),
        "tags": _TAGS,
        "vpcId": Input(replace=True),
    },
    outputs={
        "arn": "SubnetArn",
        "ipv6CidrBlockAssociationId": "Ipv6CidrBlockAssociationSet[0].AssociationId",
        "ownerId": "OwnerId",
        "tagsAll": "tag_map(Tags)",
    },
)

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


def _permissions(live: str) -> Input:
    return Input(live=f"permission_blocks({live}, GroupId)", kind=list, block=_PERMISSION, same=Same.PERMISSIONS)


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
    create=Call("CreateSecurityGroup", _tagged("security-group")),
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
        *_TAG_CALLS,
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
        "tags": _TAGS,
        "vpcId": Input(replace=True),
    },
    outputs={
        "arn": "concat(['arn:aws:ec2:', region, ':', OwnerId, ':security-group/', GroupId])",
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
                **_tagged("security-group-rule"),
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
            *_TAG_CALLS,
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
            "tags": _TAGS,
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

TYPES = (VPC, SUBNET, SECURITY_GROUP, INGRESS_RULE, EGRESS_RULE)
