"""Control planes and their nodes. Data only."""

from __future__ import annotations

from devcloud.providers.aws.table import Call, Input, Name, Read, ResourceType, Same, Wait
from devcloud.providers.aws.types.tags import CHANGED, tag_calls

MISSING = ("ResourceNotFoundException",)
TAGS = Input(absent={})


def tagged(arn: str) -> tuple[Call, ...]:
    return tag_calls(arn, of="resourceArn", tags="tags", keys="tagKeys", changed=CHANGED)


_NAME = {"name": "id"}
_NETWORK = {
    "subnetIds": list,
    "securityGroupIds": list,
    "endpointPublicAccess": bool,
    "endpointPrivateAccess": bool,
    "publicAccessCidrs": list,
}
_SENT_NETWORK = f"compact(input.vpcConfig.{{{', '.join(f'{name}: {name}' for name in _NETWORK)}}})"


def _setting(input_name: str) -> Call:
    """The service takes one change a call."""
    send = {**_NAME, input_name: f"input.{input_name}"}
    return Call("UpdateClusterConfig", send, on=(input_name,), when=f"old && input.{input_name} != null")


CLUSTER = ResourceType(
    pulumi_type="aws:eks/cluster:Cluster",
    service="eks",
    name=Name("name", 100),
    id="input.name",
    create=Call(
        "CreateCluster",
        {
            "encryptionConfig": "input.encryptionConfig && [input.encryptionConfig]",
            "logging": "input.enabledClusterLogTypes && {clusterLogging:"
            " [{types: input.enabledClusterLogTypes, enabled: `true`}]} || null",
            "resourcesVpcConfig": _SENT_NETWORK,
        },
    ),
    reads=(Read("DescribeCluster", _NAME, at="cluster"),),
    then=(
        Call(
            "UpdateClusterConfig",
            {**_NAME, "accessConfig": "{authenticationMode: input.accessConfig.authenticationMode}"},
            on=("accessConfig",),
            when="old && input.accessConfig",
        ),
        Call(
            "UpdateClusterConfig",
            {
                **_NAME,
                "logging": "{clusterLogging: [{types: input.enabledClusterLogTypes || `[]`, enabled: `true`},"
                " {types: minus(old.enabledClusterLogTypes, input.enabledClusterLogTypes), enabled: `false`}]}",
            },
            on=("enabledClusterLogTypes",),
            when="old",
        ),
        Call(
            "UpdateClusterConfig",
            {**_NAME, "resourcesVpcConfig": _SENT_NETWORK},
            on=("vpcConfig",),
            when="old",
        ),
        Call("UpdateClusterVersion", {**_NAME, "version": "input.version"}, on=("version",), when="old"),
        _setting("deletionProtection"),
        _setting("upgradePolicy"),
        *tagged("live.arn"),
    ),
    delete=Call("DeleteCluster", _NAME),
    missing=MISSING,
    wait=Wait("status", ready=("ACTIVE",), failed=("FAILED",), leaving=("DELETING",)),
    inputs={
        "accessConfig": Input(same=Same.BLOCK),
        "bootstrapSelfManagedAddons": Input(live=None, kind=bool),
        "deletionProtection": Input(absent=False),
        "enabledClusterLogTypes": Input(
            live="logging.clusterLogging[?enabled].types[]", kind=list, absent=[], same=Same.SET
        ),
        "encryptionConfig": Input(
            live="encryptionConfig[0].{provider: provider, resources: resources}",
            kind=dict,
            block={"provider": dict, "resources": list},
            same=Same.BLOCK,
            replace=True,
        ),
        "kubernetesNetworkConfig": Input(same=Same.BLOCK, replace=True),
        "name": Input(replace=True),
        "roleArn": Input(replace=True),
        "tags": TAGS,
        "upgradePolicy": Input(same=Same.BLOCK),
        "version": Input(),
        "vpcConfig": Input(
            live="resourcesVpcConfig",
            kind=dict,
            # The last two are the service's own, which the official provider has among the inputs.
            block={**_NETWORK, "clusterSecurityGroupId": str, "vpcId": str},
            same=Same.BLOCK,
        ),
    },
    outputs={
        "arn": "arn",
        "certificateAuthority": "{data: certificateAuthority.data}",
        "clusterId": "id",
        "createdAt": "createdAt",
        "endpoint": "endpoint",
        "identities": "[{oidcs: [{issuer: identity.oidc.issuer}]}]",
        "platformVersion": "platformVersion",
        "status": "status",
        "tagsAll": "tags || `{}`",
    },
)

_GROUP = {"clusterName": "split(id, ':')[0]", "nodegroupName": "split(id, ':')[1]"}

NODE_GROUP = ResourceType(
    pulumi_type="aws:eks/nodeGroup:NodeGroup",
    service="eks",
    name=Name("nodeGroupName", 63, prefix_input="nodeGroupNamePrefix"),
    id="concat([input.clusterName, ':', input.nodeGroupName])",
    create=Call("CreateNodegroup"),
    reads=(Read("DescribeNodegroup", _GROUP, at="nodegroup"),),
    then=(
        Call(
            "UpdateNodegroupConfig",
            {
                **_GROUP,
                "labels": "{addOrUpdateLabels: changed(input.labels, old.labels),"
                " removeLabels: dropped(input.labels, old.labels)}",
            },
            on=("labels",),
            when="old",
        ),
        Call(
            "UpdateNodegroupConfig",
            {
                **_GROUP,
                "taints": "{addOrUpdateTaints: minus(input.taints, old.taints),"
                " removeTaints: lacking(old.taints, input.taints, 'key')}",
            },
            on=("taints",),
            when="old",
        ),
        Call(
            "UpdateNodegroupConfig",
            {**_GROUP, "scalingConfig": "input.scalingConfig", "updateConfig": "input.updateConfig"},
            on=("scalingConfig", "updateConfig"),
            when="old",
        ),
        Call(
            "UpdateNodegroupVersion",
            {
                **_GROUP,
                "version": "input.version",
                "releaseVersion": "input.releaseVersion",
                "launchTemplate": "input.launchTemplate",
            },
            on=("version", "releaseVersion", "launchTemplate"),
            when="old",
        ),
        *tagged("live.nodegroupArn"),
    ),
    delete=Call("DeleteNodegroup", _GROUP),
    missing=MISSING,
    wait=Wait("status", ready=("ACTIVE",), failed=("CREATE_FAILED",), leaving=("DELETING",)),
    inputs={
        "amiType": Input(replace=True),
        "capacityType": Input(replace=True),
        "clusterName": Input(replace=True),
        "diskSize": Input(replace=True),
        "instanceTypes": Input(replace=True),
        "labels": Input(absent={}),
        "launchTemplate": Input(same=Same.BLOCK),
        "nodeGroupName": Input(replace=True),
        "nodeGroupNamePrefix": Input(live=None, replace=True, kind=str),
        "nodeRoleArn": Input("nodeRole", replace=True),
        "releaseVersion": Input(),
        "scalingConfig": Input(),
        "subnetIds": Input("subnets", replace=True, same=Same.SET),
        "tags": TAGS,
        "taints": Input(absent=[], same=Same.BLOCK),
        "updateConfig": Input(same=Same.BLOCK),
        "version": Input(),
    },
    outputs={
        "arn": "nodegroupArn",
        "resources": "[{autoscalingGroups: resources.autoScalingGroups[].{name: name},"
        " remoteAccessSecurityGroupId: resources.remoteAccessSecurityGroup}]",
        "status": "status",
        "tagsAll": "tags || `{}`",
    },
)

TYPES = (CLUSTER, NODE_GROUP)
