"""What moto's EKS lacks or forgets of clusters and node groups; what else a cluster has is in eks_parts.py.

There are no nodes behind a node group: the embedded control planes have their own (control_plane/).
"""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.eks import urls
from moto.eks.models import EKSBackend
from moto.eks.responses import EKSResponse

from devcloud.aws_endpoint import eks_parts
from devcloud.aws_endpoint.eks_parts import parameter
from devcloud.aws_endpoint.replacing import replace

_PATHS = ("updates", "node-groups/(?P<nodegroupName>[^/]+)/update-version")
# Settings that moto's constructor does not take, by attribute, and what EKS makes of them where they are not given.
_SETTINGS: dict[str, tuple[str, Any]] = {
    "accessConfig": ("access_config", {"authenticationMode": "CONFIG_MAP"}),
    "upgradePolicy": ("upgrade_policy", {"supportType": "EXTENDED"}),
    "deletionProtection": ("deletion_protection", False),
}
_NETWORK = {"endpointPublicAccess": True, "endpointPrivateAccess": False}
_GROUP = "eks-cluster-sg-{name}"


def install() -> None:
    """Change moto's classes and paths. Once a process."""
    for path in _PATHS:
        urls.url_paths[f"{{0}}/clusters/(?P<name>[^/]+)/{path}$"] = urls.response.dispatch
    replace(EKSResponse, "create_cluster", _create_cluster)
    replace(EKSResponse, "update_cluster_config", _update_cluster)
    replace(EKSResponse, "create_nodegroup", _create_node_group)
    replace(EKSBackend, "delete_cluster", _delete_cluster)
    replace(EKSBackend, "tag_resource", _tag)
    replace(EKSBackend, "untag_resource", _untag)
    for method in (update_cluster_version, update_nodegroup_version):
        setattr(EKSResponse, method.__name__, method)
    eks_parts.install()


def update_cluster_version(self: EKSResponse) -> str:
    self.eks_backend.describe_cluster(parameter(self, "name")).version = parameter(self, "version")
    return "{}"


def update_nodegroup_version(self: EKSResponse) -> str:
    group: Any = self.eks_backend.describe_nodegroup(parameter(self, "name"), parameter(self, "nodegroupName"))
    group.version = parameter(self, "version") or group.version
    if template := parameter(self, "launchTemplate"):
        group.launch_template = {**group.launch_template, **template}
    return "{}"


def _create_cluster(moto: Any, self: EKSResponse) -> ActionResult:
    answer = moto(self)
    cluster = answer.result["cluster"]
    request = json.loads(self.body)
    for member, (attribute, default) in _SETTINGS.items():
        given = request.get(member)
        setattr(cluster, attribute, default if given is None else given)
    cluster.resources_vpc_config = {**_NETWORK, **cluster.resources_vpc_config, **_network_of(self, cluster)}
    if cluster.resources_vpc_config["endpointPublicAccess"]:
        cluster.resources_vpc_config.setdefault("publicAccessCidrs", ["0.0.0.0/0"])
    return answer


def _network_of(self: EKSResponse, cluster: Any) -> dict[str, str]:
    """The VPC, and the security group that EKS makes for the control plane and the nodes."""
    ec2 = ec2_backends[self.current_account][self.region]
    vpc = ec2.get_subnet(cluster.resources_vpc_config["subnetIds"][0]).vpc_id
    name = _GROUP.format(name=cluster.name)
    group = ec2.create_security_group(name, "EKS created security group", vpc)
    return {"vpcId": vpc, "clusterSecurityGroupId": group.id}


def _delete_cluster(moto: Any, backend: EKSBackend, name: str) -> Any:
    gone = moto(backend, name)
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    ec2.delete_security_group(group_id=gone.resources_vpc_config["clusterSecurityGroupId"])
    return gone


def _update_cluster(_moto: Any, self: EKSResponse) -> str:
    """moto replaces all of the network's settings by those that are given."""
    cluster: Any = self.eks_backend.describe_cluster(parameter(self, "name"))
    request = json.loads(self.body)
    cluster.resources_vpc_config = {**cluster.resources_vpc_config, **request.get("resourcesVpcConfig", {})}
    cluster.logging = request.get("logging", cluster.logging)
    cluster.access_config = {**cluster.access_config, **request.pop("accessConfig", {})}
    for member, (attribute, _) in _SETTINGS.items():
        setattr(cluster, attribute, request.get(member, getattr(cluster, attribute)))
    return "{}"


def _create_node_group(moto: Any, self: EKSResponse) -> ActionResult:
    answer = moto(self)
    group, request = answer.result["nodegroup"], json.loads(self.body)
    group.update_config = request.get("updateConfig", {"maxUnavailable": 1})
    group.version = request.get("version") or self.eks_backend.describe_cluster(group.cluster_name).version
    if "launchTemplate" in request:
        group.disk_size = group.remote_access = None
    return answer


def _tag(moto: Any, backend: EKSBackend, resource_arn: str, tags: dict[str, str]) -> None:
    """moto tags clusters alone."""
    tagged = eks_parts.tagged(backend, resource_arn)
    if tagged is None:
        moto(backend, resource_arn, tags)
    else:
        tagged |= tags


def _untag(moto: Any, backend: EKSBackend, resource_arn: str, tag_keys: list[str] | str) -> None:
    tagged = eks_parts.tagged(backend, resource_arn)
    if tagged is None:
        moto(backend, resource_arn, tag_keys)
        return
    for key in [tag_keys] if isinstance(tag_keys, str) else tag_keys:
        tagged.pop(key, None)
