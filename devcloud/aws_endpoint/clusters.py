"""From moto's RDS objects to what should run: assigns servers and addresses, and derives the desired state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from moto.rds.models import rds_backends

from devcloud.aws_endpoint.addresses import LoopbackNetwork
from devcloud.aws_endpoint.configuration import server_settings
from devcloud.aws_endpoint.installation import Installation
from devcloud.aws_endpoint.records import ClusterRecord, InstanceRecord, record_of
from devcloud.aws_endpoint.specs import Address, Credentials, Desired, EndpointSpec, ServerSpec


def all_clusters() -> Iterator[Any]:
    for _account, _region, backend in rds_backends.iter_backends():
        for cluster in backend.clusters.values():  # pyright: ignore[reportAttributeAccessIssue] - an RDSBackend
            if record_of(cluster) is not None:
                yield cluster


def global_cluster_of(cluster: Any) -> Any:
    """The global cluster that a cluster is a member of, or None."""
    return next((found for found in global_clusters(cluster.account_id) if cluster in found.members), None)


def global_clusters(account: str) -> Iterator[Any]:
    for backend in rds_backends[account].values():
        yield from backend.global_clusters.values()


def primary_of(cluster: Any) -> Any:
    """The cluster whose writer this cluster's data comes from: itself, unless it is a secondary."""
    found = global_cluster_of(cluster)
    if found is None:
        return cluster
    return next((member for member in found.members if member.is_writer), cluster)


class Assignments:
    """Gives clusters and instances their servers and addresses."""

    def __init__(self, network: LoopbackNetwork) -> None:
        self._network = network

    def add_cluster(self, cluster: Any, requested_port: int | None) -> None:
        """Give a new cluster its endpoints and its first server."""
        cluster.port = requested_port or self._network.default_port
        hosts: list[str] = []
        for _ in range(3):
            hosts.append(self._network.free_address(cluster.port, self._taken() | set(hosts)))
        writer = InstanceRecord(
            f"{cluster.region}.{cluster.db_cluster_identifier}.{cluster.url_identifier}-1", hosts[2]
        )
        cluster.devcloud = ClusterRecord(writer_host=hosts[0], reader_host=hosts[1], writer=writer)

    def add_instance(self, instance: Any) -> None:
        """The first instance of a cluster is the server that the cluster has; others get their own."""
        cluster = instance.cluster
        record: ClusterRecord = cluster.devcloud
        instance.port = cluster.port
        siblings = [record_of(member) for member in members_of(cluster) if member is not instance]
        if all(sibling.server != record.writer.server for sibling in siblings):
            instance.devcloud = record.writer
            return
        server = f"{cluster.region}.{cluster.db_cluster_identifier}.{cluster.url_identifier}-{record.next_number}"
        record.next_number += 1
        instance.devcloud = InstanceRecord(server, self._network.free_address(cluster.port, self._taken()))

    def follow_writer(self, cluster: Any) -> None:
        """After a delete or a failover: the server of the writer instance is the cluster's writer."""
        cluster.designate_writer()
        writer = cluster.writer
        if writer is not None:
            cluster.devcloud.writer = writer.devcloud

    def _taken(self) -> set[str]:
        taken: set[str] = set()
        for cluster in all_clusters():
            record: ClusterRecord = cluster.devcloud
            taken |= {record.writer_host, record.reader_host, record.writer.host}
            taken |= {record_of(member).host for member in members_of(cluster) if record_of(member)}
        return taken


def members_of(cluster: Any) -> list[Any]:
    """The DB instances of a cluster, without side effects (moto's `members` designates a writer)."""
    return list(cluster._members)


def desired_state(installation: Installation) -> Desired:
    """What should run, by the API objects."""
    servers: list[ServerSpec] = []
    endpoints: list[EndpointSpec] = []
    for cluster in all_clusters():
        specs = list(_servers_of(cluster, installation))
        servers.extend(specs)
        endpoints.extend(_endpoints_of(cluster, specs))
    return Desired(tuple(servers), tuple(endpoints))


def _servers_of(cluster: Any, installation: Installation) -> Iterator[ServerSpec]:
    record: ClusterRecord = cluster.devcloud
    source: ClusterRecord = primary_of(cluster).devcloud
    instances = {record_of(member).server: member for member in members_of(cluster) if record_of(member)}
    records = {record.writer.server: record.writer} | {name: record_of(member) for name, member in instances.items()}
    for name, server in records.items():
        group = _parameters(cluster, instances.get(name))
        primary = name == source.writer.server
        yield ServerSpec(
            id=name,
            address=Address(server.host, cluster.port),
            upstream=None if primary else source.writer.server,
            settings=tuple(server_settings(group, installation.parameters, installation.libraries).items()),
            force_tls=group.get("rds.force_ssl") in ("1", "on", "true"),
            credentials=_credentials(cluster) if primary else None,
        )


def _endpoints_of(cluster: Any, specs: list[ServerSpec]) -> Iterator[EndpointSpec]:
    record: ClusterRecord = cluster.devcloud
    server = record.writer.server
    writer = next(spec.address for spec in specs if spec.id == server)
    readers = tuple(spec.address for spec in specs if spec.id != server)
    yield EndpointSpec(Address(record.writer_host, cluster.port), server, (writer,))
    yield EndpointSpec(Address(record.reader_host, cluster.port), server, readers or (writer,))


def _parameters(cluster: Any, instance: Any) -> dict[str, str]:
    """The values of the cluster's group, and over them those of the instance's group."""
    groups = [cluster.backend.db_cluster_parameter_groups.get(cluster.parameter_group)]
    if instance is not None and instance.db_parameter_group_name:
        groups.append(instance.backend.db_parameter_groups.get(instance.db_parameter_group_name))
    values: dict[str, str] = {}
    for group in groups:
        for name, parameter in (group.parameters if group else {}).items():
            if parameter.get("ParameterValue") is not None:
                values[name] = str(parameter["ParameterValue"])
    return values


def _credentials(cluster: Any) -> Credentials | None:
    if getattr(cluster, "manage_master_user_password", False):
        secret = cluster.master_user_secret
        current = secret.secretsmanager.get_secret_value(secret.secret.arn, version_id="", version_stage="AWSCURRENT")
        password = json.loads(current["SecretString"])["password"]
    else:
        password = getattr(cluster, "_master_user_password", None)
    if not cluster.master_username or not password:
        return None
    return Credentials(cluster.master_username, password, cluster.database_name)


def parameter_rejection(installation: Installation, scratch: Path) -> Callable[[Mapping[str, str]], str | None]:
    """The check of a parameter group's values by PostgreSQL itself; what only Aurora knows passes."""

    def rejection(values: Mapping[str, str]) -> str | None:
        settings = server_settings(values, installation.parameters, installation.libraries)
        return installation.rejection(settings, scratch)

    return rejection
