"""A region's EKS control plane: the API servers, what they log, who may be their administrator."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from components.scope import Scope

if TYPE_CHECKING:
    from pulumi_aws.eks.outputs import ClusterCertificateAuthority

_ADMINISTRATOR = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
_VIEWER = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
_HTTPS = 443
_CONTROL_PLANE_POLICY = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
# All that there are.
_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_ROLE_NAME_LIMIT = 64
_NAME_LIMIT = 100
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
)


def certificate(cluster: aws.eks.Cluster) -> pulumi.Output[str]:
    """The certificate of a cluster's authority, base64; empty where nothing is known of it yet."""
    return cluster.certificate_authority.apply(_data)


def cluster_name(scope: Scope) -> str:
    """The cluster's name in EKS."""
    return scope.name("", _NAME_LIMIT)


@dataclass(frozen=True)
class ControlPlaneArgs:
    """What a ControlPlane needs.

    `subnet_ids` are private ones, in two zones or more. `public_cidrs` are the ranges that reach the API server from
    outside of the VPC; without any it has no address there. `service_cidr` is where Services have their addresses.
    `administrators` are ARNs of roles, by a name for each, and so are `viewers`, who read no Secrets; `groups` are the
    Kubernetes groups of some of them, by the same names. The ranges of the list `other_regions` reach the API server,
    if there are any.
    """

    scope: Scope
    version: str
    subnet_ids: Sequence[pulumi.Input[str]]
    public_cidrs: Sequence[str]
    service_cidr: str
    administrators: Mapping[str, str]
    viewers: Mapping[str, str]
    key_arn: pulumi.Input[str]
    log_retention_days: int
    protect: bool
    other_regions: pulumi.Input[str] | None = None
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


class ControlPlane(pulumi.ComponentResource):
    """Role, log group, cluster with encrypted secrets, and who enters it: administrators, viewers, other regions.

    ControlPlane("cluster", ControlPlaneArgs(scope, "1.35", private_subnet_ids, (), "172.20.0.0/16",
        {"deploy": role_arn}, {}, key.arn, 365, protect=True))

    Who creates the cluster is no administrator of it by that; access is by entries of its API alone.
    """

    name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    authority: pulumi.Output[str]
    """The certificate of its authority, base64."""
    security_group_id: pulumi.Output[str]
    """Of the control plane; nodes carry it too, so that both reach each other."""

    def __init__(self, name: str, args: ControlPlaneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:ControlPlane", name, None, opts)
        self._name, self._args, self._title = name, args, cluster_name(args.scope)
        cluster = self._cluster(*self._role(), self._log_group())
        self.name = cluster.name
        for policy, roles in ((_ADMINISTRATOR, args.administrators), (_VIEWER, args.viewers)):
            for title, principal in roles.items():
                self._entry(title, principal, policy)
        self.endpoint = cluster.endpoint
        self.authority = certificate(cluster)
        self.security_group_id = cluster.vpc_config.apply(lambda known: known.cluster_security_group_id or "")
        if args.other_regions is not None:
            self._opening(args.other_regions)
        self.register_outputs({"name": self.name, "endpoint": self.endpoint})

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _cluster(
        self, role: aws.iam.Role, allowed: aws.iam.RolePolicyAttachment, logs: aws.cloudwatch.LogGroup
    ) -> aws.eks.Cluster:
        args = self._args
        return aws.eks.Cluster(
            self._name,
            name=self._title,
            role_arn=role.arn,
            version=args.version,
            vpc_config={
                "subnet_ids": list(args.subnet_ids),
                "endpoint_private_access": True,
                "endpoint_public_access": bool(args.public_cidrs),
                "public_access_cidrs": list(args.public_cidrs) or None,
            },
            kubernetes_network_config={"service_ipv4_cidr": args.service_cidr},
            encryption_config={"provider": {"key_arn": args.key_arn}, "resources": ["secrets"]},
            enabled_cluster_log_types=list(_LOGS),
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
            # Networking comes as managed add-ons, whose settings are ours.
            bootstrap_self_managed_addons=False,
            # An upgrade by AWS itself at the end of support, instead of six times the price.
            upgrade_policy={"support_type": "STANDARD"},
            deletion_protection=args.protect,
            tags=args.scope.tags(self._title),
            # A deleted cluster cleans up with its role; and EKS would make a log group without a key, for ever.
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, depends_on=[allowed, logs]),
        )

    def _role(self) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
        title = self._args.scope.name("cluster", _ROLE_NAME_LIMIT)
        role = aws.iam.Role(
            self._name,
            name=title,
            description="The control plane manages load balancers, addresses and interfaces with it",
            assume_role_policy=_TRUST,
            tags=self._args.scope.tags(title),
            opts=self._child(),
        )
        attachment = aws.iam.RolePolicyAttachment(
            self._name, role=role.name, policy_arn=_CONTROL_PLANE_POLICY, opts=self._child()
        )
        return role, attachment

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self._name,
            name=f"/aws/eks/{self._title}/cluster",
            kms_key_id=self._args.key_arn,
            retention_in_days=self._args.log_retention_days,
            tags=self._args.scope.tags(self._args.scope.name("cluster-log")),
            opts=pulumi.ResourceOptions(parent=self, protect=self._args.protect),
        )

    def _entry(self, title: str, principal: str, policy: str) -> None:
        name = f"{self._name}-{title}"
        entry = aws.eks.AccessEntry(
            name,
            cluster_name=self.name,
            principal_arn=principal,
            kubernetes_groups=list(self._args.groups.get(title, ())) or None,
            tags=self._args.scope.tags(self._args.scope.name(f"cluster-{title}")),
            opts=self._child(),
        )
        aws.eks.AccessPolicyAssociation(
            name,
            cluster_name=self.name,
            principal_arn=entry.principal_arn,
            policy_arn=policy,
            access_scope={"type": "cluster"},
            opts=self._child(),
        )

    def _opening(self, other_regions: pulumi.Input[str]) -> None:
        """Their istiods read which pods there are here. EKS's own security group admits its members alone."""
        title = self._args.scope.name("cluster-from-other-regions")
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-from-other-regions",
            security_group_id=self.security_group_id,
            description="API server from other regions",
            ip_protocol="tcp",
            from_port=_HTTPS,
            to_port=_HTTPS,
            prefix_list_id=other_regions,
            tags=self._args.scope.tags(title),
            opts=self._child(),
        )


def _data(authority: ClusterCertificateAuthority | None) -> str:
    return (authority.data if authority else None) or ""
