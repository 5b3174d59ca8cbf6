"""The Aurora global cluster of one replication group: what its regional members join."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.scope import Scope

ENGINE = aws.rds.EngineType.AURORA_POSTGRESQL


@dataclass(frozen=True)
class GlobalDatabaseArgs:
    """What a GlobalDatabase needs. `engine_version` is the bootstrap writer's, e.g. "15.10"."""

    scope: Scope
    group: str
    engine_version: str
    protect: bool


class GlobalDatabase(pulumi.ComponentResource):
    """An encrypted Aurora PostgreSQL global cluster without members.

    GlobalDatabase("worldwide", GlobalDatabaseArgs(Scope("prod"), "worldwide", "15.10", protect=True))

    Which member writes is runtime state; nothing here says it.
    """

    id: pulumi.Output[str]

    def __init__(self, name: str, args: GlobalDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:database:GlobalDatabase", name, None, opts)
        cluster = aws.rds.GlobalCluster(
            name,
            global_cluster_identifier=args.scope.name(args.group),
            engine=ENGINE,
            engine_version=args.engine_version,
            storage_encrypted=True,
            deletion_protection=args.protect,
            tags=args.scope.tags(args.scope.name(args.group)),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )
        self.id = cluster.id
        self.register_outputs({"id": self.id})
