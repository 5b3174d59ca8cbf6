"""What the parts of a network need around them, made by the provider as well."""

from __future__ import annotations

from devcloud.providers.plugin import State

from .life import ABROAD, HOME, Inputs, World

ACCOUNT = "123456789012"

VPC, SUBNET, GROUP = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INTERNET, ADDRESS, NAT = "aws:ec2/internetGateway:InternetGateway", "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"
TABLE, ROUTE = "aws:ec2/routeTable:RouteTable", "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
PREFIXES = "aws:ec2/managedPrefixList:ManagedPrefixList"
ENDPOINT, FLOW_LOG = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/flowLog:FlowLog"
TRANSIT = "aws:ec2transitgateway/transitGateway:TransitGateway"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
PEERING = "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"
ACCEPTER = "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter"
TRANSIT_ROUTE = "aws:ec2transitgateway/route:Route"


class Site(World):
    """A world with the parts of a network."""

    def internet(self) -> str:
        """The VPC's own: it can have one."""
        known = (state.identifier for this, state in self.made if this.type == INTERNET)
        return next(known, "") or self.make(INTERNET, {"vpcId": self.vpc(), "tags": self.tags()}).identifier

    def connected(self) -> Site:
        self.internet()
        return self

    def address(self) -> str:
        return self.make(ADDRESS, {"domain": "vpc"}).outputs["allocationId"]

    def nat(self) -> str:
        self.internet()
        return self.make(NAT, {"subnetId": self.subnet(), "allocationId": self.address()}).identifier

    def table(self) -> str:
        return self.make(TABLE, {"vpcId": self.vpc(), "tags": self.tags()}).identifier

    def transit(self, region: str = HOME) -> State:
        return self.make(TRANSIT, {"tags": self.tags(region), "region": region})

    def attachment(self, gateway: str) -> str:
        inputs = {"transitGatewayId": gateway, "vpcId": self.vpc(), "subnetIds": [self.subnet(3)]}
        return self.make(ATTACHMENT, inputs).identifier

    def peering(self, near: str, far: str) -> str:
        return self.make(PEERING, peering(self, near, far)).identifier

    def prefixes(self) -> str:
        return self.make(PREFIXES, prefixes(self)).identifier


def peering(site: Site, near: str = HOME, far: str = ABROAD) -> Inputs:
    return {
        "transitGatewayId": site.transit(near).identifier,
        "peerTransitGatewayId": site.transit(far).identifier,
        "peerRegion": far,
        "region": near,
        "peerAccountId": ACCOUNT,
        "tags": site.tags("peering"),
    }


def prefixes(site: Site) -> Inputs:
    entries = [{"cidr": "10.8.0.0/16", "description": "eu"}, {"cidr": "10.7.0.0/16", "description": "asia"}]
    return {"name": site.title, "addressFamily": "IPv4", "maxEntries": 5, "entries": entries, "tags": site.tags()}


def transit_route(site: Site) -> Inputs:
    gateway = site.transit()
    return {
        "transitGatewayRouteTableId": gateway.outputs["associationDefaultRouteTableId"],
        "transitGatewayAttachmentId": site.attachment(gateway.identifier),
        "destinationCidrBlock": "10.8.0.0/16",
    }


def interface(site: Site) -> Inputs:
    return {
        "vpcId": site.vpc(),
        "serviceName": f"com.amazonaws.{HOME}.kms",
        "vpcEndpointType": "Interface",
        "privateDnsEnabled": True,
        "subnetIds": [site.subnet(1), site.subnet(2)],
        "securityGroupIds": [site.group()],
        "tags": site.tags(),
    }
