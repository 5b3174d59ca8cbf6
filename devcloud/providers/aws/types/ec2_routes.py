"""Route tables, their routes and subnets, and lists of addresses to route to. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types.ec2_tags import OF_THAT_NAME, TAG_CALLS, TAGS, tagged

_NO_TABLE = "InvalidRouteTableID.NotFound"

ROUTE_TABLE = ResourceType(
    pulumi_type="aws:ec2/routeTable:RouteTable",
    service="ec2",
    id="response.RouteTable.RouteTableId",
    create=Call("CreateRouteTable", tagged("route-table")),
    reads=(Read("DescribeRouteTables", {"RouteTableIds": "[id]"}, at="RouteTables[0]"),),
    then=TAG_CALLS,
    delete=Call("DeleteRouteTable", {"RouteTableId": "id"}),
    missing=(_NO_TABLE,),
    find=Find("DescribeRouteTables", OF_THAT_NAME, ids="RouteTables[].RouteTableId", by=("vpcId", "tags")),
    inputs={"tags": TAGS, "vpcId": Input(replace=True)},
    outputs={
        "arn": "concat(['arn:aws:ec2:', region, ':', OwnerId, ':route-table/', RouteTableId])",
        "ownerId": "OwnerId",
        "tagsAll": "tag_map(Tags)",
    },
)

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_TO_DESTINATION = {
    "RouteTableId": "input.routeTableId",
    "DestinationCidrBlock": "input.destinationCidrBlock",
    "DestinationIpv6CidrBlock": "input.destinationIpv6CidrBlock",
    "DestinationPrefixListId": "input.destinationPrefixListId",
}
# A route has no id of its own: <table>_<destination>, as the official provider's is imported.
_ROUTE = " || ".join(f"find(RouteTables[0].Routes, '{member}', after_last(id, '_'))" for member in _DESTINATIONS)

ROUTE = ResourceType(
    pulumi_type="aws:ec2/route:Route",
    service="ec2",
    id="concat([input.routeTableId, '_', input.destinationCidrBlock || input.destinationIpv6CidrBlock"
    " || input.destinationPrefixListId])",
    create=Call("CreateRoute"),
    reads=(
        Read(
            "DescribeRouteTables",
            {"RouteTableIds": "[before_last(id, '_')]"},
            at=f"({_ROUTE}) && merge({_ROUTE}, {{RouteTableId: RouteTables[0].RouteTableId}}) || null",
        ),
    ),
    # A route has one target: the new one takes the place of the old one, of whatever kind.
    update=Call("ReplaceRoute", _TO_DESTINATION, whole=True),
    delete=Call("DeleteRoute", _TO_DESTINATION),
    missing=(_NO_TABLE, "InvalidRoute.NotFound"),
    wait=Wait("State", ready=("active", "blackhole")),
    inputs={
        "destinationCidrBlock": Input(replace=True),
        "destinationIpv6CidrBlock": Input(replace=True),
        "destinationPrefixListId": Input(replace=True),
        "gatewayId": Input(),
        "natGatewayId": Input(),
        "networkInterfaceId": Input(),
        "routeTableId": Input(replace=True),
        "transitGatewayId": Input(),
        "vpcPeeringConnectionId": Input(),
    },
    outputs={
        "instanceId": "InstanceId",
        "instanceOwnerId": "InstanceOwnerId",
        "origin": "Origin",
        "state": "State",
    },
)

_OF_ASSOCIATION = "[{Name: 'association.route-table-association-id', Values: [id]}]"

ROUTE_TABLE_ASSOCIATION = ResourceType(
    pulumi_type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    id="response.AssociationId",
    create=Call("AssociateRouteTable"),
    reads=(
        Read(
            "DescribeRouteTables",
            {"Filters": _OF_ASSOCIATION},
            at="find(RouteTables[0].Associations, 'RouteTableAssociationId', id)",
        ),
    ),
    then=(
        Call(
            "ReplaceRouteTableAssociation",
            {"AssociationId": "id", "RouteTableId": "input.routeTableId"},
            on=("routeTableId",),
            when="old",
        ),
    ),
    delete=Call("DisassociateRouteTable", {"AssociationId": "id"}),
    missing=("InvalidAssociationID.NotFound",),
    find=Find(
        "DescribeRouteTables",
        {"RouteTableIds": "[input.routeTableId]"},
        ids="RouteTables[].Associations[].RouteTableAssociationId",
        by=("routeTableId",),
        alike=("subnetId", "gatewayId"),
    ),
    wait=Wait("AssociationState.State", ready=("associated",), failed=("failed",), leaving=("disassociating",)),
    inputs={
        "gatewayId": Input(replace=True),
        "routeTableId": Input(),
        "subnetId": Input(replace=True),
    },
    outputs={},
)

_PREFIX_LIST = {"PrefixListId": "id"}

MANAGED_PREFIX_LIST = ResourceType(
    pulumi_type="aws:ec2/managedPrefixList:ManagedPrefixList",
    service="ec2",
    id="response.PrefixList.PrefixListId",
    create=Call("CreateManagedPrefixList", tagged("prefix-list")),
    reads=(
        Read("DescribeManagedPrefixLists", {"PrefixListIds": "[id]"}, at="PrefixLists[0]"),
        Read("GetManagedPrefixListEntries", _PREFIX_LIST, at="Entries", into="Entries"),
    ),
    then=(
        Call(
            "ModifyManagedPrefixList",
            {**_PREFIX_LIST, "PrefixListName": "input.name"},
            on=("name",),
            when="old",
        ),
        # Entries and their greatest number are changed by calls of their own: the service takes no both.
        Call(
            "ModifyManagedPrefixList",
            {**_PREFIX_LIST, "MaxEntries": "input.maxEntries"},
            on=("maxEntries",),
            when="old",
        ),
        Call(
            "ModifyManagedPrefixList",
            {
                **_PREFIX_LIST,
                "CurrentVersion": "live.Version",
                "AddEntries": "minus(input.entries, old.entries)[].compact({Cidr: cidr, Description: description})",
                "RemoveEntries": "lacking(old.entries, input.entries, 'cidr')[].{Cidr: cidr}",
            },
            on=("entries",),
            when="old",
        ),
        *TAG_CALLS,
    ),
    delete=Call("DeleteManagedPrefixList", _PREFIX_LIST),
    missing=("InvalidPrefixListID.NotFound",),
    gone="State == 'delete-complete'",
    find=Find("DescribeManagedPrefixLists", OF_THAT_NAME, ids="PrefixLists[].PrefixListId", by=("name", "tags")),
    wait=Wait(
        "State",
        ready=("create-complete", "modify-complete", "restore-complete"),
        failed=("create-failed", "modify-failed", "restore-failed", "delete-failed"),
        leaving=("delete-in-progress",),
    ),
    inputs={
        "addressFamily": Input(replace=True),
        "entries": Input(same=Same.SET, absent=[]),
        "maxEntries": Input(),
        "name": Input("PrefixListName"),
        "tags": TAGS,
    },
    outputs={"arn": "PrefixListArn", "ownerId": "OwnerId", "tagsAll": "tag_map(Tags)", "version": "Version"},
)

TYPES = (ROUTE_TABLE, ROUTE, ROUTE_TABLE_ASSOCIATION, MANAGED_PREFIX_LIST)
