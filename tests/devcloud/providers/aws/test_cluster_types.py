"""Every type of a cluster through its whole life, on real moto: none drifts, changes arrive, deletes repeat."""

from __future__ import annotations

from typing import Any

import pytest

from devcloud.providers.plugin import State

from .life import ALLOW, Case, Inputs, World, live_through

CLUSTER, NODES, ADD_ON = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon"
ENTRY, ADMITTED = "aws:eks/accessEntry:AccessEntry", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
FILES, TARGET = "aws:efs/fileSystem:FileSystem", "aws:efs/mountTarget:MountTarget"
FILES_POLICY = "aws:efs/fileSystemPolicy:FileSystemPolicy"
ATTACHMENT, TEMPLATE = "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:ec2/launchTemplate:LaunchTemplate"
PRINCIPAL = "arn:aws:iam::123456789012:role/bootstrap/deploy"
POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


class Around(World):
    """A world with clusters and files."""

    def cluster_inputs(self) -> Inputs:
        return {
            "roleArn": self.role("eks.amazonaws.com").outputs["arn"],
            "version": "1.34",
            "vpcConfig": {
                "subnetIds": self.subnets(),
                "endpointPrivateAccess": True,
                "endpointPublicAccess": False,
            },
            "encryptionConfig": {"provider": {"keyArn": self.key()}, "resources": ["secrets"]},
            "enabledClusterLogTypes": ["api", "audit", "scheduler"],
            "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
            "bootstrapSelfManagedAddons": False,
            "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"},
            "upgradePolicy": {"supportType": "STANDARD"},
        }

    def cluster(self) -> str:
        return self.make(CLUSTER, self.cluster_inputs()).identifier

    def template(self) -> str:
        return self.make(TEMPLATE, {"metadataOptions": {"httpTokens": "required"}}).identifier

    def files(self) -> State:
        return self.make(FILES, {"encrypted": True, "kmsKeyId": self.key()})


def node_group(around: Around) -> Inputs:
    return {
        "clusterName": around.cluster(),
        "nodeRoleArn": around.role("ec2.amazonaws.com").outputs["arn"],
        "subnetIds": around.subnets(),
        "version": "1.34",
        "amiType": "AL2023_x86_64_STANDARD",
        "instanceTypes": ["m6i.2xlarge"],
        "launchTemplate": {"id": around.template(), "version": "1"},
        "labels": {"pool": "general", "old": "label"},
        "taints": [{"key": "old", "value": "taint", "effect": "NO_SCHEDULE"}],
        "scalingConfig": {"minSize": 3, "maxSize": 9, "desiredSize": 3},
        "updateConfig": {"maxUnavailablePercentage": 33},
    }


def disk(size: int) -> Inputs:
    return {
        "deviceName": "/dev/xvda",
        "ebs": {"volumeSize": size, "volumeType": "gp3", "encrypted": "true", "deleteOnTermination": "true"},
    }


def launch_template(around: Around) -> Inputs:
    return {
        "description": "nodes",
        "updateDefaultVersion": True,
        "blockDeviceMappings": [disk(50)],
        "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 2},
        "vpcSecurityGroupIds": [around.group()],
        "tagSpecifications": [{"resourceType": "instance", "tags": {"Name": "a node"}}],
    }


def admitted(around: Around) -> Inputs:
    cluster = around.cluster()
    around.make(ENTRY, {"clusterName": cluster, "principalArn": PRINCIPAL})
    return {"clusterName": cluster, "principalArn": PRINCIPAL, "policyArn": POLICY, "accessScope": {"type": "cluster"}}


def identity(around: Around) -> Inputs:
    role = around.role("pods.eks.amazonaws.com").outputs["arn"]
    return {"clusterName": around.cluster(), "namespace": "apps", "serviceAccount": "coordinator", "roleArn": role}


