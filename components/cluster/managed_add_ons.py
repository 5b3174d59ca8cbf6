"""What EKS itself keeps up to date in a cluster: networking, names, and the agent that gives pods identities."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope

# Without it the cluster has NetworkPolicies that nobody enforces.
_ENFORCES_POLICIES = json.dumps({"enableNetworkPolicy": "true"})
BEFORE_NODES: Mapping[str, str | None] = {
    "vpc-cni": _ENFORCES_POLICIES,
    "kube-proxy": None,
    "eks-pod-identity-agent": None,
}
"""Add-ons that a node is not ready without, with their settings: they run on every node."""
AFTER_NODES: Mapping[str, str | None] = {"coredns": None}
"""Add-ons that are not ready without a node."""


@dataclass(frozen=True)
class ManagedAddOnsArgs:
    """What ManagedAddOns need. `add_ons` are settings (JSON) by name; `needs` must be there before."""

    scope: Scope
    cluster_name: pulumi.Input[str]
    add_ons: Mapping[str, str | None]
    needs: Sequence[pulumi.Resource] = ()


class ManagedAddOns(pulumi.ComponentResource):
    """One EKS add-on for each, in the version that AWS gives the cluster's version of Kubernetes.

    ManagedAddOns("networking", ManagedAddOnsArgs(scope, cluster.name, BEFORE_NODES))
    """

    add_ons: list[aws.eks.Addon]

    def __init__(self, name: str, args: ManagedAddOnsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:ManagedAddOns", name, None, opts)
        self.add_ons = [
            aws.eks.Addon(
                f"{name}-{add_on}",
                cluster_name=args.cluster_name,
                addon_name=add_on,
                configuration_values=settings,
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                tags=args.scope.tags(args.scope.name(add_on)),
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.needs)),
            )
            for add_on, settings in args.add_ons.items()
        ]
        self.register_outputs({})
