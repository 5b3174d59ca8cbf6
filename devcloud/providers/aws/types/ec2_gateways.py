"""Ways to the internet: internet gateways, addresses, NAT gateways. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Read, ResourceType, Wait
from devcloud.providers.aws.types.ec2_tags import OF_THAT_NAME, OWNER, TAG_CALLS, TAGS, tagged

INTERNET_GATEWAY = ResourceType(
    pulumi_type="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    id="response.InternetGateway.InternetGatewayId",
    create=Call("CreateInternetGateway", tagged("internet-gateway")),
    reads=(Read("DescribeInternetGateways", {"InternetGatewayIds": "[id]"}, at="InternetGateways[0]"),),
    then=(
        Call(
            "DetachInternetGateway",
            {"InternetGatewayId": "id", "VpcId": "old.vpcId"},
            on=("vpcId",),
            when="old.vpcId",
        ),
        Call(
            "AttachInternetGateway",
            {"InternetGatewayId": "id", "VpcId": "input.vpcId"},
            on=("vpcId",),
            when="input.vpcId",
        ),
        *TAG_CALLS,
    ),
    before_delete=(
        Call(
            "DetachInternetGateway",
            {"InternetGatewayId": "id", "VpcId": "live.Attachments[0].VpcId"},
            when="live.Attachments",
        ),
    ),
    delete=Call("DeleteInternetGateway", {"InternetGatewayId": "id"}),
    missing=("InvalidInternetGatewayID.NotFound",),
    find=Find("DescribeInternetGateways", OF_THAT_NAME, ids="InternetGateways[].InternetGatewayId", by=("tags",)),
    inputs={"tags": TAGS, "vpcId": Input(live="Attachments[0].VpcId", kind=str, absent="")},
    outputs={
        "arn": "concat(['arn:aws:ec2:', region, ':', OwnerId, ':internet-gateway/', InternetGatewayId])",
        "ownerId": "OwnerId",
        "tagsAll": "tag_map(Tags)",
    },
)

_HOST = "join('-', split(PublicIp, '.')), '.', region == 'us-east-1' && 'compute-1' || concat([region, '.compute'])"

EIP = ResourceType(
    pulumi_type="aws:ec2/eip:Eip",
    service="ec2",
    id="response.AllocationId",
    create=Call("AllocateAddress", tagged("elastic-ip")),
    reads=(Read("DescribeAddresses", {"AllocationIds": "[id]"}, at="Addresses[0]"), OWNER),
    then=TAG_CALLS,
    delete=Call("ReleaseAddress", {"AllocationId": "id"}),
    missing=("InvalidAllocationID.NotFound",),
    find=Find("DescribeAddresses", OF_THAT_NAME, ids="Addresses[].AllocationId", by=("tags",)),
    inputs={"domain": Input(replace=True), "tags": TAGS},
    outputs={
        "allocationId": "AllocationId",
        "arn": "concat(['arn:aws:ec2:', region, ':', Owner, ':elastic-ip/', AllocationId])",
        "associationId": "AssociationId",
        "carrierIp": "CarrierIp",
        "customerOwnedIp": "CustomerOwnedIp",
        "privateDns": "PrivateIpAddress && concat(['ip-', join('-', split(PrivateIpAddress, '.')), '.ec2.internal'])",
        "privateIp": "PrivateIpAddress",
        "ptrRecord": "PtrRecord",
        "publicDns": f"concat(['ec2-', {_HOST}, '.amazonaws.com'])",
        "publicIp": "PublicIp",
        "tagsAll": "tag_map(Tags)",
    },
)

NAT_GATEWAY = ResourceType(
    pulumi_type="aws:ec2/natGateway:NatGateway",
    service="ec2",
    id="response.NatGateway.NatGatewayId",
    create=Call("CreateNatGateway", tagged("natgateway")),
    reads=(Read("DescribeNatGateways", {"NatGatewayIds": "[id]"}, at="NatGateways[0]"),),
    then=TAG_CALLS,
    delete=Call("DeleteNatGateway", {"NatGatewayId": "id"}),
    missing=("NatGatewayNotFound",),
    gone="State == 'deleted'",
    find=Find(
        "DescribeNatGateways",
        {"Filter": "[{Name: 'subnet-id', Values: [input.subnetId]}]"},
        ids="NatGateways[].NatGatewayId",
        by=("subnetId", "tags"),
    ),
    wait=Wait("State", ready=("available",), failed=("failed",), leaving=("deleting",)),
    inputs={
        "allocationId": Input(live="NatGatewayAddresses[0].AllocationId", replace=True),
        "connectivityType": Input(default="public", replace=True),
        "privateIp": Input("PrivateIpAddress", live="NatGatewayAddresses[0].PrivateIp", replace=True),
        "subnetId": Input(replace=True),
        "tags": TAGS,
    },
    outputs={
        "associationId": "NatGatewayAddresses[0].AssociationId",
        "autoProvisionZones": "AutoProvisionZones",
        "autoScalingIps": "AutoScalingIps",
        "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
        "publicIp": "NatGatewayAddresses[0].PublicIp",
        "regionalNatGatewayAddresses": "AvailabilityMode == 'regional' && NatGatewayAddresses || `[]`",
        "regionalNatGatewayAutoMode": "AutoProvisionZones",
        "routeTableId": "RouteTableId",
        "tagsAll": "tag_map(Tags)",
    },
)

TYPES = (INTERNET_GATEWAY, EIP, NAT_GATEWAY)