def attachment(around: Around) -> Inputs:
    return {
        "role": around.role("eks.amazonaws.com").identifier,
        "policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    }


def file_policy(around: Around) -> Inputs:
    return {"fileSystemId": around.files().identifier, "policy": ALLOW % "elasticfilesystem:ClientMount"}


CASES: list[Case[Around]] = [
    Case(
        CLUSTER,
        lambda around: around.cluster_inputs(),
        {"version": "1.35", "enabledClusterLogTypes": ["api", "authenticator"], "deletionProtection": False},
        {"arn", "endpoint", "certificateAuthority", "status", "identities", "platformVersion", "createdAt"},
    ),
    Case(
        NODES,
        node_group,
        {
            "version": "1.35",
            "labels": {"pool": "wedding"},
            "taints": [{"key": "pool", "value": "wedding", "effect": "NO_SCHEDULE"}],
            "scalingConfig": {"minSize": 6, "maxSize": 12, "desiredSize": 6},
        },
        {"arn", "resources", "status"},
    ),
    Case(
        ADD_ON,
        lambda around: {
            "clusterName": around.cluster(),
            "addonName": "vpc-cni",
            "configurationValues": '{"enableNetworkPolicy": "true"}',
            "resolveConflictsOnCreate": "OVERWRITE",
            "resolveConflictsOnUpdate": "OVERWRITE",
        },
        {"configurationValues": '{"enableNetworkPolicy": "false"}'},
        {"arn", "createdAt", "modifiedAt"},
    ),
    Case(
        ENTRY,
        lambda around: {"clusterName": around.cluster(), "principalArn": PRINCIPAL, "kubernetesGroups": ["a", "b"]},
        {"kubernetesGroups": ["b"]},
        {"accessEntryArn", "createdAt"},
    ),
    Case(ADMITTED, admitted, {}, {"associatedAt"}),
    Case(
        IDENTITY,
        identity,
        {"disableSessionTags": True},
        {"associationArn", "associationId"},
    ),
    Case(
        FILES,
        lambda around: {"encrypted": True, "kmsKeyId": around.key()},
        {"throughputMode": "elastic"},
        {"arn", "dnsName", "ownerId", "sizeInBytes"},
    ),
    Case(FILES_POLICY, file_policy, {"policy": ALLOW % "elasticfilesystem:ClientWrite"}),
    Case(
        TARGET,
        lambda around: {
            "fileSystemId": around.files().identifier,
            "subnetId": around.subnets()[0],
            "securityGroups": [around.group()],
        },
        {},
        {"dnsName", "fileSystemArn", "networkInterfaceId", "availabilityZoneName", "ipAddress"},
    ),
    Case(ATTACHMENT, attachment, {}),
    Case(
        TEMPLATE,
        launch_template,
        {
            "blockDeviceMappings": [disk(100)],
            "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1},
        },
        {"arn", "latestVersion"},
    ),
]


@pytest.fixture
def around(aws: Any, resource: Any) -> Around:
    return Around(aws, resource)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.pulumi_type)
def test_life(aws: Any, resource: Any, around: Around, case: Case[Around]) -> None:
    live_through(aws, resource, around, case)


def test_nodes_get_the_security_group_that_the_cluster_made(around: Around) -> None:
    state = around.make(CLUSTER, around.cluster_inputs())
    groups = around.make(TEMPLATE, {"vpcSecurityGroupIds": [state.outputs["vpcConfig"]["clusterSecurityGroupId"]]})
    assert groups.outputs["vpcSecurityGroupIds"][0].startswith("sg-")


def test_the_scale_that_the_autoscaler_chose_stays(aws: Any, resource: Any, around: Around) -> None:
    inputs = node_group(around)
    this = resource(NODES, around.title)
    state = aws.create(this, dict(inputs))
    scaled = {**inputs, "scalingConfig": {**inputs["scalingConfig"], "desiredSize": 7}}
    drifted = aws.refresh(this, aws.update(this, state, scaled))
    wanted = {**inputs, "scalingConfig": {"minSize": 4, "maxSize": 12, "desiredSize": 4}}
    kept = aws.update(this, drifted, wanted, ignore_changes=("scalingConfig.desiredSize",))
    assert aws.refresh(this, kept).outputs["scalingConfig"] == {"minSize": 4, "maxSize": 12, "desiredSize": 7}


def test_a_cluster_with_nodes_is_not_deleted(aws: Any, resource: Any, around: Around) -> None:
    inputs = around.cluster_inputs()
    this = resource(CLUSTER, around.title)
    state = aws.create(this, dict(inputs))
    nodes = {**node_group(around), "clusterName": state.identifier}
    around.make(NODES, nodes)
    with pytest.raises(Exception, match="nodegroups attached"):
        aws.delete(this, state)
