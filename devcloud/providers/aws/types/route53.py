"""DNS zones. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.route53_tags import tag_call, tags_of
from devcloud.providers.aws.types.tags import TAGS

ZONE = ResourceType(
    pulumi_type="aws:route53/zone:Zone",
    service="route53",
    regional=False,
    name=Name("name", 255),
    id="after_last(response.HostedZone.Id, '/')",
    create=Call(
        "CreateHostedZone",
        {
            "CallerReference": "token()",
            "HostedZoneConfig": "{Comment: input.comment}",
            "VPC": "input.vpcs[0] && {VPCId: input.vpcs[0].vpcId, VPCRegion: input.vpcs[0].vpcRegion || live.region}",
        },
    ),
    reads=(
        Read("GetHostedZone", {"Id": "id"}),
        tags_of("hostedzone"),
    ),
    then=(
        Call("UpdateHostedZoneComment", {"Id": "id", "Comment": "input.comment"}, on=("comment",), when="old"),
        Call(
            "AssociateVPCWithHostedZone",
            {"HostedZoneId": "id", "VPC": "{VPCId: item.vpcId, VPCRegion: item.vpcRegion || live.region}"},
            on=("vpcs",),
            # The first one came with the zone.
            each="old && minus(input.vpcs, old.vpcs) || input.vpcs[1:]",
        ),
        Call(
            "DisassociateVPCFromHostedZone",
            {"HostedZoneId": "id", "VPC": "{VPCId: item.vpcId, VPCRegion: item.vpcRegion || live.region}"},
            on=("vpcs",),
            each="minus(old.vpcs, input.vpcs)",
        ),
        tag_call("hostedzone"),
    ),
    before_delete=(
        Call(
            "ChangeResourceRecordSets",
            {
                "HostedZoneId": "id",
                "ChangeBatch": "{Changes: item[].{Action: 'DELETE', ResourceRecordSet: @}}",
            },
            when="input.forceDestroy",
            reads=(Read("ListResourceRecordSets", {"HostedZoneId": "id"}, at="ResourceRecordSets", into="Records"),),
            each="own_records(live.Records, live.HostedZone.Name)",
            batch=100,
        ),
    ),
    delete=Call("DeleteHostedZone", {"Id": "id"}),
    missing=("NoSuchHostedZone",),
    find=Find("ListHostedZones", {}, ids="HostedZones[].after_last(Id, '/')", by=("name", "tags"), alike=("comment",)),
    inputs={
        "comment": Input(live="HostedZone.Config.Comment", kind=str, default="Managed by Pulumi"),
        "delegationSetId": Input(live="after_last(DelegationSet.Id, '/')", replace=True),
        "forceDestroy": Input(live=None, kind=bool, default=False),
        "name": Input(live="HostedZone.Name", replace=True, same=Same.DNS),
        "tags": TAGS,
        "vpcs": Input(
            live="VPCs[].{vpcId: VPCId, vpcRegion: VPCRegion}",
            kind=list,
            block={"vpcId": str, "vpcRegion": str},
            absent=[],
            same=Same.BLOCK,
        ),
    },
    outputs={
        "arn": "concat(['arn:aws:route53:::hostedzone/', after_last(HostedZone.Id, '/')])",
        "nameServers": "sort(DelegationSet.NameServers || `[]`)",
        "primaryNameServer": "DelegationSet.NameServers[0]",
        "tagsAll": "tag_map(Tags)",
        "zoneId": "after_last(HostedZone.Id, '/')",
    },
)

TYPES = (ZONE,)
