"""What a pod may do in AWS: a role of its own, for one service account of one cluster."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.place import Place
from components.scope import Scope

_ROLE_NAME_LIMIT = 64


@dataclass(frozen=True)
class ServiceAccount:
    """A service account in a cluster."""

    namespace: str
    name: str


@dataclass(frozen=True)
class PodIdentityArgs:
    """What a PodIdentity needs. `statements` are those of an IAM policy."""

    scope: Scope
    place: Place
    cluster_name: pulumi.Input[str]
    account: ServiceAccount
    statements: pulumi.Input[Sequence[dict[str, Any]]]


class PodIdentity(pulumi.ComponentResource):
    """A role with one policy, and its association with a service account.

    PodIdentity("coordinator-identity", PodIdentityArgs(scope, place, cluster.name,
        ServiceAccount("apps", "coordinator"), append_to_audit_trail(Scope("prod"), place, key_arn)))
    """

    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: PodIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:PodIdentity", name, None, opts)
        account = args.account
        title = args.scope.name(f"pod-{account.name}", _ROLE_NAME_LIMIT)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            name=title,
            description=f"Pods of {account.namespace}/{account.name} in {args.scope.stack}",
            assume_role_policy=pulumi.Output.from_input(args.cluster_name).apply(
                lambda cluster: trust(args.place, cluster, account)
            ),
            tags=args.scope.tags(title),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            name,
            name="allowed",
            role=role.name,
            policy=pulumi.Output.from_input(args.statements).apply(_policy),
            opts=child,
        )
        association = aws.eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster_name,
            namespace=account.namespace,
            service_account=account.name,
            role_arn=role.arn,
            tags=args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.role_arn = association.role_arn
        self.register_outputs({"role_arn": self.role_arn})


def _policy(statements: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(place: Place, cluster: str, account: ServiceAccount) -> str:
    """The role's trust policy, as JSON: pods of that service account in that cluster, through EKS."""
    # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    conditions = {
        "aws:SourceAccount": place.account_id,
        "aws:RequestTag/eks-cluster-arn": place.arn("eks", f"cluster/{cluster}"),
        "aws:RequestTag/kubernetes-namespace": account.namespace,
        "aws:RequestTag/kubernetes-service-account": account.name,
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"StringEquals": conditions},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
