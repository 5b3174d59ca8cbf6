"""What the add-ons may do in AWS, as statements of an IAM policy; each its own cluster's business alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.place import Place
from components.security.secret_names import (
    api_certificate,
    cache_user,
    database_role,
    mesh_authority,
    remote_access,
    secrets_key_alias,
)
from regions.model.alarms import SCALER_NAMESPACE

Statement = dict[str, Any]
# Secrets Manager adds a hyphen and six characters to each name.
_SUFFIX = "-??????"
# EKS puts the first on the scaling groups of its node groups, the drivers the others on what they make.
_AUTOSCALED = "k8s.io/cluster-autoscaler"
_FILES, _BLOCKS = "efs.csi.aws.com/cluster", "ebs.csi.aws.com/cluster"


def read_secrets(place: Place, environment: str, region: str) -> list[Statement]:
    """Of External Secrets: read what is synced into this region's cluster, and nothing else."""
    names = (
        database_role(environment, "*", "*"),
        cache_user(environment, region),
        api_certificate(environment),
        mesh_authority(environment, region),
        remote_access(environment, "*"),
    )
    through = {
        "StringEquals": {"kms:ViaService": f"secretsmanager.{place.aws_region}.amazonaws.com"},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": secrets_key_alias(environment)},
    }
    return [
        _allow(
            ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            [place.arn("secretsmanager", f"secret:{name}{_SUFFIX}") for name in names],
        ),
        _allow(["kms:Decrypt"], [place.arn("kms", "key/*")], through),
    ]


