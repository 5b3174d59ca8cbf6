"""The Aurora global cluster of one replication group: what its regional members join."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope

ENGINE = aws.rds.EngineType.AURORA_POSTGRESQL


@dataclass(frozen=True)
class GlobalDatabaseArgs:
    """What a GlobalDatabase needs.

    `engine_version` is the bootstrap writer's, e.g. "15.10". `source_cluster_arn` is that of a cluster that exists
    already and becomes the first member, as a resident group's does when the group gets its second one.
    """

    scope: Scope
    group: str
    engine_version: str
    protect: bool
    source_cluster_arn: pulumi.Input[str] | None = None


class GlobalDatabase(pulumi.ComponentResource):
    """An encrypted Aurora PostgreSQL global cluster: without members, or around an existing one.

    GlobalDatabase("worldwide", GlobalDatabaseArgs(Scope("prod"), "worldwide", "15.10", protect=True))

    Which member writes is runtime state; nothing here says it.
    """

    id: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    """Host of whoever writes: Aurora moves it with a switchover or a failover."""

    def __init__(self, name: str, args: GlobalDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:database:GlobalDatabase", name, None, opts)
        empty = args.source_cluster_arn is None  # else engine, version and encryption are the source's
        cluster = aws.rds.GlobalCluster(
            name,
            global_cluster_identifier=args.scope.name(args.group),
            engine=ENGINE if empty else None,
            engine_version=args.engine_version if empty else None,
            storage_encrypted=True if empty else None,
            source_db_cluster_identifier=args.source_cluster_arn,
            deletion_protection=args.protect,
            tags=args.scope.tags(args.scope.name(args.group)) | {"wedsync:pci-dss": "in-scope"},
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.id, self.endpoint = cluster.id, cluster.endpoint
        self.register_outputs({"id": self.id, "endpoint": self.endpoint})
