"""The cluster of every region: all of it in AWS everywhere, add-ons where the cluster does not bring them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from components.security.bootstrap_roles import preview_role, role_arn
from regions.fleet import Fleet
from regions.model import Region
from regions.model.cluster import ExistingCluster
from regions.node_pools import pool_plans
from stacks.environment import load_environment
from stacks.recording import run_under_mocks
from stacks.region_stack import region_stack

from .conftest import FLEET, REGION_STACKS, Graph, Registers

EKS, GROUP = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
ASSOCIATION, RELEASE = "aws:eks/podIdentityAssociation:PodIdentityAssociation", "kubernetes:helm.sh/v3:Release"
PROVIDER = "pulumi:providers:kubernetes"
REAL = [stack for stack in REGION_STACKS if not stack.startswith("local")]
LOCAL = [stack for stack in REGION_STACKS if stack.startswith("local")]


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_every_region_has_its_cluster_in_aws(graph: Registers, stack: str) -> None:
    made = graph(stack)
    environment, _, region = stack.partition("-")
    assert made.one(EKS).protect is load_environment(environment).protect_data
    plans = pool_plans(FLEET.workloads, len(FLEET.region(region).network.zones))
    assert {each.name for each in made.all(GROUP)} == {f"nodes-{pool}" for pool in plans}
    targets = made.all("aws:efs/mountTarget:MountTarget")
    assert len(targets) == len(FLEET.region(region).network.zones)


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_pods_that_call_aws_have_identities(graph: Registers, stack: str) -> None:
    accounts = {(each.inputs["namespace"], each.inputs["serviceAccount"]) for each in graph(stack).all(ASSOCIATION)}
    assert accounts == {
        ("kube-system", "aws-load-balancer-controller"),
        ("kube-system", "cluster-autoscaler"),
        ("kube-system", "efs-csi-controller-sa"),
        ("kube-system", "ebs-csi-controller-sa"),
        ("external-secrets", "external-secrets"),
        ("database-optimization", "regional-optimization-coordinator"),
        ("database-optimization", "season-scaler"),
    }
    made = {each.inputs["metadata"]["name"] for each in graph(stack).all("kubernetes:core/v1:ServiceAccount")}
    assert {name for namespace, name in accounts if namespace == "database-optimization"} <= made


@pytest.mark.parametrize("stack", LOCAL)
def test_a_cluster_that_brings_its_add_ons_gets_none(graph: Registers, stack: str) -> None:
    made = graph(stack)
    assert made.all(RELEASE) == made.all("kubernetes:storage.k8s.io/v1:StorageClass") == []
    assert made.one(PROVIDER).inputs["context"] == f"wedsync-{stack.removeprefix('local-')}"


@pytest.mark.parametrize("stack", REAL)
def test_add_ons_are_there_before_what_relies_on_them(graph: Registers, stack: str) -> None:
    made = graph(stack)
    names = {each.inputs["name"]: each for each in made.all(RELEASE)}
    assert len(names) == 11
    in_cluster = [each for each in made.resources if each.type.startswith("kubernetes:") and each.type != RELEASE]
    workloads = [each for each in in_cluster if each.type == "kubernetes:apps/v1:Deployment"]
    assert workloads
    for each in workloads:
        assert {release.urn for release in names.values()} <= set(each.depends_on), each.name
    store = made.one("kubernetes:external-secrets.io/v1:ClusterSecretStore")
    assert names["external-secrets"].urn in store.depends_on
    trust = next(each for each in in_cluster if each.name == "trust")
    assert trust.urn in names["istiod"].depends_on
    monitors = [each for each in in_cluster if each.type.startswith("kubernetes:monitoring.coreos.com/")]
    assert monitors
    for each in monitors:
        assert names["kube-prometheus-stack"].urn in each.depends_on, each.name


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_istiods_of_other_regions_reach_the_api_server(graph: Registers, stack: str) -> None:
    made = graph(stack)
    rule = made.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cluster-from-other-regions").inputs
    assert rule["prefixListId"] == "id of aws:ec2/managedPrefixList:ManagedPrefixList backbone"
    ranges = {each["cidr"] for each in made.one("aws:ec2/managedPrefixList:ManagedPrefixList").inputs["entries"]}
    balancer = made.one("kubernetes:core/v1:Service", "east-west").inputs["spec"]
    # Its own pods too: they call whichever region coordinates, by one name.
    own = FLEET.region(stack.partition("-")[2]).network.vpc_cidr
    assert set(balancer["loadBalancerSourceRanges"]) == {*ranges, own}
    public = made.one("kubernetes:core/v1:Service", "ingress").inputs["spec"]
    assert "loadBalancerSourceRanges" not in public


@pytest.mark.parametrize("stack", REAL)
def test_the_first_up_reaches_the_cluster_that_it_makes(graph: Registers, stack: str) -> None:
    network = graph(stack).one(EKS).inputs["vpcConfig"]
    assert network["endpointPublicAccess"] is True
    assert network["publicAccessCidrs"]
    assert "0.0.0.0/0" not in network["publicAccessCidrs"]


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_who_previews_looks_into_the_cluster_and_changes_nothing(graph: Registers, stack: str) -> None:
    environment = load_environment(stack.partition("-")[0])
    role = role_arn(environment.account_id, preview_role(environment.name))
    associations = graph(stack).all("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    given = [each.inputs["policyArn"] for each in associations if each.inputs["principalArn"] == role]
    assert given == ["arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"]


@pytest.mark.parametrize("stack", REAL)
def test_the_way_into_the_cluster_has_no_secret(graph: Registers, stack: str) -> None:
    config = json.loads(graph(stack).one(PROVIDER).inputs["kubeconfig"])
    (user,) = config["users"]
    assert set(user["user"]) == {"exec"}
    (cluster,) = config["clusters"]
    assert cluster["cluster"]["server"] == f"endpoint of {EKS} cluster"


@pytest.mark.parametrize("stack", REGION_STACKS)
def test_everything_in_the_cluster_goes_through_its_own_provider(graph: Registers, stack: str) -> None:
    made = graph(stack)
    through = {each.provider for each in made.resources if each.custom and each.type.startswith("kubernetes:")}
    assert {each.rsplit("::", 1)[0] for each in through} == {made.one(PROVIDER).urn}


def test_a_cluster_that_exists_is_only_read() -> None:
    made = _ran_with(ExistingCluster(existing="weddings"))
    assert made.all(EKS) == made.all(GROUP) == made.all("aws:eks/addon:Addon") == []
    assert made.all("aws:eks/accessEntry:AccessEntry") == made.all("aws:ec2/launchTemplate:LaunchTemplate") == []
    assert {each.inputs["clusterName"] for each in made.all(ASSOCIATION)} == {"weddings"}
    config = json.loads(made.one(PROVIDER).inputs["kubeconfig"])
    assert config["current-context"] == "weddings"
    assert len(made.all(RELEASE)) == 11


def test_the_same_program_makes_one_where_none_exists() -> None:
    made = _ran_with(None)
    assert len(made.all(EKS)) == 1
    assert {each.inputs["clusterName"] for each in made.all(ASSOCIATION)} == {"wedsync-prod-us-east-1"}
    # Alone in its fleet: nobody comes from elsewhere.
    rules = made.all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert "cluster-from-other-regions" not in {each.name for each in rules}
    east_west = made.one("kubernetes:core/v1:Service", "east-west").inputs["spec"]
    assert east_west["loadBalancerSourceRanges"] == [FLEET.region("us-east-1").network.vpc_cidr]


def _ran_with(existing: ExistingCluster | None) -> Graph:
    """prod-us-east-1, alone in its fleet, with this cluster."""
    fleet = FLEET.restricted(["us-east-1"])
    region = fleet.region("us-east-1").model_copy(update={"cluster": existing})
    program = _program(fleet, region)
    shared = {
        "global_clusters": {"worldwide": "the global cluster"},
        "health_checks": {"us-east-1": "h"},
        "keys": {"us-east-1": "arn:aws:kms:us-east-1:444455556666:key/1"},
        "zone_id": "zone",
    }
    return Graph(run_under_mocks(program, "prod-us-east-1", {"prod": shared}).registered)


def _program(fleet: Fleet, region: Region) -> Callable[[], None]:
    environment = load_environment("prod")
    return lambda: region_stack(environment, Fleet({region.name: region}, fleet.workloads), region)
