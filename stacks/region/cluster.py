"""The region's Kubernetes cluster: control plane, nodes, what pods may do in AWS, shared volumes, add-ons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

from components.cluster import add_ons as add_on
from components.cluster.add_ons import AddOns, AddOnsArgs
from components.cluster.control_plane import ControlPlane, ControlPlaneArgs, certificate, cluster_name
from components.cluster.file_system import FileSystem, FileSystemArgs
from components.cluster.istio_base import IstioBase, IstioBaseArgs
from components.cluster.istiod import Istiod, IstiodArgs
from components.cluster.kubeconfig import kubeconfig
from components.cluster.managed_add_ons import AFTER_NODES, BEFORE_NODES, ManagedAddOns, ManagedAddOnsArgs
from components.cluster.node_groups import NodeGroups, NodeGroupsArgs
from components.cluster.permissions import (
    Statement,
    manage_access_points,
    manage_disks,
    manage_load_balancers,
    read_secrets,
    scale_nodes,
)
from components.cluster.pod_identity import PodIdentity, PodIdentityArgs, ServiceAccount
from components.cluster.shared_storage import SharedStorage, SharedStorageArgs
from components.coordination.table_access import append_to_audit_trail, hold_locks
from components.mesh.objects import service_host
from components.mesh.shared_trust import SharedTrust, SharedTrustArgs
from components.place import Place
from components.scope import Scope
from components.security.bootstrap_roles import deploy_role, emergency_role, preview_role, role_arn
from components.security.encryption_key import EncryptionKey
from components.security.secret_names import mesh_authority
from components.workload.seasonal_scaler import NAME as SEASON_SCALER
from guard.in_cluster import EMERGENCY_GROUP
from regions.node_pools import pool_plans
from stacks.region.network import Paths
from stacks.region.season import scaler_rights
from stacks.region.site import Site
from stacks.shared.ground import KEYS

Groups = Mapping[str, pulumi.Input[str]]
"""Security groups by what they are."""


@dataclass(frozen=True)
class _Eks:
    """A cluster as its clients see it.

    `title` is what it is called, `name` the same, known as soon as it is there. `needs` must be there before anything
    is put into it.
    """

    title: str
    name: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    authority: pulumi.Input[str]
    needs: tuple[pulumi.Resource, ...]


def cluster(site: Site, paths: Paths, clients: Groups, key: EncryptionKey) -> tuple[Site, str]:
    """Make the region's cluster. Returns the site where everything in the cluster comes after add-ons, and its name.

    `clients` are the groups of those that may connect to data stores: the nodes carry them. Whatever its Kubernetes is,
    an environment has all that is in AWS. One that names a `kubernetes_context` works in that cluster instead of in
    EKS's, and installs nothing there that it brings along.
    """
    eks = _existing(site) if site.region.cluster else _own(site, paths, clients, key)
    files = _file_system(site, paths, clients, key)
    identities = _identities(site, eks, files)
    there = replace(site, in_cluster=pulumi.ResourceOptions(providers={"kubernetes": _provider(site, eks, identities)}))
    if site.environment.kubernetes_context is not None:
        return there, eks.title
    return _add_ons(there, eks, paths, files), eks.title


def mesh_control(site: Site) -> Site:
    """The mesh's authority and Istio itself. Returns the site where everything in the cluster comes after them."""
    mesh, charts = site.workloads.mesh, site.workloads.cluster.istio
    authority = mesh_authority(site.environment.name, site.region.name)
    trust = SharedTrust("trust", SharedTrustArgs(mesh.control_namespace, authority), site.in_cluster)
    if site.environment.kubernetes_context is not None:
        return site
    base = IstioBase("istio", IstioBaseArgs(charts, mesh), site.in_cluster)
    workloads = site.workloads
    own = (workloads.performance_monitor, workloads.coordinator, workloads.pooler)  # another region may serve the API
    local = [service_host(each.name, site.namespace) for each in own]
    istiod = Istiod("istiod", IstiodArgs(charts, mesh, site.region.name, local, [trust, base]), site.in_cluster)
    return site.after(base, istiod)


def _own(site: Site, paths: Paths, clients: Groups, key: EncryptionKey) -> _Eks:
    standard, environment = site.workloads.cluster, site.environment
    control_plane = ControlPlane(
        "cluster",
        ControlPlaneArgs(
            scope=site.scope,
            version=standard.kubernetes_version,
            subnet_ids=paths.vpc.private_subnet_ids,
            public_cidrs=environment.cluster_endpoint.allowed_cidrs,
            service_cidr=standard.service_cidr,
            administrators={
                "deploy": role_arn(environment.account_id, deploy_role(site.scope)),
                "emergency": role_arn(environment.account_id, emergency_role(environment.name)),
            },
            viewers={"preview": role_arn(environment.account_id, preview_role(environment.name))},
            key_arn=key.arn,
            log_retention_days=standard.log_retention_days,
            protect=environment.protect_data,
            other_regions=paths.other_regions,
            groups={"emergency": [EMERGENCY_GROUP]},
        ),
        site.in_aws,
    )
    networking = ManagedAddOnsArgs(site.scope, control_plane.name, BEFORE_NODES)
    before = ManagedAddOns("networking", networking, site.in_aws)
    nodes = NodeGroups(
        "nodes",
        NodeGroupsArgs(
            scope=site.scope,
            cluster_name=control_plane.name,
            version=standard.kubernetes_version,
            pools=pool_plans(site.workloads, len(site.region.network.zones)),
            subnet_ids=paths.vpc.private_subnet_ids,
            security_group_ids=[control_plane.security_group_id, *clients.values()],
            needs=before.add_ons,
        ),
        site.in_aws,
    )
    names = ManagedAddOns(
        "names", ManagedAddOnsArgs(site.scope, control_plane.name, AFTER_NODES, nodes.groups), site.in_aws
    )
    return _Eks(
        cluster_name(site.scope),
        control_plane.name,
        control_plane.endpoint,
        control_plane.authority,
        (control_plane, nodes, names),
    )


