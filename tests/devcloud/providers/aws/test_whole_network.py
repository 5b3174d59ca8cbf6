"""The components of the network by the local provider: all made, nothing drifts, and gone in any order that is allowed.

The endpoint refuses what EC2 refuses, so an order that the program does not declare shows as a failure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws_sdk
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.settings import reset_options
from pulumi.runtime.stack import wait_for_rpcs

from components.network.backbone import Backbone, BackboneArgs, BackboneEnd
from components.network.backbone_attachment import BackboneAttachment, BackboneAttachmentArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.regional_network import RegionalNetwork, RegionalNetworkArgs
from components.network.vpc_endpoints import VpcEndpoints, VpcEndpointsArgs
from components.place import Place
from components.scope import Scope
from components.security.encryption_key import EncryptionKey, EncryptionKeyArgs
from devcloud.providers.aws.mapping import plain
from devcloud.providers.plugin import Resource, State
from regions.model import Network

ACCOUNT = "123456789012"
ZONES = {"us-east-1": ("us-east-1a", "us-east-1b"), "eu-central-1": ("eu-central-1a", "eu-central-1b")}
STAYS = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
TAKES_DAYS = "aws:kms/key:Key"
GO_FIRST = (
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2transitgateway/transitGateway:TransitGateway",
    "aws:ec2/managedPrefixList:ManagedPrefixList",
    "aws:ec2/subnet:Subnet",
)
OF_NO_REGION = {"aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"}


class Made(NamedTuple):
    """A resource, with the URNs of those that it needs."""

    resource: Resource
    state: State
    inputs: dict[str, Any]
    needs: set[str]


class _Provider(Mocks):
    """Answers a program with what the local provider makes of it."""

    def __init__(self, create: Callable[[Resource, dict[str, Any]], State]) -> None:
        self._create = create
        self.made: dict[tuple[str, str], tuple[Resource, State, dict[str, Any]]] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ.startswith("pulumi:providers:"):
            return args.inputs["region"], args.inputs
        if not args.custom:
            return None, args.inputs
        where = {} if args.typ in OF_NO_REGION else {"region": (args.provider or "").rpartition("::")[2]}
        inputs = plain(args.inputs) | where
        this = Resource.of(f"urn:pulumi:test::wedsync::{args.typ}::{args.name}")
        state = self._create(this, inputs)
        self.made[args.typ, args.name] = this, state, inputs
        return state.identifier, state.outputs

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"a program has no look-ups, this one called {args.token}")


class _Monitor(MockMonitor):
    def __init__(self, provider: _Provider) -> None:
        super().__init__(provider)
        self._provider = provider
        self.made: dict[str, Made] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            response = super().RegisterResource(request)
        finally:
            asyncio.set_event_loop(None)
            loop.close()
        if known := self._provider.made.get((request.type, request.name)):
            self.made[response.urn] = Made(*known, set(request.dependencies))
        return response


def _network(scope: Scope, aws_region: str, transit_gateway: pulumi.Input[str], there: pulumi.ResourceOptions) -> None:
    network = Network(vpc_cidr=_range(aws_region), zones=ZONES[aws_region])
    place = Place(ACCOUNT, aws_region)
    key = EncryptionKey(f"{aws_region}-key", EncryptionKeyArgs(scope, place, protect=False), there)
    made = RegionalNetwork(aws_region, RegionalNetworkArgs(scope, network), there)
    FlowLogs(aws_region, FlowLogsArgs(scope, place, made.vpc_id, key.arn, 365), there)
    tables = made.private_route_table_ids
    VpcEndpoints(
        f"{aws_region}-endpoints",
        VpcEndpointsArgs(scope, place, made.vpc_id, network.vpc_cidr, made.private_subnet_ids, list(tables.values())),
        there,
    )
    remote = {other: _range(other) for other in ZONES if other != aws_region}
    attachment = BackboneAttachmentArgs(scope, made.vpc_id, transit_gateway, made.private_subnet_ids, tables, remote)
    BackboneAttachment(aws_region, attachment, there)


def _range(aws_region: str) -> str:
    return f"10.{[*ZONES].index(aws_region)}.0.0/16"


def _program(environment: str) -> None:
    places = {
        region: pulumi.ResourceOptions(providers={"aws": aws_sdk.Provider(region, region=region)}) for region in ZONES
    }
    ends = {region: BackboneEnd(region, _range(region), place) for region, place in places.items()}
    backbone = Backbone("backbone", BackboneArgs(Scope(environment), ACCOUNT, ends))
    for region, place in places.items():
        _network(Scope(environment, region), region, backbone.transit_gateway_ids[region], place)


def _applied(aws: Any, environment: str) -> dict[str, Made]:
    provider = _Provider(aws.create)
    monitor = _Monitor(provider)

    async def main() -> None:
        set_mocks(provider, "wedsync", environment, preview=False, monitor=monitor)
        _program(environment)
        await wait_for_rpcs()

    try:
        asyncio.run(main())
    finally:
        reset_options()
    return monitor.made


def _removed(aws: Any, made: dict[str, Made]) -> None:
    """Take everything down as the engine may, those that others rest on as early as it may be."""
    left = dict(made)
    while left:
        needed = {urn for each in left.values() for urn in each.needs}
        urn = min(left.keys() - needed, key=lambda urn: _earliness(made, urn))
        each = left.pop(urn)
        aws.delete(each.resource, each.state)


def _earliness(made: dict[str, Made], urn: str) -> tuple[int, str]:
    """Lower for what stands on (or is) one of the first kinds that are to go."""
    kinds = {made[below].resource.type for below in _rests_on(made, urn)}
    return min((number for number, kind in enumerate(GO_FIRST) if kind in kinds), default=len(GO_FIRST)), urn


def _rests_on(made: dict[str, Made], urn: str) -> set[str]:
    """What it needs, what that needs, and so on, and itself."""
    return {urn}.union(*(_rests_on(made, below) for below in made[urn].needs if below in made))


def test_a_whole_network(aws: Any) -> None:
    made = _applied(aws, "whole")
    kinds = {each.resource.type for each in made.values()}
    assert {STAYS, *GO_FIRST} <= kinds

    for each in made.values():
        refreshed = aws.refresh(each.resource, each.state)
        assert refreshed.inputs == each.state.inputs
        assert aws.diff(each.resource, refreshed, each.inputs).changes == []

    _removed(aws, made)
    for each in made.values():
        left = aws.provider.read(each.resource, each.state)
        assert left is None or each.resource.type == TAKES_DAYS, each.resource
