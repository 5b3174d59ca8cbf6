"""Transit gateways as EC2 has them: moto's peerings have one end, and its attachments no tags and no limits."""

from __future__ import annotations

import copy
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidTransitGatewayID
from moto.ec2.models import ec2_backends
from moto.ec2.models.transit_gateway import TransitGatewayBackend
from moto.ec2.models.transit_gateway_attachments import TransitGatewayAttachmentBackend
from moto.ec2.models.transit_gateway_route_tables import TransitGatewayRouteTableBackend
from moto.ec2.responses.transit_gateway_attachments import TransitGatewayAttachment

from devcloud.aws_endpoint.replacing import replace


def install() -> None:
    """Change moto's classes. Once a process."""
    replace(TransitGatewayAttachment, "create_transit_gateway_vpc_attachment", _tagged)
    replace(TransitGatewayAttachmentBackend, "create_transit_gateway_peering_attachment", _peering)
    replace(TransitGatewayAttachmentBackend, "accept_transit_gateway_peering_attachment", _both_ends)
    replace(TransitGatewayAttachmentBackend, "delete_transit_gateway_peering_attachment", _both_ends)
    replace(TransitGatewayBackend, "delete_transit_gateway", _without_gateway)
    replace(TransitGatewayRouteTableBackend, "create_transit_gateway_route", _route)


def _tagged(moto: Any, response: Any) -> Any:
    """moto reads the tags of another kind of resource."""
    answer = moto(response)
    tags = response._parse_tag_specification().get("transit-gateway-attachment", {})
    answer.result["TransitGatewayVpcAttachment"].add_tags(tags)
    return answer


def _peering(moto: Any, backend: Any, near_id: str, far_id: str, region: str, account: str, tags: Any) -> Any:
    """Each end is an object of its own region, with tags of its own."""
    peer = ec2_backends[account][region]
    for gateways, gateway_id in ((backend.transit_gateways, near_id), (peer.transit_gateways, far_id)):
        if gateway_id not in gateways:
            raise InvalidTransitGatewayID(gateway_id)
    near = moto(backend, near_id, far_id, region, account, tags)
    if peer is not backend:
        far = copy.copy(near)
        far.ec2_backend = peer
        far.transit_gateway_id, far.resource_id = far_id, near_id
        far.transit_gateway_route_table = peer.transit_gateways[far_id].default_route_table
        peer.transit_gateway_attachments[far.id] = far
    return near


def _both_ends(moto: Any, backend: Any, transit_gateway_attachment_id: str) -> Any:
    """What one end does happens to both."""
    this = moto(backend, transit_gateway_attachment_id)
    for end in (this.requester_tgw_info, this.accepter_tgw_info):
        ec2_backends[end["OwnerId"]][end["Region"]].transit_gateway_attachments[this.id].state = this.state
    return this


def _without_gateway(moto: Any, backend: Any, transit_gateway_id: str) -> Any:
    if transit_gateway_id not in backend.transit_gateways:
        raise InvalidTransitGatewayID(transit_gateway_id)
    attached = [
        each.id
        for each in backend.transit_gateway_attachments.values()
        if each.transit_gateway_id == transit_gateway_id and each.state != "deleted"
    ]
    if attached:
        raise EC2ClientError(
            "IncorrectState", f"{transit_gateway_id} has non-deleted Attachments: {', '.join(sorted(attached))}."
        )
    return moto(backend, transit_gateway_id)


def _route(moto: Any, backend: Any, **given: Any) -> Any:
    """A route leads to an attachment that is there and accepted; moto tells of one where EC2 tells a list."""
    attachment_id = given["transit_gateway_attachment_id"]
    attachment = backend.transit_gateway_attachments.get(attachment_id)
    if attachment_id and attachment is None:
        raise EC2ClientError(
            "InvalidTransitGatewayAttachmentID.NotFound",
            f"Transit Gateway Attachment {attachment_id} was deleted or does not exist.",
        )
    if attachment and attachment.state != "available":
        raise EC2ClientError("IncorrectState", f"{attachment_id} is in invalid state: {attachment.state}")
    route = moto(backend, **given)
    if attachment:
        route["transitGatewayAttachments"] = [route["transitGatewayAttachments"]]
    return route
