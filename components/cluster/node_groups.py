"""A cluster's nodes: a managed group for each pool, whose size the node autoscaler changes within its bounds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from components.scope import Scope
from regions.model.cluster import NodePool
from regions.node_pools import PoolPlan

if TYPE_CHECKING:
    from pulumi_aws.ec2 import LaunchTemplateBlockDeviceMappingArgsDict, LaunchTemplateTagSpecificationArgsDict

# Least of what a node needs: to join, to hand identities to pods, to pull images, and to give pods addresses of the
# VPC. The last is for aws-node, which could have an identity of its own; but a node is ready by its work alone, and one
# that waits for the agent of identities first has one more thing to fail on. What else pods need, pods have.
_NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy")
_NAME_LIMIT = 63
# How many there are is the node autoscaler's, and the fewest are the season scaler's.
_RUNTIME_STATE = ["scalingConfig.desiredSize", "scalingConfig.minSize"]
_TEMPLATE_NAME_LIMIT = 128
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
)


def node_group_name(scope: Scope, pool: str) -> str:
    """The name of a pool's node group in EKS."""
    return scope.name(pool, _NAME_LIMIT)


@dataclass(frozen=True)
class NodeGroupsArgs:
    """What NodeGroups need.

    `security_group_ids` are the nodes': the cluster's own, and those that open what pods connect to. `subnet_ids` are
    private ones, one a zone. `needs` must be there before a node joins: networking, identities.
    """

    scope: Scope
    cluster_name: pulumi.Input[str]
    version: str
    pools: Mapping[str, PoolPlan]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    needs: Sequence[pulumi.Resource] = ()


class NodeGroups(pulumi.ComponentResource):
    """The nodes' role, and a launch template with a managed node group for each pool.

    NodeGroups("nodes", NodeGroupsArgs(scope, cluster.name, "1.35", pool_plans(workloads, zones=3), subnet_ids, groups))

    A group spans all zones and is balanced over them, for no pod here keeps data on a disk of one zone.
    """

    groups: list[aws.eks.NodeGroup]

    def __init__(self, name: str, args: NodeGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cluster:NodeGroups", name, None, opts)
        self._name, self._args = name, args
        role, allowed = self._role()
        needs = [*allowed, *args.needs]
        self.groups = [self._group(pool, plan, role, needs) for pool, plan in args.pools.items()]
        self.register_outputs({})

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        title = self._args.scope.name("nodes", 64)
        role = aws.iam.Role(
            self._name,
            name=title,
            description="Nodes join their cluster, address pods and pull images with it",
            assume_role_policy=_TRUST,
            tags=self._args.scope.tags(title),
            opts=self._child(),
        )
        return role, [
            aws.iam.RolePolicyAttachment(
                f"{self._name}-{policy}",
                role=role.name,
                policy_arn=f"arn:aws:iam::aws:policy/{policy}",
                opts=self._child(),
            )
            for policy in _NODE_POLICIES
        ]

    def _group(
        self, pool: str, plan: PoolPlan, role: aws.iam.Role, needs: Sequence[pulumi.Resource]
    ) -> aws.eks.NodeGroup:
        title, template = node_group_name(self._args.scope, pool), self._template(pool, plan.pool)
        return aws.eks.NodeGroup(
            f"{self._name}-{pool}",
            cluster_name=self._args.cluster_name,
            node_group_name=title,
            node_role_arn=role.arn,
            version=self._args.version,
            ami_type="AL2023_x86_64_STANDARD",
            instance_types=[plan.pool.instance_type],
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            subnet_ids=list(self._args.subnet_ids),
            labels={"wedsync.io/pool": pool, **plan.labels},
            taints=[{"key": key, "value": value, "effect": "NO_SCHEDULE"} for key, value in plan.labels.items()],
            scaling_config={"min_size": plan.floor, "max_size": plan.ceiling, "desired_size": plan.floor},
            update_config={"max_unavailable_percentage": 33},
            tags=self._args.scope.tags(title),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(needs), ignore_changes=_RUNTIME_STATE),
        )

    def _template(self, pool: str, described: NodePool) -> aws.ec2.LaunchTemplate:
        title = self._args.scope.name(f"nodes-{pool}", _TEMPLATE_NAME_LIMIT)
        return aws.ec2.LaunchTemplate(
            f"{self._name}-{pool}",
            name=title,
            description=f"Nodes of pool {pool} of {self._args.scope.stack}",
            update_default_version=True,
            block_device_mappings=[_disk(described.volume_gb)],
            # One hop ends at the node itself: no pod reaches the node's role.
            metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
            vpc_security_group_ids=list(self._args.security_group_ids),
            tag_specifications=[_tags(kind, self._args.scope.tags(title)) for kind in ("instance", "volume")],
            tags=self._args.scope.tags(title),
            opts=self._child(),
        )


def _disk(size_gb: int) -> LaunchTemplateBlockDeviceMappingArgsDict:
    """With the account's own key for EBS: the autoscaling service, which starts nodes, has no right to another one."""
    return {
        "device_name": "/dev/xvda",
        "ebs": {"volume_size": size_gb, "volume_type": "gp3", "encrypted": "true", "delete_on_termination": "true"},
    }


def _tags(kind: str, tags: Mapping[str, str]) -> LaunchTemplateTagSpecificationArgsDict:
    return {"resource_type": kind, "tags": dict(tags)}