def _existing(site: Site) -> _Eks:
    """A cluster that is only read. Who deploys must be its administrator already."""
    assert site.region.cluster is not None  # noqa: S101 - the caller has asked
    name = site.region.cluster.existing
    found = aws.eks.Cluster.get("cluster", name, opts=site.in_aws)
    return _Eks(name, name, found.endpoint, certificate(found), ())


def _file_system(site: Site, paths: Paths, clients: Groups, key: EncryptionKey) -> FileSystem:
    args = FileSystemArgs(
        scope=site.scope,
        vpc_id=paths.vpc.vpc_id,
        subnet_ids=dict(zip(site.region.network.zones, paths.vpc.private_subnet_ids, strict=True)),
        client_security_group_ids=clients,
        key_arn=key.arn,
        protect=site.environment.protect_data,
    )
    return FileSystem("files", args, site.in_aws)


def _identities(site: Site, eks: _Eks, files: FileSystem) -> list[PodIdentity]:
    """A role for each service account whose pods call AWS."""
    place = site.place
    rights: dict[ServiceAccount, list[Statement] | pulumi.Output[list[Statement]]] = {
        add_on.LOAD_BALANCERS: manage_load_balancers(place, eks.title),
        add_on.EXTERNAL_SECRETS: read_secrets(place, site.environment.name, site.region.name),
        add_on.NODE_AUTOSCALER: scale_nodes(place, eks.title),
        add_on.FILE_STORAGE: files.arn.apply(manage_access_points),
        add_on.BLOCK_STORAGE: manage_disks(place),
        **_workload_rights(site),
    }
    return [
        PodIdentity(
            f"identity-{account.name}", PodIdentityArgs(site.scope, place, eks.name, account, statements), site.in_aws
        )
        for account, statements in rights.items()
    ]


def _workload_rights(site: Site) -> dict[ServiceAccount, pulumi.Output[list[Statement]]]:
    """The coordinator takes the locks of failovers, the season scaler sets floors; both write events."""
    shared = Scope(site.environment.name)
    order = site.fleet.failover_order(site.region.replication.group)
    places = [Place(site.place.account_id, site.fleet.region(name).aws_region) for name in order]
    keys = pulumi.Output.all(*(site.of_global(KEYS, place.aws_region) for place in (site.place, *places)))

    def holds_locks(known: Sequence[str]) -> list[Statement]:
        return hold_locks(shared, dict(zip(places, known[1:], strict=True)), ["failover/*"])

    events = keys.apply(lambda known: append_to_audit_trail(shared, site.place, known[0]))
    locks = keys.apply(holds_locks)
    return {
        ServiceAccount(site.namespace, site.workloads.coordinator.name): pulumi.Output.all(locks, events).apply(
            lambda both: [*both[0], *both[1]]
        ),
        ServiceAccount(site.namespace, SEASON_SCALER): events.apply(lambda known: [*known, *scaler_rights(site)]),
    }


def _provider(site: Site, eks: _Eks, identities: Sequence[PodIdentity]) -> k8s.Provider:
    # ConfigMaps have fixed names and are mounted: they change in place instead of being away for a moment.
    mutable = True
    context = site.environment.context_of(site.region.name)
    if context is not None:
        return k8s.Provider("kubernetes", context=context, enable_config_map_mutable=mutable)
    config = pulumi.Output.all(eks.endpoint, eks.authority).apply(
        lambda known: kubeconfig(eks.title, known[0], known[1], site.region.aws_region)
    )
    # Identities too: a pod that starts before its own has none for as long as it lives.
    needs = pulumi.ResourceOptions(depends_on=[*eks.needs, *identities])
    return k8s.Provider("kubernetes", kubeconfig=config, enable_config_map_mutable=mutable, opts=needs)


def _add_ons(site: Site, eks: _Eks, paths: Paths, files: FileSystem) -> Site:
    workloads = site.workloads
    scaled = (workloads.performance_monitor, workloads.wedding_api, workloads.coordinator)
    add_ons = AddOns(
        "add-ons",
        AddOnsArgs(
            standard=workloads.cluster,
            cluster_name=eks.title,
            aws_region=site.region.aws_region,
            vpc_id=paths.vpc.vpc_id,
            metrics_namespace=workloads.mesh.metrics_namespace,
            custom_metrics=sorted({each.name for one in scaled for each in one.autoscaler.pods_metrics}),
        ),
        site.in_cluster,
    )
    storage = SharedStorage(
        "storage",
        SharedStorageArgs(site.environment.storage_class, files.id, site.environment.protect_data),
        site.in_cluster,
    )
    return site.after(add_ons, storage, *files.mount_targets)