def scale_nodes(place: Place, cluster: str) -> list[Statement]:
    """Of the node autoscaler: change the size of this cluster's node groups."""
    return [
        _look(
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeAutoScalingInstances",
            "autoscaling:DescribeLaunchConfigurations",
            "autoscaling:DescribeScalingActivities",
            "autoscaling:DescribeTags",
            "ec2:DescribeImages",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeLaunchTemplateVersions",
            "ec2:GetInstanceTypesFromInstanceRequirements",
        ),
        _allow(["eks:DescribeNodegroup"], [place.arn("eks", f"nodegroup/{cluster}/*")]),
        _allow(
            ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            [place.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*")],
            {"StringEquals": {f"aws:ResourceTag/{_AUTOSCALED}/{cluster}": "owned"}},
        ),
    ]


def set_season_floors(place: Place, databases: Sequence[str], cluster: str | None) -> list[Statement]:
    """Of the season scaler: the fewest capacity units of these database clusters, the fewest nodes of this cluster.

    And to report that it did. IAM has no condition on what a call changes: it could change other settings of the same
    objects too.
    """
    clusters = [place.arn("rds", f"cluster:{name}") for name in databases]
    report = {"StringEquals": {"cloudwatch:namespace": SCALER_NAMESPACE}}
    found = [
        _allow(["rds:DescribeDBClusters", "rds:ModifyDBCluster"], clusters),
        _allow(["cloudwatch:PutMetricData"], ["*"], report),
    ]
    if cluster is not None:
        groups = [place.arn("eks", f"nodegroup/{cluster}/*")]
        found.append(_allow(["eks:DescribeNodegroup", "eks:UpdateNodegroupConfig"], groups))
    return found


def manage_access_points(file_system_arn: str) -> list[Statement]:
    """Of the EFS driver: a directory for each volume, in the region's file system."""
    return [
        _look(
            "elasticfilesystem:DescribeAccessPoints",
            "elasticfilesystem:DescribeFileSystems",
            "elasticfilesystem:DescribeMountTargets",
            "ec2:DescribeAvailabilityZones",
        ),
        _allow(
            ["elasticfilesystem:CreateAccessPoint", "elasticfilesystem:TagResource"],
            [file_system_arn, _access_points(file_system_arn)],
            {"StringEquals": {f"aws:RequestTag/{_FILES}": "true"}},
        ),
        _allow(
            ["elasticfilesystem:DeleteAccessPoint"],
            [_access_points(file_system_arn)],
            {"StringEquals": {f"aws:ResourceTag/{_FILES}": "true"}},
        ),
    ]


def manage_disks(place: Place) -> list[Statement]:
    """Of the EBS driver: disks that it made itself, on any instance."""
    disks, instances = place.arn("ec2", "volume/*"), place.arn("ec2", "instance/*")
    own = {"StringEquals": {f"ec2:ResourceTag/{_BLOCKS}": "true"}}
    return [
        _look(
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeInstances",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeTags",
            "ec2:DescribeVolumes",
            "ec2:DescribeVolumesModifications",
            "ec2:DescribeVolumeStatus",
        ),
        _allow(["ec2:CreateVolume"], [disks], {"StringEquals": {f"aws:RequestTag/{_BLOCKS}": "true"}}),
        _allow(["ec2:CreateTags"], [disks], {"StringEquals": {"ec2:CreateAction": "CreateVolume"}}),
        _allow(["ec2:AttachVolume", "ec2:DetachVolume", "ec2:DeleteVolume", "ec2:ModifyVolume"], [disks], own),
        _allow(["ec2:AttachVolume", "ec2:DetachVolume"], [instances]),
    ]


def manage_load_balancers(place: Place, cluster: str) -> list[Statement]:
    """Of the load balancer controller: the network load balancers of this cluster's Services.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller, docs/install/iam_policy.json, without what
    application load balancers, certificates, WAF and Shield need: the controller runs with them off.
    """
    made = {"StringEquals": {"aws:RequestTag/elbv2.k8s.aws/cluster": cluster}}
    own = {"StringEquals": {"aws:ResourceTag/elbv2.k8s.aws/cluster": cluster}}
    balancers = [
        place.arn("elasticloadbalancing", f"{kind}/*") for kind in ("loadbalancer/net", "listener/net", "targetgroup")
    ]
    groups = place.arn("ec2", "security-group/*")
    service = "elasticloadbalancing.amazonaws.com"
    balancing = "elasticloadbalancing:"
    return [
        _look(
            *(f"ec2:{each}" for each in _NETWORK_READS),
            *(f"{balancing}Describe{each}" for each in _BALANCER_READS),
        ),
        # The service's own role, which an account has from its first load balancer on.
        _allow(
            ["iam:CreateServiceLinkedRole"],
            [f"arn:aws:iam::{place.account_id}:role/aws-service-role/{service}/*"],
            {"StringEquals": {"iam:AWSServiceName": service}},
        ),
        _allow(["ec2:CreateSecurityGroup"], [groups], made),
        _allow(["ec2:CreateSecurityGroup"], [place.arn("ec2", "vpc/*")]),
        _allow(["ec2:CreateTags"], [groups], {**made, "StringLike": {"ec2:CreateAction": "CreateSecurityGroup"}}),
        _allow(["ec2:DeleteSecurityGroup", "ec2:CreateTags", "ec2:DeleteTags"], [groups], own),
        # The nodes' groups, which it opens to a load balancer's, are not its own.
        _allow(["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"], [groups]),
        _allow([f"{balancing}Create{each}" for each in ("LoadBalancer", "TargetGroup")], balancers, made),
        _allow([f"{balancing}AddTags"], balancers, made),
        _allow([f"{balancing}{each}" for each in _BALANCER_CHANGES], balancers, own),
    ]


_NETWORK_READS = (
    "DescribeAccountAttributes",
    "DescribeAddresses",
    "DescribeAvailabilityZones",
    # A pod's address is found through the interface and the instance that it is on.
    "DescribeInstances",
    "DescribeInternetGateways",
    "DescribeNetworkInterfaces",
    "DescribeRouteTables",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeTags",
    "DescribeVpcPeeringConnections",
    "DescribeVpcs",
    "GetSecurityGroupsForVpc",
)
_BALANCER_READS = (
    "CapacityReservation",
    "Listeners",
    "ListenerAttributes",
    "LoadBalancers",
    "LoadBalancerAttributes",
    "Tags",
    "TargetGroups",
    "TargetGroupAttributes",
    "TargetHealth",
)
_BALANCER_CHANGES = (
    "AddTags",
    "RemoveTags",
    "CreateListener",
    "DeleteListener",
    "ModifyListener",
    "ModifyListenerAttributes",
    "DeleteLoadBalancer",
    "ModifyLoadBalancerAttributes",
    "SetIpAddressType",
    "SetSecurityGroups",
    "SetSubnets",
    "DeleteTargetGroup",
    "ModifyTargetGroup",
    "ModifyTargetGroupAttributes",
    "RegisterTargets",
    "DeregisterTargets",
)


def _look(*actions: str) -> Statement:
    """Descriptions, which AWS allows for everything or nothing."""
    return _allow(actions, ["*"])


def _allow(
    actions: Sequence[str], resources: Sequence[str], condition: dict[str, dict[str, str]] | None = None
) -> Statement:
    statement: Statement = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**statement, "Condition": condition} if condition else statement


def _access_points(file_system_arn: str) -> str:
    return f"{file_system_arn.rpartition(':')[0]}:access-point/*"
