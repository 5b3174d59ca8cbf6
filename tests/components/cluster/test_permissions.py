"""What add-ons may do in AWS: what they must, and nothing of another cluster, region or environment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.cluster.permissions import (
    manage_access_points,
    manage_disks,
    manage_load_balancers,
    read_secrets,
    scale_nodes,
)
from components.cluster.pod_identity import PodIdentity, PodIdentityArgs, ServiceAccount, trust
from components.place import Place
from components.security.secret_names import (
    api_certificate,
    cache_user,
    database_role,
    mesh_authority,
    remote_access,
)

from .conftest import LONGEST, PLACE, SCOPE, Program, allows, one

if TYPE_CHECKING:
    from stacks.recording import Registered

CLUSTER, OTHER = "wedsync-prod-eu-central-1", "wedsync-staging-eu-central-1"
FILES = PLACE.arn("elasticfilesystem", "file-system/fs-1")
GET = "secretsmanager:GetSecretValue"
SECRETS = read_secrets(PLACE, "prod", "eu-central-1")
EVERY: dict[str, list[dict[str, Any]]] = {
    "secrets": SECRETS,
    "nodes": scale_nodes(PLACE, CLUSTER),
    "files": manage_access_points(FILES),
    "disks": manage_disks(PLACE),
    "balancers": manage_load_balancers(PLACE, CLUSTER),
}


def secret(name: str, place: Place = PLACE) -> str:
    return place.arn("secretsmanager", f"secret:{name}-Ab3dEf")


@pytest.mark.parametrize(
    "name",
    [
        database_role("prod", "worldwide", "app"),
        database_role("prod", "resident-eu", "monitor"),
        cache_user("prod", "eu-central-1"),
        api_certificate("prod"),
        mesh_authority("prod", "eu-central-1"),
        remote_access("prod", "us-east-1"),
    ],
)
def test_external_secrets_reads_what_is_synced_here(name: str) -> None:
    assert allows(SECRETS, GET, secret(name))
    assert allows(SECRETS, "secretsmanager:DescribeSecret", secret(name))


@pytest.mark.parametrize(
    "arn",
    [
        secret(database_role("staging", "worldwide", "app")),
        secret(cache_user("prod", "us-east-1")),
        secret(mesh_authority("prod", "us-east-1")),
        secret("wedsync/prod/bootstrap/mesh-root"),
        secret("wedsync/production/tls/api"),
        secret(f"{api_certificate('prod')}/more"),
        secret(database_role("prod", "worldwide", "app"), Place(PLACE.account_id, "us-east-1")),
        secret(database_role("prod", "worldwide", "app"), Place("999999999999", PLACE.aws_region)),
    ],
)
def test_external_secrets_reads_nothing_else(arn: str) -> None:
    assert not allows(SECRETS, GET, arn)


def test_external_secrets_writes_nothing() -> None:
    name = secret(database_role("prod", "worldwide", "app"))
    for action in ("PutSecretValue", "UpdateSecret", "DeleteSecret", "PutResourcePolicy"):
        assert not allows(SECRETS, f"secretsmanager:{action}", name)


@pytest.mark.parametrize(
    ("alias", "service", "right"),
    [
        ("alias/wedsync-prod-secrets", "secretsmanager", True),
        ("alias/wedsync-staging-secrets", "secretsmanager", False),
        ("alias/wedsync-prod-secrets", "s3", False),
    ],
)
def test_external_secrets_decrypts_with_the_secrets_key_through_the_secrets_service(
    alias: str, service: str, right: bool
) -> None:
    context = {"kms:ResourceAliases": [alias], "kms:ViaService": f"{service}.eu-central-1.amazonaws.com"}
    assert allows(SECRETS, "kms:Decrypt", PLACE.arn("kms", "key/1"), context) is right


@pytest.mark.parametrize(("cluster", "right"), [(CLUSTER, True), (OTHER, False)])
def test_the_node_autoscaler_scales_its_own_clusters_groups(cluster: str, right: bool) -> None:
    group = PLACE.arn("autoscaling", "autoScalingGroup:1:autoScalingGroupName/eks-general")
    context = {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned"}
    assert allows(EVERY["nodes"], "autoscaling:SetDesiredCapacity", group, context) is right
    described = PLACE.arn("eks", f"nodegroup/{cluster}/general/1")
    assert allows(EVERY["nodes"], "eks:DescribeNodegroup", described) is right


def test_the_file_driver_deletes_its_own_access_points_in_the_regions_file_system() -> None:
    point, tag = PLACE.arn("elasticfilesystem", "access-point/fsap-1"), "efs.csi.aws.com/cluster"
    create, delete = "elasticfilesystem:CreateAccessPoint", "elasticfilesystem:DeleteAccessPoint"
    made = {f"aws:RequestTag/{tag}": "true"}
    assert allows(EVERY["files"], create, FILES, made)
    assert not allows(EVERY["files"], create, FILES)
    assert not allows(EVERY["files"], create, FILES.replace("fs-1", "fs-2"), made)
    assert allows(EVERY["files"], delete, point, {f"aws:ResourceTag/{tag}": "true"})
    assert not allows(EVERY["files"], delete, point)
    assert not allows(EVERY["files"], "elasticfilesystem:DeleteFileSystem", FILES, {f"aws:ResourceTag/{tag}": "true"})


def test_the_disk_driver_touches_its_own_disks() -> None:
    disk, own = PLACE.arn("ec2", "volume/vol-1"), {"ec2:ResourceTag/ebs.csi.aws.com/cluster": "true"}
    for action in ("ec2:DeleteVolume", "ec2:DetachVolume", "ec2:AttachVolume"):
        assert allows(EVERY["disks"], action, disk, own)
        assert not allows(EVERY["disks"], action, disk)
    tag = {"ec2:CreateAction": "CreateVolume"}
    assert allows(EVERY["disks"], "ec2:CreateTags", disk, tag)
    assert not allows(EVERY["disks"], "ec2:CreateTags", disk)


@pytest.mark.parametrize(("cluster", "right"), [(CLUSTER, True), (OTHER, False)])
def test_the_load_balancer_controller_deletes_its_own_clusters_load_balancers(cluster: str, right: bool) -> None:
    balancer = PLACE.arn("elasticloadbalancing", "loadbalancer/net/ingress/1")
    owner = {"aws:ResourceTag/elbv2.k8s.aws/cluster": cluster}
    delete = "elasticloadbalancing:DeleteLoadBalancer"
    assert allows(EVERY["balancers"], delete, balancer, owner) is right
    assert not allows(EVERY["balancers"], delete, balancer)
    group = PLACE.arn("ec2", "security-group/sg-1")
    assert allows(EVERY["balancers"], "ec2:DeleteSecurityGroup", group, owner) is right


@pytest.mark.parametrize(
    "action",
    [
        "ec2:DescribeInstances",
        "ec2:GetSecurityGroupsForVpc",
        "elasticloadbalancing:DescribeCapacityReservation",
        "elasticloadbalancing:DescribeTargetHealth",
    ],
)
def test_the_load_balancer_controller_sees_where_pods_are(action: str) -> None:
    assert allows(EVERY["balancers"], action, "*")


@pytest.mark.parametrize(("service", "right"), [("elasticloadbalancing", True), ("rds", False)])
def test_the_load_balancer_controller_makes_its_services_role_and_no_other(service: str, right: bool) -> None:
    name = f"{service}.amazonaws.com"
    role = f"arn:aws:iam::{PLACE.account_id}:role/aws-service-role/{name}/AWSServiceRole"
    make = "iam:CreateServiceLinkedRole"
    assert allows(EVERY["balancers"], make, role, {"iam:AWSServiceName": name}) is right
    assert not allows(EVERY["balancers"], make, role)
    assert not allows(EVERY["balancers"], "iam:CreateRole", role, {"iam:AWSServiceName": name})


@pytest.mark.parametrize("statements", EVERY.values(), ids=EVERY)
def test_everything_on_everything_is_read_only(statements: list[dict[str, Any]]) -> None:
    for statement in statements:
        actions = [action.split(":")[1] for action in statement["Action"]]
        assert not [action for action in actions if "*" in action]
        if "*" in statement["Resource"]:
            assert all(action.startswith(("Describe", "Get")) for action in actions), statement


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:RequestTag/kubernetes-namespace", "default"),
        ("aws:RequestTag/kubernetes-service-account", "default"),
        ("aws:RequestTag/eks-cluster-arn", PLACE.arn("eks", f"cluster/{OTHER}")),
        ("aws:SourceAccount", "999999999999"),
    ],
)
def test_a_role_is_one_service_accounts_in_one_cluster(key: str, value: str) -> None:
    (statement,) = json.loads(trust(PLACE, CLUSTER, ServiceAccount("apps", "coordinator")))["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    right = dict(statement["Condition"]["StringEquals"])
    asked = [{**statement, "Resource": "*"}]
    assert allows(asked, "sts:AssumeRole", "role", right)
    assert not allows(asked, "sts:AssumeRole", "role", {**right, key: value})


def test_a_pod_finds_its_rights_when_its_association_is_there(run: Program) -> None:
    account = ServiceAccount("apps", "coordinator")
    made = run(lambda: PodIdentity("me", PodIdentityArgs(SCOPE, PLACE, CLUSTER, account, EVERY["nodes"])))
    association = _registered(made, "aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("apps", "coordinator")
    assert association.inputs["roleArn"] == "arn of aws:iam/role:Role me"
    assert any("rolePolicy" in each for each in association.depends_on)
    policy = one(made, "aws:iam/rolePolicy:RolePolicy")["policy"]
    assert json.loads(policy)["Statement"] == EVERY["nodes"]


def test_role_names_stay_within_iams_limit(run: Program) -> None:
    account = ServiceAccount("database-optimization", "regional-optimization-coordinator")
    made = run(lambda: PodIdentity("me", PodIdentityArgs(LONGEST, PLACE, CLUSTER, account, EVERY["nodes"])))
    assert len(one(made, "aws:iam/role:Role")["name"]) <= 64


def test_policies_stay_within_iams_limit() -> None:
    for statements in EVERY.values():
        assert len(json.dumps({"Version": "2012-10-17", "Statement": statements}).replace(" ", "")) <= 10_240


def _registered(made: list[Registered], type_token: str) -> Registered:
    (found,) = [each for each in made if each.type == type_token]
    return found
