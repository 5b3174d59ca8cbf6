"""How long names may be: what AWS and Kubernetes document of each field that holds one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stacks.recording import Registered

# A name of ours, with what a service puts before it.
_OURS = re.compile(r"^(alias/|/aws/[a-z/-]+|/)?wedsync[-/]")
# Free text, and what a service makes no names of.
_TEXTS = ("description", "alarmDescription", "policy", "definition", "assumeRolePolicy", "alarmRule", "topicArn")
_TAG_VALUE = 256

# By field, for fields that mean the same in every type (https://docs.aws.amazon.com, API reference of each service).
_FIELDS = {
    "alarmName": 255,
    "bucket": 63,
    "creationToken": 64,
    "clusterIdentifier": 63,
    "clusterName": 100,
    "dbClusterParameterGroupName": 255,
    "dbParameterGroupName": 255,
    "dbSubnetGroupName": 255,
    "finalSnapshotIdentifier": 255,
    "globalClusterIdentifier": 63,
    "groupName": 64,
    "identifier": 63,
    "nodeGroupName": 63,
    "parameterGroupName": 255,
    "repository": 256,
    "replicationGroupId": 40,
    "role": 64,
    "subnetGroupName": 255,
    "userGroupId": 40,
    "userId": 40,
}
# By type, for its field `name` (or the one that is named).
_NAMES = {
    "aws:backup/plan:Plan": 50,
    "aws:backup/vault:Vault": 50,
    "aws:budgets/budget:Budget": 100,
    "aws:cloudwatch/logGroup:LogGroup": 512,
    "aws:cloudwatch/eventRule:EventRule": 64,
    "aws:cloudwatch/metricAlarm:MetricAlarm": 255,
    "aws:dynamodb/table:Table": 255,
    "aws:ec2/launchTemplate:LaunchTemplate": 128,
    "aws:ec2/managedPrefixList:ManagedPrefixList": 255,
    "aws:ec2/securityGroup:SecurityGroup": 255,
    "aws:ecr/repository:Repository": 256,
    "aws:eks/cluster:Cluster": 100,
    "aws:elasticache/parameterGroup:ParameterGroup": 255,
    "aws:elasticache/subnetGroup:SubnetGroup": 255,
    "aws:iam/instanceProfile:InstanceProfile": 128,
    "aws:iam/policy:Policy": 128,
    "aws:iam/role:Role": 64,
    "aws:iam/rolePolicy:RolePolicy": 128,
    "aws:kms/alias:Alias": 256,
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": 255,
    "aws:rds/parameterGroup:ParameterGroup": 255,
    "aws:rds/subnetGroup:SubnetGroup": 255,
    "aws:scheduler/schedule:Schedule": 64,
    "aws:scheduler/scheduleGroup:ScheduleGroup": 64,
    "aws:secretsmanager/secret:Secret": 512,
    "aws:sfn/stateMachine:StateMachine": 80,
    "aws:sns/topic:Topic": 256,
    "aws:sqs/queue:Queue": 80,
}
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/, and cron-jobs for the 52; a Helm
# release's name becomes a prefix of labels (https://helm.sh/docs/chart_template_guide/getting_started/).
_SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_KINDS = {"Namespace": 63, "Service": 63, "CronJob": 52, "Deployment": 63, "Job": 63, "Release": 53}
_LONGEST = 253
_LABEL = 63


def ours(resource: Registered) -> dict[str, str]:
    """The fields of an AWS resource that hold a name of ours."""
    return {
        field: value
        for field, value in resource.inputs.items()
        if isinstance(value, str) and _OURS.match(value) and field not in _TEXTS
    }


def in_cluster(resource: Registered) -> tuple[str, str]:
    """Namespace and name of a Kubernetes object, or of a Helm release."""
    release = resource.type.endswith(":Release")
    named = resource.inputs if release else resource.inputs.get("metadata", {})
    return named.get("namespace", ""), named.get("name", "")


def too_long(resource: Registered) -> list[str]:
    """What of the resource's names is longer than its service takes, or has no known limit; a sentence each."""
    if resource.type.startswith("aws:"):
        return [*_too_long_in_aws(resource)]
    return [*_too_long_in_kubernetes(resource)] if resource.type.startswith("kubernetes:") else []


def _too_long_in_aws(resource: Registered) -> Iterator[str]:
    for field, value in ours(resource).items():
        limit = _NAMES.get(resource.type) if field == "name" else _FIELDS.get(field)
        if limit is None:
            yield f"{resource.type}: say in {__name__} how long {field} may be ({value!r})"
        elif len(value) > limit:
            yield f"{resource.urn}: {field} is {value!r}: more than {limit} characters"
    for key, value in resource.inputs.get("tags", {}).items():
        if isinstance(value, str) and len(value) > _TAG_VALUE:
            yield f"{resource.urn}: tag {key} is {value!r}: more than {_TAG_VALUE} characters"
    if resource.type == "aws:route53/record:Record":
        labels = str(resource.inputs["name"]).split(".")
        if len(resource.inputs["name"]) > 255 or max(map(len, labels)) > _LABEL or len(resource.name) > 128:
            yield f"{resource.urn}: {resource.inputs['name']!r} is no name in the DNS"


def _too_long_in_kubernetes(resource: Registered) -> Iterator[str]:
    kind = resource.type.rsplit(":", 1)[-1]
    _, name = in_cluster(resource)
    if len(name) > _KINDS.get(kind, _LONGEST) or not _SUBDOMAIN.match(name):
        yield f"{resource.urn}: {name!r} is no name of a {kind}"
    for labels in _under(resource.inputs, ("labels", "matchLabels")):
        yield from (
            f"{resource.urn}: label {key} is {value!r}: more than {_LABEL} characters"
            for key, value in labels.items()
            if isinstance(value, str) and len(value) > _LABEL
        )


def _under(value: Any, keys: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """Every mapping under one of these keys, at any depth."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in keys and isinstance(item, Mapping):
                yield item
            yield from _under(item, keys)
    elif isinstance(value, list):
        for item in value:
            yield from _under(item, keys)
