"""Networks and subnets. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Read, ResourceType, Wait
from devcloud.providers.aws.types.ec2_tags import OF_THAT_NAME, TAG_CALLS, TAGS, tagged

_NETWORK_TYPES_READY = ("available",)


def _own(filter_name: str) -> dict[str, str]:
    return {"Filters": f"[{{Name: '{filter_name}', Values: [id]}}, {{Name: 'default', Values: ['true']}}]"}


def _attribute(operation: str, key: str, input_name: str, member: str) -> Call:
    """The service takes one attribute a call."""
    value = f"input.{input_name}"
    return Call(operation, {key: "id", member: f"{{Value: {value}}}"}, on=(input_name,), when=f"{value} != null")


def _vpc_attribute(name: str) -> Read:
    member = name[:1].upper() + name[1:]
    return Read("DescribeVpcAttribute", {"VpcId": "id", "Attribute": f"'{name}'"}, at=f"{member}.Value", into=member)


VPC = ResourceType(
    pulumi_type="aws:ec2/vpc:Vpc",
    service="ec2",
    id="response.Vpc.VpcId",
    create=Call("CreateVpc", tagged("vpc")),
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
        *TAG_CALLS,
    ),
    delete=Call("DeleteVpc", {"VpcId": "id"}),
    missing=("InvalidVpcID.NotFound",),
    find=Find("DescribeVpcs", OF_THAT_NAME, ids="Vpcs[].VpcId", by=("cidrBlock", "tags")),
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
        "tags": TAGS,
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
    create=Call("CreateSubnet", tagged("subnet")),
    reads=(Read("DescribeSubnets", {"SubnetIds": "[id]"}, at="Subnets[0]"),),
    then=(
        _attribute("ModifySubnetAttribute", "SubnetId", "assignIpv6AddressOnCreation", "AssignIpv6AddressOnCreation"),
        _attribute("ModifySubnetAttribute", "SubnetId", "mapPublicIpOnLaunch", "MapPublicIpOnLaunch"),
        *TAG_CALLS,
    ),
    delete=Call("DeleteSubnet", {"SubnetId": "id"}),
    missing=("InvalidSubnetID.NotFound",),
    find=Find("DescribeSubnets", OF_THAT_NAME, ids="Subnets[].SubnetId", by=("vpcId", "cidrBlock", "tags")),
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
        "tags": TAGS,
        "vpcId": Input(replace=True),
    },
    outputs={
        "arn": "SubnetArn",
        "ipv6CidrBlockAssociationId": "Ipv6CidrBlockAssociationSet[0].AssociationId",
        "ownerId": "OwnerId",
        "tagsAll": "tag_map(Tags)",
    },
)

TYPES = (VPC, SUBNET)
