"""The Kubernetes objects that a fresh cluster of a cloud provider would have: nodes, the metrics API, file storage."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devcloud.control_plane.surroundings import NodePool, Surroundings
from devcloud.processes import LOOPBACK

METRICS_NAMESPACE = "kube-system"
METRICS_SERVICE = "metrics-api"
METRICS_HOST = f"{METRICS_SERVICE}.{METRICS_NAMESPACE}.svc"
RESOURCE_METRICS = "metrics.k8s.io/v1beta1"
CUSTOM_METRICS = "custom.metrics.k8s.io/v1beta2"
ADD_ONS_USER = "wedsync:add-ons"

NODES = "/api/v1/nodes"
# Large enough that no workload waits for room: the season's ceilings together ask for about 100 cores.
NODE_RESOURCES = {"cpu": "96", "memory": "384Gi", "ephemeral-storage": "1Ti", "pods": "250"}

# The driver and the class of EFS: shared by replicas (ReadWriteMany), as the requirements' volumes are.
FILE_STORAGE_DRIVER = "efs.csi.aws.com"
FILE_STORAGE_CLASS = "efs"


@dataclass(frozen=True)
class Object:
    """A Kubernetes object and the path it is applied to."""

    path: str
    body: Mapping[str, Any]


def nodes(around: Surroundings) -> list[Object]:
    """One node of each pool in each zone."""
    return [_node(pool, around.aws_region, zone) for pool in around.pools for zone in around.zones]


def _node(pool: NodePool, aws_region: str, zone: str) -> Object:
    name = f"{pool.name}-{zone}"
    labels = {
        **pool.labels,
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": pool.instance_type,
        "eks.amazonaws.com/nodegroup": pool.name,
        "topology.kubernetes.io/region": aws_region,
        "topology.kubernetes.io/zone": zone,
    }
    return Object(
        f"{NODES}/{name}",
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": name, "labels": labels},
            "spec": {"taints": [dataclasses.asdict(taint) for taint in pool.taints]} if pool.taints else {},
            "status": {"capacity": NODE_RESOURCES, "allocatable": NODE_RESOURCES},
        },
    )


def metrics_api(*, port: int, ca: Path) -> list[Object]:
    """The registration of the metrics API that listens on loopback:`port` with a certificate of `ca`."""
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": METRICS_SERVICE, "namespace": METRICS_NAMESPACE},
        "spec": {"type": "ExternalName", "externalName": LOOPBACK, "ports": [{"port": port}]},
    }
    return [
        Object(f"/api/v1/namespaces/{METRICS_NAMESPACE}/services/{METRICS_SERVICE}", service),
        _api_service(RESOURCE_METRICS, port=port, ca=ca),
        _api_service(CUSTOM_METRICS, port=port, ca=ca),
        *_metrics_readers(),
    ]


def _api_service(group_version: str, *, port: int, ca: Path) -> Object:
    group, version = group_version.split("/")
    name = f"{version}.{group}"
    return Object(
        f"/apis/apiregistration.k8s.io/v1/apiservices/{name}",
        {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": name},
            "spec": {
                "group": group,
                "version": version,
                "groupPriorityMinimum": 100,
                "versionPriority": 100,
                "caBundle": base64.b64encode(ca.read_bytes()).decode(),
                "service": {"name": METRICS_SERVICE, "namespace": METRICS_NAMESPACE, "port": port},
            },
        },
    )


def _metrics_readers() -> list[Object]:
    """Kubernetes lets its autoscaler read resource metrics; custom ones are the adapter's to grant."""
    rules = [{"apiGroups": ["custom.metrics.k8s.io"], "resources": ["*"], "verbs": ["get", "list"]}]
    autoscaler = {
        "kind": "ServiceAccount",
        "name": "horizontal-pod-autoscaler",
        "namespace": "kube-system",
    }
    return _role("wedsync:custom-metrics-reader", rules, autoscaler)


def file_storage() -> list[Object]:
    """The EFS driver and its class, the default one."""
    driver = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "CSIDriver",
        "metadata": {"name": FILE_STORAGE_DRIVER},
        # As the real one: a file system is mounted, never attached to a node.
        "spec": {"attachRequired": False},
    }
    storage_class = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": FILE_STORAGE_CLASS,
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": FILE_STORAGE_DRIVER,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    }
    return [
        Object(f"/apis/storage.k8s.io/v1/csidrivers/{FILE_STORAGE_DRIVER}", driver),
        Object(f"/apis/storage.k8s.io/v1/storageclasses/{FILE_STORAGE_CLASS}", storage_class),
    ]


def add_ons_role() -> list[Object]:
    """What the metrics API, the volume provisioner, load balancers and External Secrets may do."""
    rules = [
        {"apiGroups": [""], "resources": ["pods", "nodes", "persistentvolumeclaims"], "verbs": ["get", "list"]},
        {"apiGroups": [""], "resources": ["persistentvolumes"], "verbs": ["get", "list", "create", "delete"]},
        {"apiGroups": [""], "resources": ["services"], "verbs": ["get", "list"]},
        {"apiGroups": [""], "resources": ["services/status"], "verbs": ["patch"]},
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "patch"]},
        {
            "apiGroups": ["external-secrets.io"],
            "resources": ["externalsecrets", "clustersecretstores", "secretstores"],
            "verbs": ["get", "list"],
        },
        {"apiGroups": ["external-secrets.io"], "resources": ["externalsecrets/status"], "verbs": ["patch"]},
    ]
    user = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": ADD_ONS_USER}
    return _role(ADD_ONS_USER, rules, user)


def _role(name: str, rules: list[dict[str, list[str]]], subject: Mapping[str, str]) -> list[Object]:
    group = "rbac.authorization.k8s.io"
    role = {"apiVersion": f"{group}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules}
    binding = {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
        "subjects": [subject],
    }
    return [
        Object(f"/apis/{group}/v1/clusterroles/{name}", role),
        Object(f"/apis/{group}/v1/clusterrolebindings/{name}", binding),
    ]
