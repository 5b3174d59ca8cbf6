"""Control plane, nodes, managed add-ons and shared volumes, each in a program of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from components.cluster.control_plane import ControlPlane, ControlPlaneArgs
from components.cluster.file_system import PORT, FileSystem, FileSystemArgs
from components.cluster.kubeconfig import kubeconfig
from components.cluster.managed_add_ons import AFTER_NODES, BEFORE_NODES, ManagedAddOns, ManagedAddOnsArgs
from components.cluster.node_groups import NodeGroups, NodeGroupsArgs
from components.cluster.shared_storage import SharedStorage, SharedStorageArgs
from components.scope import Scope
from regions.node_pools import pool_plans

from .conftest import LONGEST, SCOPE, WORKLOADS, Program, one

if TYPE_CHECKING:
    from stacks.recording import Registered

CLUSTER, LOG = "aws:eks/cluster:Cluster", "aws:cloudwatch/logGroup:LogGroup"
GROUP, TEMPLATE = "aws:eks/nodeGroup:NodeGroup", "aws:ec2/launchTemplate:LaunchTemplate"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
DEPLOY = "arn:aws:iam::123456789012:role/bootstrap/deploy"
PREVIEW = "arn:aws:iam::123456789012:role/bootstrap/preview"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
LABELS = {"wedsync.io/workload": "wedding-optimised"}


def control_plane(
    scope: Scope = SCOPE, public: tuple[str, ...] = (), others: str | None = None, *, protect: bool = True
) -> ControlPlane:
    args = ControlPlaneArgs(
        scope=scope,
        version="1.35",
        subnet_ids=["a", "b"],
        public_cidrs=public,
        service_cidr="172.20.0.0/16",
        administrators={"deploy": DEPLOY},
        viewers={"preview": PREVIEW},
        key_arn=KEY,
        log_retention_days=365,
        protect=protect,
        other_regions=others,
    )
    return ControlPlane("cluster", args)


def nodes(scope: Scope = SCOPE) -> NodeGroups:
    plans = pool_plans(WORKLOADS, 3)
    return NodeGroups("nodes", NodeGroupsArgs(scope, "c", "1.35", plans, ["a", "b", "c"], ["sg-cluster", "sg-data"]))


def files() -> FileSystem:
    return FileSystem("files", FileSystemArgs(SCOPE, "vpc", {"a": "s-a", "b": "s-b"}, {"nodes": "sg"}, KEY, True))


def registered(made: list[Registered], type_token: str) -> Registered:
    (found,) = [each for each in made if each.type == type_token]
    return found


def test_secrets_are_encrypted_and_everything_is_logged(run: Program) -> None:
    made = run(control_plane)
    cluster = registered(made, CLUSTER)
    assert cluster.inputs["encryptionConfig"] == {"provider": {"keyArn": KEY}, "resources": ["secrets"]}
    assert len(cluster.inputs["enabledClusterLogTypes"]) == 5
    assert "audit" in cluster.inputs["enabledClusterLogTypes"]
    log = one(made, LOG)
    assert log["name"] == f"/aws/eks/{cluster.inputs['name']}/cluster"
    assert (log["kmsKeyId"], log["retentionInDays"]) == (KEY, 365)
    assert any("logGroup" in each for each in cluster.depends_on)  # or EKS would make it itself


def test_who_makes_the_cluster_is_no_administrator_by_that(run: Program) -> None:
    made = run(control_plane)
    access = one(made, CLUSTER)["accessConfig"]
    assert access == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}


@pytest.mark.parametrize(
    ("title", "principal", "policy"),
    [
        ("cluster-deploy", DEPLOY, "/AmazonEKSClusterAdminPolicy"),
        ("cluster-preview", PREVIEW, "/AmazonEKSViewPolicy"),
    ],
)
def test_administrators_change_and_viewers_look(run: Program, title: str, principal: str, policy: str) -> None:
    made = run(control_plane)
    entry = one(made, "aws:eks/accessEntry:AccessEntry", title)
    association = one(made, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", title)
    assert entry["principalArn"] == association["principalArn"] == principal
    assert association["policyArn"].endswith(policy)


def test_other_regions_reach_the_api_server_and_nothing_else(run: Program) -> None:
    rule = one(run(lambda: control_plane(others="pl-1")), RULE)
    assert (rule["prefixListId"], rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("pl-1", "tcp", 443, 443)
    assert [each for each in run(control_plane) if each.type == RULE] == []  # a region that is alone


def test_services_have_the_addresses_that_no_region_takes(run: Program) -> None:
    assert one(run(control_plane), CLUSTER)["kubernetesNetworkConfig"] == {"serviceIpv4Cidr": "172.20.0.0/16"}


@pytest.mark.parametrize("public", [(), ("203.0.113.0/24",)])
def test_the_api_server_is_public_only_to_ranges_that_are_named(run: Program, public: tuple[str, ...]) -> None:
    network = one(run(lambda: control_plane(public=public)), CLUSTER)["vpcConfig"]
    assert network["endpointPrivateAccess"] is True
    assert network["endpointPublicAccess"] is bool(public)
    assert network.get("publicAccessCidrs", []) == list(public)


@pytest.mark.parametrize("protect", [True, False])
def test_a_cluster_is_protected_where_data_is(run: Program, protect: bool) -> None:
    cluster = registered(run(lambda: control_plane(protect=protect)), CLUSTER)
    assert cluster.protect is protect
    assert cluster.inputs["deletionProtection"] is protect


def test_a_node_hands_its_role_to_nobody(run: Program) -> None:
    templates = [each.inputs for each in run(nodes) if each.type == TEMPLATE]
    assert len(templates) == 2
    for template in templates:
        metadata = template["metadataOptions"]
        assert (metadata["httpTokens"], metadata["httpPutResponseHopLimit"]) == ("required", 1)
        assert [each["ebs"]["encrypted"] for each in template["blockDeviceMappings"]] == ["true"]
        assert template["vpcSecurityGroupIds"] == ["sg-cluster", "sg-data"]


def test_nodes_may_what_makes_them_ready_and_no_more(run: Program) -> None:
    attached = [each for each in run(nodes) if each.type == "aws:iam/rolePolicyAttachment:RolePolicyAttachment"]
    assert {each.inputs["policyArn"].rpartition("/")[2] for each in attached} == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKS_CNI_Policy",  # aws-node gives pods their addresses with the node's role
    }


def test_wedding_optimised_nodes_are_for_wedding_api_alone(run: Program) -> None:
    made = run(nodes)
    general, wedding = one(made, GROUP, "nodes-general"), one(made, GROUP, "nodes-wedding-optimised")
    assert general.get("taints", []) == []
    assert LABELS.items() <= wedding["labels"].items()
    assert wedding["taints"] == [{"key": k, "value": v, "effect": "NO_SCHEDULE"} for k, v in LABELS.items()]
    assert not LABELS.items() & general["labels"].items()
    assert dict(WORKLOADS.wedding_api.node_labels) == LABELS


def test_groups_are_as_large_as_planned_and_scaled_by_the_autoscaler(run: Program) -> None:
    plans = pool_plans(WORKLOADS, 3)
    for group in [each for each in run(nodes) if each.type == GROUP]:
        plan = plans[group.name.removeprefix("nodes-")]
        assert group.inputs["scalingConfig"] == {
            "minSize": plan.floor,
            "maxSize": plan.ceiling,
            "desiredSize": plan.floor,
        }
        assert group.ignore_changes == ["scalingConfig.desiredSize", "scalingConfig.minSize"]
        assert any("rolePolicyAttachment" in each for each in group.depends_on)


def test_network_policies_are_enforced(run: Program) -> None:
    made = run(lambda: ManagedAddOns("networking", ManagedAddOnsArgs(SCOPE, "c", {**BEFORE_NODES, **AFTER_NODES})))
    add_ons = {each.inputs["addonName"]: each.inputs for each in made if each.type == "aws:eks/addon:Addon"}
    assert set(add_ons) == {"vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns"}
    assert json.loads(add_ons["vpc-cni"]["configurationValues"]) == {"enableNetworkPolicy": "true"}


def test_volumes_are_encrypted_at_rest_and_on_the_way(run: Program) -> None:
    made = run(files)
    system = one(made, "aws:efs/fileSystem:FileSystem")
    assert (system["encrypted"], system["kmsKeyId"]) == (True, KEY)
    _, clear = json.loads(one(made, "aws:efs/fileSystemPolicy:FileSystemPolicy")["policy"])["Statement"]
    assert (clear["Effect"], clear["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_volumes_are_mounted_in_every_zone_from_nodes_alone(run: Program) -> None:
    made = run(files)
    targets = [each.inputs for each in made if each.type == "aws:efs/mountTarget:MountTarget"]
    assert {each["subnetId"] for each in targets} == {"s-a", "s-b"}
    group = "id of aws:ec2/securityGroup:SecurityGroup files"
    assert all(each["securityGroups"] == [group] for each in targets)
    rule = one(made, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert (rule["securityGroupId"], rule["referencedSecurityGroupId"]) == (group, "sg")
    assert rule["fromPort"] == rule["toPort"] == PORT == 2049


@pytest.mark.parametrize(("keep", "policy"), [(True, "Retain"), (False, "Delete")])
def test_what_is_in_a_volume_outlives_its_claim_where_data_is_protected(run: Program, keep: bool, policy: str) -> None:
    made = run(lambda: SharedStorage("storage", SharedStorageArgs("efs", "fs-1", keep)))
    storage = one(made, "kubernetes:storage.k8s.io/v1:StorageClass")
    assert storage["metadata"]["name"] == "efs"
    assert (storage["provisioner"], storage["reclaimPolicy"]) == ("efs.csi.aws.com", policy)
    assert storage["parameters"]["fileSystemId"] == "fs-1"


def test_a_kubeconfig_has_no_secret_in_it() -> None:
    config = json.loads(kubeconfig("wedsync-prod", "https://api", "Q0E=", "eu-central-1"))
    (user,) = config["users"]
    assert set(user["user"]) == {"exec"}
    command = user["user"]["exec"]
    assert [command["command"], *command["args"][:4]] == ["aws", "eks", "get-token", "--cluster-name", "wedsync-prod"]
    (cluster,) = config["clusters"]
    assert cluster["cluster"] == {"server": "https://api", "certificate-authority-data": "Q0E="}
    (context,) = config["contexts"]
    assert context["name"] == config["current-context"]
    assert (context["context"]["cluster"], context["context"]["user"]) == (cluster["name"], user["name"])


def test_names_stay_within_the_services_limits(run: Program) -> None:
    limits = {
        CLUSTER: ("name", 100),
        GROUP: ("nodeGroupName", 63),
        TEMPLATE: ("name", 128),
        "aws:iam/role:Role": ("name", 64),
    }

    def program() -> None:
        control_plane(LONGEST)
        nodes(LONGEST)

    made = [each for each in run(program) if each.type in limits]
    assert {each.type for each in made} == set(limits)
    for each in made:
        field, limit = limits[each.type]
        assert len(each.inputs[field]) <= limit, each.urn
