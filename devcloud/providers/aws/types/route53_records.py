"""DNS records and the health checks that they follow. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Find, Input, Read, ResourceType, Same
from devcloud.providers.aws.types.route53_tags import tag_call, tags_of
from devcloud.providers.aws.types.tags import TAGS

_ALARM = "input.cloudwatchAlarmName && {Region: input.cloudwatchAlarmRegion, Name: input.cloudwatchAlarmName} || null"

HEALTH_CHECK = ResourceType(
    pulumi_type="aws:route53/healthCheck:HealthCheck",
    service="route53",
    regional=False,
    id="response.HealthCheck.Id",
    create=Call(
        "CreateHealthCheck",
        {
            "CallerReference": "input.referenceName && concat([input.referenceName, '-', token()]) || token()",
            "HealthCheckConfig": "compact({Type: input.type, IPAddress: input.ipAddress, Port: input.port,"
            " ResourcePath: input.resourcePath, FullyQualifiedDomainName: input.fqdn,"
            " SearchString: input.searchString, RequestInterval: input.requestInterval,"
            " FailureThreshold: input.failureThreshold, MeasureLatency: input.measureLatency,"
            " Inverted: input.invertHealthcheck, Disabled: input.disabled, HealthThreshold: input.childHealthThreshold,"
            " ChildHealthChecks: input.childHealthchecks, EnableSNI: input.enableSni, Regions: input.regions,"
            f" AlarmIdentifier: {_ALARM}, InsufficientDataHealthStatus: input.insufficientDataHealthStatus,"
            " RoutingControlArn: input.routingControlArn})",
        },
    ),
    reads=(
        Read(
            "GetHealthCheck",
            {"HealthCheckId": "id"},
            at="merge(HealthCheck.HealthCheckConfig, {Id: id, CallerReference: HealthCheck.CallerReference})",
        ),
        tags_of("healthcheck"),
    ),
    update=Call("UpdateHealthCheck", {"HealthCheckId": "id", "AlarmIdentifier": _ALARM}),
    then=(tag_call("healthcheck"),),
    delete=Call("DeleteHealthCheck", {"HealthCheckId": "id"}),
    missing=("NoSuchHealthCheck",),
    find=Find("ListHealthChecks", {}, ids="HealthChecks[].Id", by=("type", "tags")),
    inputs={
        "childHealthThreshold": Input("HealthThreshold"),
        "childHealthchecks": Input("ChildHealthChecks", absent=[], same=Same.SET),
        "cloudwatchAlarmName": Input(live="AlarmIdentifier.Name", kind=str),
        "cloudwatchAlarmRegion": Input(live="AlarmIdentifier.Region", kind=str),
        "disabled": Input(default=False),
        "enableSni": Input("EnableSNI"),
        "failureThreshold": Input(),
        "fqdn": Input("FullyQualifiedDomainName"),
        "insufficientDataHealthStatus": Input(),
        "invertHealthcheck": Input("Inverted", absent=False),
        "ipAddress": Input("IPAddress"),
        "measureLatency": Input(live="MeasureLatency", kind=bool, replace=True, absent=False),
        "port": Input(),
        "referenceName": Input(live=None, kind=str, replace=True),
        "regions": Input(same=Same.SET),
        "requestInterval": Input(live="RequestInterval", kind=int, replace=True),
        "resourcePath": Input(),
        "routingControlArn": Input(live="RoutingControlArn", kind=str, replace=True),
        "searchString": Input(),
        "tags": TAGS,
        "type": Input(live="Type", kind=str, replace=True),
    },
    outputs={"arn": "concat(['arn:aws:route53:::healthcheck/', Id])", "tagsAll": "tag_map(Tags)"},
)


_FIELDS = (
    "name",
    "type",
    "ttl",
    "records",
    "aliases",
    "setIdentifier",
    "healthCheckId",
    "weightedRoutingPolicies",
    "latencyRoutingPolicies",
    "failoverRoutingPolicies",
    "multivalueAnswerRoutingPolicy",
)
_RECORD_SET = f"record_set({{{', '.join(f'{name}: input.{name}' for name in _FIELDS)}}})"


def _change(action: str, record: str) -> dict[str, str]:
    return {"ChangeBatch": f"{{Changes: [{{Action: {action}, ResourceRecordSet: {record}}}]}}"}


RECORD = ResourceType(
    pulumi_type="aws:route53/record:Record",
    service="route53",
    regional=False,
    id="record_id(input.zoneId, {Name: input.name, Type: input.type, SetIdentifier: input.setIdentifier})",
    create=Call(
        "ChangeResourceRecordSets",
        {
            "HostedZoneId": "input.zoneId",
            **_change("input.allowOverwrite && 'UPSERT' || 'CREATE'", _RECORD_SET),
        },
    ),
    reads=(
        Read(
            "ListResourceRecordSets",
            {"HostedZoneId": "split(id, '_')[0]"},
            at="record_with(ResourceRecordSets, id)",
        ),
    ),
    update=Call(
        "ChangeResourceRecordSets",
        {"HostedZoneId": "input.zoneId", **_change("'UPSERT'", _RECORD_SET)},
    ),
    delete=Call("ChangeResourceRecordSets", {"HostedZoneId": "live.ZoneId", **_change("'DELETE'", "live.Set")}),
    missing=("NoSuchHostedZone",),
    inputs={
        "aliases": Input(
            live="aliases",
            kind=list,
            block={"name": str, "zoneId": str, "evaluateTargetHealth": bool},
            absent=[],
            same=Same.BLOCK,
        ),
        "allowOverwrite": Input(live=None, kind=bool),
        "failoverRoutingPolicies": Input(
            live="failoverRoutingPolicies", kind=list, block={"type": str}, absent=[], same=Same.BLOCK
        ),
        "healthCheckId": Input(live="Set.HealthCheckId", kind=str, absent=""),
        "latencyRoutingPolicies": Input(
            live="latencyRoutingPolicies", kind=list, block={"region": str}, absent=[], same=Same.BLOCK
        ),
        "multivalueAnswerRoutingPolicy": Input(live="Set.MultiValueAnswer", kind=bool, absent=False),
        "name": Input(live="name", kind=str, replace=True, same=Same.DNS),
        "records": Input(live="records", kind=list, absent=[], same=Same.SET),
        "setIdentifier": Input(live="Set.SetIdentifier", kind=str, replace=True),
        "ttl": Input(live="Set.TTL", kind=int),
        "type": Input(live="Set.Type", kind=str, replace=True),
        "weightedRoutingPolicies": Input(
            live="weightedRoutingPolicies", kind=list, block={"weight": int}, absent=[], same=Same.BLOCK
        ),
        "zoneId": Input(live="ZoneId", kind=str, replace=True),
    },
    outputs={"fqdn": "name"},
)

TYPES = (HEALTH_CHECK, RECORD)
