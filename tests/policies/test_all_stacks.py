"""The rules against every stack that there is: nothing is wrong with any, and what is broken in one is found."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from delivery.policy_command import subjects_of
from policies import tokens
from policies.pack import Pack
from policies.rules import RULES
from policies.subject import Subject
from tests.policies.rules.case import ABSENT, with_value
from tests.policies.rules.test_cases import ELSEWHERE
from tests.stacks.conftest import STACKS, Registers, graph

if TYPE_CHECKING:
    from tests.policies.conftest import Contexts

# A fixture of another folder: in the whole suite, its programs have run already.
__all__ = ["graph"]

Subjects = Callable[[str], Sequence[Subject]]

PACK = Pack([rule for rule in RULES if rule.id not in ELSEWHERE])
WORLDWIDE, HOME, EU = "prod", "prod-us-east-1", "prod-eu-central-1"
EVERYBODY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]})
ALL_OF_S3 = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
DEPLOYMENT, CRON_JOB, BUDGET = tokens.DEPLOYMENTS[0], tokens.CRON_JOBS[0], tokens.DISRUPTION_BUDGETS[0]
IMAGE = "spec>template>spec>containers>0>image"
POLICY = "spec>trafficPolicy"


class Broken(NamedTuple):
    """One field of a real resource; `path` as in tests/policies/rules/case.py, `rule` is what must find it."""

    rule: str
    stack: str
    type: str
    name: str
    path: str
    value: Any


BROKEN = [
    Broken("keep-resident-data-inside", EU, tokens.DB_CLUSTER, "resident-database", "@aws_region", "us-east-1"),
    Broken("keep-resident-data-inside", EU, tokens.KEY, "resident-key", "multiRegion", True),
    Broken("keep-resident-data-inside", EU, tokens.BUCKET, "resident-database", "@type", tokens.REPLICA_KEY),
    Broken("keep-resident-data-inside", HOME, tokens.LOG_GROUP, "flow-logs", "name", "/resident-eu/copy"),
    Broken("encrypt-at-rest", HOME, tokens.DB_CLUSTER, "database", "storageEncrypted", False),
    Broken("encrypt-at-rest", HOME, tokens.CACHE, "cache", "atRestEncryptionEnabled", ABSENT),
    Broken("encrypt-at-rest", HOME, tokens.FILE_SYSTEM, "files", "kmsKeyId", ABSENT),
    Broken("encrypt-at-rest", WORLDWIDE, tokens.TABLE, "audit", "replicas>0>kmsKeyArn", ABSENT),
    Broken("encrypt-in-transit", HOME, tokens.CACHE, "cache", "transitEncryptionEnabled", False),
    Broken("encrypt-in-transit", HOME, tokens.DB_CLUSTER_PARAMETERS, "database", "parameters", []),
    Broken("encrypt-in-transit", HOME, tokens.GATEWAYS[0], "ingress-servers", "spec>servers>0>port>protocol", "HTTP"),
    Broken("protect-data", HOME, tokens.DB_CLUSTER, "database", "@protect", False),
    Broken("protect-data", HOME, tokens.DB_CLUSTER, "database", "deletionProtection", False),
    Broken("protect-data", HOME, tokens.DB_CLUSTER, "database", "skipFinalSnapshot", True),
    Broken("protect-data", HOME, tokens.CLAIM, "volumes-logs", "@protect", False),
    Broken("keep-backups", HOME, tokens.DB_CLUSTER, "database", "backupRetentionPeriod", 7),
    Broken("keep-backups", WORLDWIDE, tokens.TABLE, "audit", "pointInTimeRecovery", ABSENT),
    Broken("keep-databases-private", HOME, tokens.DB_CLUSTER_INSTANCE, "database-0", "publiclyAccessible", True),
    Broken("keep-databases-private", HOME, tokens.SUBNET, "network-private-us-east-1a", "mapPublicIpOnLaunch", True),
    Broken("keep-buckets-private", HOME, tokens.BUCKET_PUBLIC_ACCESS_BLOCK, "database", "blockPublicPolicy", False),
    Broken("complete-buckets", HOME, tokens.BUCKET_POLICY, "database", "bucket", "another"),
    Broken("keep-secrets-out-of-state", HOME, tokens.DB_CLUSTER, "database", "masterPassword", "hunter2"),
    Broken("mark-payment-data", WORLDWIDE, tokens.GLOBAL_CLUSTER, "worldwide", "tags>wedsync:pci-dss", ABSENT),
    Broken("mark-payment-data", HOME, tokens.CACHE, "cache", "tags>wedsync:pci-dss", ABSENT),
    Broken("limit-cluster-endpoint", HOME, tokens.CLUSTER, "cluster", "vpcConfig>publicAccessCidrs", ["0.0.0.0/0"]),
    Broken("limit-open-ports", HOME, tokens.INGRESS_RULE, "database-from-clients", "cidrIpv4", "0.0.0.0/0"),
    Broken("limit-open-ports", HOME, tokens.SERVICES[0], "ingress", "spec>ports>0>port", 80),
    Broken("grant-least-privilege", HOME, tokens.ROLE_POLICY, "database-writer", "policy", ALL_OF_S3),
    Broken("grant-least-privilege", HOME, tokens.ROLE, "nodes", "assumeRolePolicy", EVERYBODY),
    Broken("bound-roles", HOME, tokens.ROLE, "nodes", "permissionsBoundary", ABSENT),
    Broken("tag-everything", HOME, tokens.TOPIC, "topics-page", "tags>wedsync:stack", "prod"),
    Broken("label-namespace", HOME, tokens.NAMESPACES[0], "namespace", "metadata>labels>environment", "staging"),
    Broken("pin-images-by-digest", HOME, DEPLOYMENT, "wedding-api", IMAGE, "registry.example/wedding-api:2"),
    Broken("pin-images-by-digest", HOME, CRON_JOB, "season-scaler-season", f"spec>jobTemplate>{IMAGE}", "a:latest"),
    Broken("leave-replicas-to-autoscaler", HOME, DEPLOYMENT, "wedding-api", "spec>replicas", 10),
    Broken("keep-autoscaler-bounds", HOME, tokens.AUTOSCALERS[0], "wedding-api", "spec>minReplicas", 1),
    Broken("prioritise-wedding-critical", HOME, DEPLOYMENT, "pooler", "spec>template>spec>priorityClassName", ABSENT),
    Broken("budget-disruptions", HOME, BUDGET, "wedding-api", "metadata>namespace", "elsewhere"),
    Broken("require-strict-mtls", HOME, tokens.PEER_AUTHENTICATIONS[0], "mesh-security-namespace", "spec", {}),
    Broken("require-strict-mtls", HOME, tokens.DESTINATION_RULES[0], "routes-destination", f"{POLICY}>tls", {}),
    Broken("keep-mesh-wide-mtls", HOME, tokens.PEER_AUTHENTICATIONS[0], "mesh-security-mesh", "@type", "none"),
    Broken(
        "fail-over-or-distribute",
        HOME,
        tokens.DESTINATION_RULES[0],
        "routes-destination",
        f"{POLICY}>outlierDetection",
        ABSENT,
    ),
    Broken("zone-cron-jobs", HOME, CRON_JOB, "season-scaler-season", "spec>timeZone", ABSENT),
    Broken(
        "keep-maintenance-off-weekends",
        HOME,
        tokens.DB_CLUSTER,
        "database",
        "preferredMaintenanceWindow",
        "sat:02:00-sat:02:30",
    ),
]


@pytest.fixture(scope="session")
def registered(graph: Registers) -> Subjects:
    """Stack → what its program registers, as rules see it."""
    return cache(lambda stack: subjects_of(graph(stack).resources))


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_wrong_with_any_stack(stack: str, registered: Subjects, contexts: Contexts) -> None:
    found = PACK.everything(registered(stack), contexts(stack))
    assert [(each.rule.id, each.urn, each.sentence) for each in found] == []


def test_every_rule_is_broken_somewhere() -> None:
    assert {each.rule for each in BROKEN} == {rule.id for rule in PACK.rules}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda each: f"{each.rule}-{each.name}-{each.path}")
def test_what_is_broken_in_a_stack_is_found(broken: Broken, registered: Subjects, contexts: Contexts) -> None:
    """By its rule, of that resource; other rules may have something against it, too."""
    before = registered(broken.stack)
    (place,) = (number for number, each in enumerate(before) if (each.type, each.name) == (broken.type, broken.name))
    after = [*before[:place], _changed(before[place], broken), *before[place + 1 :]]
    assert after[place] != before[place]
    found = list(PACK.everything(after, contexts(broken.stack)))
    assert broken.rule in {each.rule.id for each in found}
    assert {each.urn for each in found} <= {after[place].urn, ""}  # nothing else has changed
    assert {each.level for each in found} == {"mandatory"}


def test_untagged_types_are_those_that_take_no_tags(registered: Subjects) -> None:
    """Asked of the SDK: a type that learns to take tags must carry them."""
    in_aws = {each.type for stack in (WORLDWIDE, EU) for each in registered(stack) if each.type.startswith(tokens.AWS)}
    assert {each for each in in_aws if not _takes_tags(each)} == tokens.UNTAGGED


def _changed(subject: Subject, broken: Broken) -> Subject:
    if broken.path.startswith("@"):
        return replace(subject, **{broken.path[1:]: broken.value})
    return replace(subject, props=with_value(subject.props, broken.path.split(">"), broken.value))


def _takes_tags(type_token: str) -> bool:
    """Whether the official SDK's class for "aws:rds/cluster:Cluster" has an argument `tags`."""
    _, path, name = type_token.split(":")
    arguments = getattr(importlib.import_module(f"pulumi_aws.{path.split('/')[0]}"), f"{name}Args")
    return "tags" in inspect.signature(arguments).parameters
