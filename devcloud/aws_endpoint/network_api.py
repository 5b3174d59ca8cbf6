"""Networks that refuse what EC2 refuses, and that forget what is taken from them; moto takes anything in any order.

So a stack that comes up here in one order, and goes down in the other, has said what depends on what.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError, InvalidTransitGatewayID, ResourceAlreadyAssociatedError
from moto.ec2.models.internet_gateways import InternetGatewayBackend
from moto.ec2.models.managed_prefixes import ManagedPrefixListBackend
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.route_tables import RouteBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.vpcs import VPCs

from devcloud.aws_endpoint.replacing import replace


def install() -> None:
    """Change moto's classes. Once a process."""
    replace(RouteBackend, "associate_route_table", _associate)
    replace(RouteBackend, "replace_route_table_association", _associate_otherwise)
    replace(RouteBackend, "create_route", _route)
    replace(NatGatewayBackend, "create_nat_gateway", _nat_gateway)
    replace(NatGatewayBackend, "delete_nat_gateway", _without_nat_gateway)
    replace(InternetGatewayBackend, "detach_internet_gateway", _detach)
    replace(SubnetBackend, "delete_subnet", _without_subnet)
    replace(VPCBackend, "delete_vpc", _without_vpc)
    replace(VPCBackend, "create_vpc_endpoint", _endpoint)
    replace(VPCBackend, "modify_vpc_endpoint", _endpoint_otherwise)
    replace(ManagedPrefixListBackend, "modify_managed_prefix_list", _prefixes_otherwise)
    replace(VPCs, "modify_vpc_endpoint", _named)
    replace(VPCs, "modify_managed_prefix_list", _resized)


def _associate(
    moto: Any, backend: Any, route_table_id: str, gateway_id: str | None = None, subnet_id: str | None = None
) -> str:
    """moto answers with the association to another table."""
    if subnet_id and any(subnet_id in table._associations.values() for table in backend.route_tables.values()):
        raise ResourceAlreadyAssociatedError(subnet_id)
    return moto(backend, route_table_id, gateway_id, subnet_id)


def _associate_otherwise(moto: Any, backend: Any, association_id: str, route_table_id: str) -> str:
    """Under its old id: AWS gives a new one, but an update of a resource cannot."""
    new_id = moto(backend, association_id, route_table_id)
    table = backend.get_route_table(route_table_id)
    if new_id in table._associations:
        table._associations[association_id] = table._associations.pop(new_id)
        return association_id
    return new_id


def _route(moto: Any, backend: Any, route_table_id: str, *args: Any, **given: Any) -> Any:
    gateway = given.get("transit_gateway_id")
    if gateway and not _is_attached(backend, gateway, backend.get_route_table(route_table_id).vpc_id):
        raise InvalidTransitGatewayID(gateway)
    return moto(backend, route_table_id, *args, **given)


def _is_attached(backend: Any, gateway: str, vpc: str) -> bool:
    return any(
        (each.transit_gateway_id, each.resource_id) == (gateway, vpc)
        for each in backend.transit_gateway_attachments.values()
    )


def _nat_gateway(moto: Any, backend: Any, subnet_id: str, *args: Any, **given: Any) -> Any:
    """Without an internet gateway it is made, and fails."""
    gateway = moto(backend, subnet_id, *args, **given)
    vpc = backend.get_subnet(subnet_id).vpc_id
    if not any(each.vpc and each.vpc.id == vpc for each in backend.internet_gateways.values()):
        gateway.state = "failed"
    return gateway


def _without_nat_gateway(moto: Any, backend: Any, nat_gateway_id: str) -> Any:
    gateway = moto(backend, nat_gateway_id)
    for address in gateway.address_set:
        if address.get("associationId"):
            backend.disassociate_address(association_id=address["associationId"])
        backend.enis.pop(address["networkInterfaceId"], None)
    return gateway


def _detach(moto: Any, backend: Any, internet_gateway_id: str, vpc_id: str) -> None:
    if any(each.vpc_id == vpc_id and each.state != "deleted" for each in backend.nat_gateways.values()):
        raise DependencyViolationError(
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before"
            " detaching the gateway."
        )
    moto(backend, internet_gateway_id, vpc_id)


def _without_subnet(moto: Any, backend: Any, subnet_id: str) -> Any:
    nats = (each.subnet_id for each in backend.nat_gateways.values() if each.state != "deleted")
    holders = (*backend.vpc_end_points.values(), *backend.transit_gateway_attachments.values())
    others = (
        subnet for each in holders if each.state != "deleted" for subnet in getattr(each, "subnet_ids", None) or []
    )
    if subnet_id in {*nats, *others}:
        raise DependencyViolationError(f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    return moto(backend, subnet_id)


def _without_vpc(moto: Any, backend: Any, vpc_id: str) -> Any:
    if any(each.vpc and each.vpc.id == vpc_id for each in backend.internet_gateways.values()):
        raise DependencyViolationError(f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
    return moto(backend, vpc_id)


def _endpoint(moto: Any, backend: Any, *args: Any, **given: Any) -> Any:
    """Only those with addresses have names for them."""
    if given.get("endpoint_type") == "Gateway":
        given["private_dns_enabled"] = False
    return moto(backend, *args, **given)


def _endpoint_otherwise(moto: Any, backend: Any, **given: Any) -> None:
    """A gateway's routes come and go with its tables."""
    moto(backend, **given)
    (endpoint,) = backend.describe_vpc_endpoints(vpc_end_point_ids=[given["vpc_id"]])
    prefixes = endpoint.destination_prefix_list_id
    for table in given["add_route_tables"] or [] if prefixes else []:
        backend.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefixes)
    for table in given["remove_route_tables"] or [] if prefixes else []:
        backend.delete_route(table, prefixes)


def _named(moto: Any, response: Any) -> Any:
    """moto reads everything but this."""
    answer = moto(response)
    names = response._get_bool_param("PrivateDnsEnabled")
    if names is not None:
        response.ec2_backend.get_vpc_end_point(response._get_param("VpcEndpointId")).private_dns_enabled = names
    return answer


def _prefixes_otherwise(
    moto: Any, backend: Any, add_entry: list[dict[str, str]], remove_entry: list[dict[str, str]], **given: Any
) -> Any:
    """A name stays where none is given; an entry with another description takes the place of the old one."""
    prefixes = backend.managed_prefix_lists[given["prefix_list_id"]]
    given["prefix_list_name"] = given.get("prefix_list_name") or prefixes.prefix_list_name
    replaced = [{"Cidr": entry["Cidr"]} for entry in add_entry]
    return moto(backend, add_entry, [*remove_entry, *replaced], **given)


def _resized(moto: Any, response: Any) -> Any:
    """moto reads the entries alone."""
    answer = moto(response)
    if response._get_param("MaxEntries"):
        answer.result["PrefixList"].max_entries = response._get_param("MaxEntries")
    return answer
