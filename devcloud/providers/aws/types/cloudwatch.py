"""Alarms. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same
from devcloud.providers.aws.types.tags import CREATED, TAGS, tag_calls, tags_of

_NAME_LIMIT = 255
_DIMENSIONS = "tag_list({})[].{{Name: Key, Value: Value}}"
_DIMENSIONS_LIVE = "{} && tag_map({}[].{{Key: Name, Value: Value}}) || null"
_METRIC = (
    "metric && {Metric: {Namespace: metric.namespace, MetricName: metric.metricName,"
    f" Dimensions: {_DIMENSIONS.format('metric.dimensions')}}},"
    " Period: metric.period, Stat: metric.stat, Unit: metric.unit}"
)
_METRIC_LIVE = (
    "MetricStat.{namespace: Metric.Namespace, metricName: Metric.MetricName,"
    f" dimensions: {_DIMENSIONS_LIVE.format('Metric.Dimensions', 'Metric.Dimensions')},"
    " period: Period, stat: Stat, unit: Unit}"
)
_FORM = {
    "Dimensions": _DIMENSIONS.format("input.dimensions"),
    "Metrics": "input.metricQueries && compact(input.metricQueries[].{Id: id, Expression: expression, Label: label,"
    f" AccountId: accountId, Period: period, ReturnData: returnData || `false`, MetricStat: {_METRIC}}})",
}
_ACTIONS = {
    "actionsEnabled": Input(default=True),
    "alarmActions": Input(absent=[], same=Same.SET),
    "alarmDescription": Input(absent=""),
    "insufficientDataActions": Input(absent=[], same=Same.SET),
    "okActions": Input("OKActions", absent=[], same=Same.SET),
    "tags": TAGS,
}
_TAG_CALLS = tag_calls("live.AlarmArn", of="ResourceARN")
_TAGS_READ = tags_of("live.AlarmArn", of="ResourceARN")
_OUTPUTS = {"arn": "AlarmArn", "tagsAll": "tag_map(Tags)"}

METRIC_ALARM = ResourceType(
    pulumi_type="aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    name=Name("name", _NAME_LIMIT),
    id="input.name",
    create=Call("PutMetricAlarm", {**_FORM, **CREATED}),
    reads=(
        Read("DescribeAlarms", {"AlarmNames": "[id]", "AlarmTypes": "['MetricAlarm']"}, at="MetricAlarms[0]"),
        _TAGS_READ,
    ),
    update=Call("PutMetricAlarm", {**_FORM, **CREATED}, whole=True),
    then=_TAG_CALLS,
    delete=Call("DeleteAlarms", {"AlarmNames": "[id]"}),
    missing=("ResourceNotFound",),
    inputs={
        **_ACTIONS,
        "comparisonOperator": Input(),
        "datapointsToAlarm": Input(),
        "dimensions": Input(
            live=_DIMENSIONS_LIVE.format("Dimensions", "Dimensions"), kind=dict, absent={}, same=Same.BLOCK
        ),
        "evaluateLowSampleCountPercentiles": Input("EvaluateLowSampleCountPercentile"),
        "evaluationPeriods": Input(),
        "extendedStatistic": Input(),
        "metricName": Input(),
        "metricQueries": Input(
            live="Metrics[].{id: Id, expression: Expression, label: Label, accountId: AccountId, period: Period,"
            f" returnData: ReturnData, metric: {_METRIC_LIVE}}}",
            kind=list,
            block={
                "id": str,
                "expression": str,
                "label": str,
                "accountId": str,
                "period": int,
                "returnData": bool,
                "metric": dict,
            },
            absent=[],
            same=Same.BLOCK,
        ),
        "name": Input("AlarmName", replace=True),
        "namespace": Input(),
        "period": Input(),
        "statistic": Input(),
        "threshold": Input(),
        "thresholdMetricId": Input(),
        "treatMissingData": Input(default="missing"),
        "unit": Input(),
    },
    outputs=_OUTPUTS,
)

_SUPPRESSOR = {
    "ActionsSuppressor": "input.actionsSuppressor.alarm",
    "ActionsSuppressorExtensionPeriod": "input.actionsSuppressor.extensionPeriod",
    "ActionsSuppressorWaitPeriod": "input.actionsSuppressor.waitPeriod",
}

COMPOSITE_ALARM = ResourceType(
    pulumi_type="aws:cloudwatch/compositeAlarm:CompositeAlarm",
    service="cloudwatch",
    name=Name("alarmName", _NAME_LIMIT),
    id="input.alarmName",
    create=Call("PutCompositeAlarm", {**_SUPPRESSOR, **CREATED}),
    reads=(
        Read("DescribeAlarms", {"AlarmNames": "[id]", "AlarmTypes": "['CompositeAlarm']"}, at="CompositeAlarms[0]"),
        _TAGS_READ,
    ),
    update=Call("PutCompositeAlarm", {**_SUPPRESSOR, **CREATED}, whole=True),
    then=_TAG_CALLS,
    delete=Call("DeleteAlarms", {"AlarmNames": "[id]"}),
    missing=("ResourceNotFound",),
    inputs={
        **_ACTIONS,
        "actionsEnabled": Input(default=True, replace=True),
        "actionsSuppressor": Input(
            live="ActionsSuppressor && {alarm: ActionsSuppressor, extensionPeriod: ActionsSuppressorExtensionPeriod,"
            " waitPeriod: ActionsSuppressorWaitPeriod}",
            kind=dict,
            block={"alarm": str, "extensionPeriod": int, "waitPeriod": int},
            absent={},
            same=Same.BLOCK,
        ),
        "alarmName": Input(replace=True),
        "alarmRule": Input(),
    },
    outputs=_OUTPUTS,
)

TYPES = (METRIC_ALARM, COMPOSITE_ALARM)
