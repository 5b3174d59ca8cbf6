"""Transit gateways, what is attached to them, and their routes. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types.ec2_tags import OF_THAT_NAME, TAG_CALLS, TAGS, tagged

_NO_ATTACHMENT = "InvalidTransitGatewayAttachmentID.NotFound"
_ATTACHMENT = {"TransitGatewayAttachmentId": "id"}
_ATTACHMENT_ARN = "':transit-gateway-attachment/', TransitGatewayAttachmentId])"


def _options(names: tuple[str, ...]) -> str:
    """The members of `Options` that are given; they are spelled as the inputs but for the first letter."""
    members = ", ".join(f"{name[0].upper()}{name[1:]}: input.{name}" for name in names)
    return f"{{{members}}} | without_null(@)"


def _option(name: str, default: str) -> Input:
    return Input(live=f"Options.{name[0].upper()}{name[1:]}", kind=str, default=default)


_GATEWAY_OPTIONS = (
    "autoAcceptSharedAttachments",
    "defaultRouteTableAssociation",
    "defaultRouteTablePropagation",
    "dnsSupport",
    "vpnEcmpSupport",
)

TRANSIT_GATEWAY = ResourceType(
    pulumi_type="aws:ec2transitgateway/transitGateway:TransitGateway",
    service="ec2",
    id="response.TransitGateway.TransitGatewayId",
    create=Call("CreateTransitGateway", {"Options": _options(_GATEWAY_OPTIONS), **tagged("transit-gateway")}),
    reads=(Read("DescribeTransitGateways", {"TransitGatewayIds": "[id]"}, at="TransitGateways[0]"),),
    update=Call("ModifyTransitGateway", {"TransitGatewayId": "id"}),
    then=(
        Call(
            "ModifyTransitGateway",
            {"TransitGatewayId": "id", "Options": _options(_GATEWAY_OPTIONS)},
            on=_GATEWAY_OPTIONS,
            when="old",
        ),
        *TAG_CALLS,
    ),
    delete=Call("DeleteTransitGateway", {"TransitGatewayId": "id"}),
    missing=("InvalidTransitGatewayID.NotFound",),
    gone="State == 'deleted'",
    find=Find("DescribeTransitGateways", OF_THAT_NAME, ids="TransitGateways[].TransitGatewayId", by=("tags",)),
    wait=Wait("State", ready=("available",), leaving=("deleting",)),
    inputs={
        "autoAcceptSharedAttachments": _option("autoAcceptSharedAttachments", "disable"),
        "defaultRouteTableAssociation": _option("defaultRouteTableAssociation", "enable"),
        "defaultRouteTablePropagation": _option("defaultRouteTablePropagation", "enable"),
        "description": Input(),
        "dnsSupport": _option("dnsSupport", "enable"),
        "tags": TAGS,
        "vpnEcmpSupport": _option("vpnEcmpSupport", "enable"),
    },
    outputs={
        "arn": "TransitGatewayArn",
        "associationDefaultRouteTableId": "Options.AssociationDefaultRouteTableId",
        "ownerId": "OwnerId",
        "propagationDefaultRouteTableId": "Options.PropagationDefaultRouteTableId",
        "tagsAll": "tag_map(Tags)",
    },
)

_VPC_OPTIONS = ("applianceModeSupport", "dnsSupport", "ipv6Support")

VPC_ATTACHMENT = ResourceType(
    pulumi_type="aws:ec2transitgateway/vpcAttachment:VpcAttachment",
    service="ec2",
    id="response.TransitGatewayVpcAttachment.TransitGatewayAttachmentId",
    create=Call(
        "CreateTransitGatewayVpcAttachment",
        {"Options": _options(_VPC_OPTIONS), **tagged("transit-gateway-attachment")},
    ),
    reads=(
        Read(
            "DescribeTransitGatewayVpcAttachments",
            {"TransitGatewayAttachmentIds": "[id]"},
            at="TransitGatewayVpcAttachments[0]",
        ),
    ),
    then=(
        Call(
            "ModifyTransitGatewayVpcAttachment",
            {
                **_ATTACHMENT,
                "AddSubnetIds": "minus(input.subnetIds, old.subnetIds)",
                "RemoveSubnetIds": "minus(old.subnetIds, input.subnetIds)",
                "Options": _options(_VPC_OPTIONS),
            },
            on=("subnetIds", *_VPC_OPTIONS),
            when="old",
        ),
        *TAG_CALLS,
    ),
    delete=Call("DeleteTransitGatewayVpcAttachment", _ATTACHMENT),
    missing=(_NO_ATTACHMENT,),
    gone="State == 'deleted'",
    find=Find(
        "DescribeTransitGatewayVpcAttachments",
        {"Filters": "[{Name: 'vpc-id', Values: [input.vpcId]}]"},
        ids="TransitGatewayVpcAttachments[].TransitGatewayAttachmentId",
        by=("transitGatewayId", "vpcId"),
    ),
    wait=Wait("State", ready=("available", "pendingAcceptance"), failed=("failed", "rejected"), leaving=("deleting",)),
    inputs={
        "applianceModeSupport": _option("applianceModeSupport", "disable"),
        "dnsSupport": _option("dnsSupport", "enable"),
        "ipv6Support": _option("ipv6Support", "disable"),
        "subnetIds": Input(same=Same.SET),
        "tags": TAGS,
        "transitGatewayId": Input(replace=True),
        "vpcId": Input(replace=True),
    },
    outputs={
        "arn": f"concat(['arn:aws:ec2:', region, ':', VpcOwnerId, {_ATTACHMENT_ARN}",
        "tagsAll": "tag_map(Tags)",
        "vpcOwnerId": "VpcOwnerId",
    },
)

_PEERING = Read(
    "DescribeTransitGatewayPeeringAttachments",
    {"TransitGatewayAttachmentIds": "[id]"},
    at="TransitGatewayPeeringAttachments[0]",
)
_DELETE_PEERING = Call("DeleteTransitGatewayPeeringAttachment", _ATTACHMENT)
_FAILED = ("failed", "failing", "rejected", "rejecting")

PEERING_ATTACHMENT = ResourceType(
    pulumi_type="aws:ec2transitgateway/peeringAttachment:PeeringAttachment",
    service="ec2",
    id="response.TransitGatewayPeeringAttachment.TransitGatewayAttachmentId",
    create=Call("CreateTransitGatewayPeeringAttachment", tagged("transit-gateway-attachment")),
    reads=(_PEERING,),
    then=TAG_CALLS,
    delete=_DELETE_PEERING,
    missing=(_NO_ATTACHMENT,),
    gone="State == 'deleted'",
    find=Find(
        "DescribeTransitGatewayPeeringAttachments",
        OF_THAT_NAME,
        ids="TransitGatewayPeeringAttachments[].TransitGatewayAttachmentId",
        by=("transitGatewayId", "peerTransitGatewayId"),
    ),
    # The other side accepts it by a resource of its own.
    wait=Wait("State", ready=("pendingAcceptance", "available"), failed=_FAILED, leaving=("deleting",)),
    inputs={
        "peerAccountId": Input(live="AccepterTgwInfo.OwnerId", replace=True),
        "peerRegion": Input(live="AccepterTgwInfo.Region", replace=True),
        "peerTransitGatewayId": Input(live="AccepterTgwInfo.TransitGatewayId", replace=True),
        "tags": TAGS,
        "transitGatewayId": Input(live="RequesterTgwInfo.TransitGatewayId", replace=True),
    },
    outputs={
        "arn": f"concat(['arn:aws:ec2:', region, ':', RequesterTgwInfo.OwnerId, {_ATTACHMENT_ARN}",
        "state": "State",
        "tagsAll": "tag_map(Tags)",
    },
)

PEERING_ATTACHMENT_ACCEPTER = ResourceType(
    pulumi_type="aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter",
    service="ec2",
    id="input.transitGatewayAttachmentId",
    create=Call("AcceptTransitGatewayPeeringAttachment"),
    reads=(_PEERING,),
    then=(
        # Each side has tags of its own.
        Call(
            "CreateTags",
            {"Resources": "[id]", "Tags": "tag_list(input.tags)"},
            on=("tags",),
            when="!(old) && input.tags",
        ),
        *TAG_CALLS,
    ),
    delete=_DELETE_PEERING,
    missing=(_NO_ATTACHMENT,),
    gone="State == 'deleted' || State == 'pendingAcceptance'",
    wait=Wait("State", ready=("available",), failed=_FAILED, leaving=("deleting",)),
    inputs={"tags": TAGS, "transitGatewayAttachmentId": Input(replace=True)},
    outputs={
        "peerAccountId": "RequesterTgwInfo.OwnerId",
        "peerRegion": "RequesterTgwInfo.Region",
        "peerTransitGatewayId": "RequesterTgwInfo.TransitGatewayId",
        "tagsAll": "tag_map(Tags)",
        "transitGatewayId": "AccepterTgwInfo.TransitGatewayId",
    },
)

_STATIC_ROUTE = (
    "[{Name: 'type', Values: ['static']}, {Name: 'route-search.exact-match', Values: [after_last(id, '_')]}]"
)

ROUTE = ResourceType(
    pulumi_type="aws:ec2transitgateway/route:Route",
    service="ec2",
    id="concat([input.transitGatewayRouteTableId, '_', input.destinationCidrBlock])",
    create=Call("CreateTransitGatewayRoute"),
    reads=(
        Read(
            "SearchTransitGatewayRoutes",
            {"TransitGatewayRouteTableId": "before_last(id, '_')", "Filters": _STATIC_ROUTE},
            at="Routes[0] && merge(Routes[0], {TransitGatewayRouteTableId: before_last(id, '_')}) || null",
        ),
    ),
    delete=Call(
        "DeleteTransitGatewayRoute",
        {
            "TransitGatewayRouteTableId": "live.TransitGatewayRouteTableId",
            "DestinationCidrBlock": "live.DestinationCidrBlock",
        },
    ),
    missing=("InvalidRouteTableID.NotFound", "InvalidRoute.NotFound"),
    gone="State == 'deleting' || State == 'deleted'",
    wait=Wait("State", ready=("active", "blackhole")),
    inputs={
        "blackhole": Input(live="State == 'blackhole'", default=False, replace=True),
        "destinationCidrBlock": Input(replace=True),
        "transitGatewayAttachmentId": Input(
            live="TransitGatewayAttachments[0].TransitGatewayAttachmentId", replace=True
        ),
        "transitGatewayRouteTableId": Input(replace=True),
    },
    outputs={},
)

TYPES = (TRANSIT_GATEWAY, VPC_ATTACHMENT, PEERING_ATTACHMENT, PEERING_ATTACHMENT_ACCEPTER, ROUTE)
