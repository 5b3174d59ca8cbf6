"""A region's member of a replication group: an Aurora PostgreSQL cluster, its writer and its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.database.cluster_monitoring import ClusterMonitoring, ClusterMonitoringArgs
from components.database.global_database import ENGINE
from components.database.parameters import cluster_parameters, instance_parameters
from components.network.openings import Opening, guarded
from components.place import Place
from components.scope import Scope
from regions.model import Database, DatabaseStandard

PORT = 5432
DATABASE_NAME = "wedsync"
MASTER_USERNAME = "wedsync_admin"
# Of a cluster and its instances, whose names are the cluster's with a number.
_NAME_LIMIT = 63 - len("-15")

# What a failover, the season scaler or a credential rotation changes while the program stands still. It is declared for
# the cluster's birth only; a later `up` that put it back would undo a failover.
RUNTIME_STATE = [
    "globalClusterIdentifier",
    "replicationSourceIdentifier",
    "masterUsername",
    "masterPasswordWo",
    "masterPasswordWoVersion",
    "databaseName",
    "serverlessv2ScalingConfiguration.minCapacity",
]


def cluster_identifier(scope: Scope, group: str) -> str:
    """The identifier of a region's cluster in a replication group."""
    return scope.name(group, _NAME_LIMIT)


@dataclass(frozen=True)
class RegionalDatabaseArgs:
    """What a RegionalDatabase needs. `place` is where it is.

    `bootstrap_writer` is true in the one region where the group's first writer is created: Aurora takes credentials
    there and refuses them on every other member. `birth_password` is the secret one that the cluster is created with.
    `global_cluster_id` is None for a group that has one member and needs none. `client_security_group_ids` are the
    groups of those that may connect, by what they are ("nodes"), `client_prefix_list_ids` lists of address ranges, of
    other regions' poolers; nobody else can.
    """

    scope: Scope
    place: Place
    group: str
    bootstrap_writer: bool
    database: Database
    standard: DatabaseStandard
    global_cluster_id: pulumi.Input[str] | None
    vpc_id: pulumi.Input[str]
    client_security_group_ids: Mapping[str, pulumi.Input[str]]
    subnet_ids: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    protect: bool
    birth_password: pulumi.Input[str]
    client_prefix_list_ids: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])


class RegionalDatabase(pulumi.ComponentResource):
    """Subnet group, parameter groups, log group, cluster in its global cluster, writer and readers on Serverless v2.

    RegionalDatabase("database", RegionalDatabaseArgs(Scope("prod", "us-east-1"), place, "worldwide", True, ...))

    It deliberately manages no password: the one the cluster is born with should be random and known to nobody;
    `delivery.master_password` replaces it through the service's API, outside Pulumi's state.
    """

    cluster_identifier: pulumi.Output[str]
    arn: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    reader_endpoint: pulumi.Output[str]
    port: pulumi.Output[int]

    def __init__(self, name: str, args: RegionalDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:database:RegionalDatabase", name, None, opts)
        self._name, self._args = name, args
        self._title = cluster_identifier(args.scope, args.group)
        monitoring = self._monitoring()
        cluster = self._cluster(self._subnet_group(), self._security_group(), self._cluster_parameters(), monitoring)
        self._instances(cluster, self._instance_parameters(), monitoring)
        self.cluster_identifier = cluster.cluster_identifier
        self.arn = cluster.arn
        self.endpoint = cluster.endpoint
        self.reader_endpoint = cluster.reader_endpoint
        self.port = cluster.port
        self.register_outputs({"endpoint": self.endpoint, "reader_endpoint": self.reader_endpoint, "port": self.port})

    def _child(self, **options: object) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions.merge(pulumi.ResourceOptions(parent=self), pulumi.ResourceOptions(**options))  # pyright: ignore[reportArgumentType]

    def _tags(self, name: str) -> dict[str, str]:
        return self._args.scope.tags(name) | {
            "wedsync:replication-group": self._args.group,
            "wedsync:pci-dss": "in-scope",
        }

    def _subnet_group(self) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            self._name,
            name=self._title,
            description=f"Database subnets of {self._args.scope.stack}",
            subnet_ids=list(self._args.subnet_ids),
            tags=self._tags(self._title),
            opts=self._child(),
        )

    def _security_group(self) -> aws.ec2.SecurityGroup:
        return guarded(
            self,
            self._name,
            f"{self._title}-database",
            f"Database of {self._args.scope.stack}",
            self._args.vpc_id,
            Opening(
                "PostgreSQL",
                PORT,
                from_groups=self._args.client_security_group_ids,
                from_lists=self._args.client_prefix_list_ids,
            ),
            self._tags,
        )

    @property
    def _parameter_group_name(self) -> str:
        """With the major version: a new one makes groups beside the old ones, which are in use until then."""
        return f"{self._title}-pg{self._args.database.engine_version.split('.')[0]}"

    def _cluster_parameters(self) -> aws.rds.ClusterParameterGroup:
        return aws.rds.ClusterParameterGroup(
            self._name,
            name=self._parameter_group_name,
            family=self._args.database.parameter_group_family,
            description=f"Tuning of {self._title}",
            parameters=[{**each} for each in cluster_parameters(self._args.database, self._args.standard)],
            tags=self._tags(self._parameter_group_name),
            opts=self._child(),
        )

    def _instance_parameters(self) -> aws.rds.ParameterGroup:
        return aws.rds.ParameterGroup(
            self._name,
            name=self._parameter_group_name,
            family=self._args.database.parameter_group_family,
            description=f"Tuning of the instances of {self._title}",
            parameters=[{**each} for each in instance_parameters(self._args.database)],
            tags=self._tags(self._parameter_group_name),
            opts=self._child(),
        )

    def _monitoring(self) -> ClusterMonitoring:
        args = self._args
        return ClusterMonitoring(
            self._name,
            ClusterMonitoringArgs(
                scope=args.scope,
                place=args.place,
                group=args.group,
                cluster_identifier=self._title,
                key_arn=args.key_arn,
                log_retention_days=args.standard.log_retention_days,
                tags=self._tags(self._title),
                protect=args.protect,
            ),
            self._child(),
        )

    def _cluster(
        self,
        subnets: aws.rds.SubnetGroup,
        security_group: aws.ec2.SecurityGroup,
        parameters: aws.rds.ClusterParameterGroup,
        monitoring: ClusterMonitoring,
    ) -> aws.rds.Cluster:
        args = self._args
        birth = args.bootstrap_writer
        return aws.rds.Cluster(
            self._name,
            cluster_identifier=self._title,
            global_cluster_identifier=args.global_cluster_id,
            engine=ENGINE,
            engine_mode="provisioned",
            engine_version=args.database.engine_version,
            database_name=DATABASE_NAME if birth else None,
            master_username=MASTER_USERNAME if birth else None,
            master_password_wo=pulumi.Output.secret(args.birth_password) if birth else None,
            master_password_wo_version=1 if birth else None,
            iam_database_authentication_enabled=True,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[security_group.id],
            db_cluster_parameter_group_name=parameters.name,
            serverlessv2_scaling_configuration={
                "min_capacity": args.database.min_acu,
                "max_capacity": args.database.max_acu,
            },
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            backup_retention_period=args.database.backup_retention_days,
            preferred_backup_window=args.database.backup_window,
            preferred_maintenance_window=args.database.maintenance_window,
            # A deployment has its own window: what it changes is done when it ends.
            apply_immediately=True,
            copy_tags_to_snapshot=True,
            enabled_cloudwatch_logs_exports=["postgresql"],
            # What Performance Insights was; it shows statements as they were sent, so it has the data's own key.
            database_insights_mode="advanced",
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            performance_insights_retention_period=args.standard.insights_retention_days,
            deletion_protection=args.protect,
            skip_final_snapshot=not args.protect,
            final_snapshot_identifier=f"{self._title}-final" if args.protect else None,
            tags=self._tags(self._title),
            opts=self._child(protect=args.protect, ignore_changes=RUNTIME_STATE, depends_on=[monitoring.log_group]),
        )

    def _instances(
        self, cluster: aws.rds.Cluster, parameters: aws.rds.ParameterGroup, monitoring: ClusterMonitoring
    ) -> None:
        writer = self._instance("0", cluster, parameters, monitoring, after=None)
        for number in range(1, self._args.database.readers + 1):
            # Aurora makes the first instance the writer; side by side it would be whichever came first.
            self._instance(str(number), cluster, parameters, monitoring, after=writer)

    def _instance(
        self,
        suffix: str,
        cluster: aws.rds.Cluster,
        parameters: aws.rds.ParameterGroup,
        monitoring: ClusterMonitoring,
        after: aws.rds.ClusterInstance | None,
    ) -> aws.rds.ClusterInstance:
        identifier = f"{self._title}-{suffix}"
        return aws.rds.ClusterInstance(
            f"{self._name}-{suffix}",
            identifier=identifier,
            cluster_identifier=cluster.cluster_identifier,
            engine=ENGINE,
            engine_version=self._args.database.engine_version,
            instance_class="db.serverless",
            db_parameter_group_name=parameters.name,
            publicly_accessible=False,
            monitoring_interval=self._args.standard.monitoring_interval_seconds,
            monitoring_role_arn=monitoring.role_arn,
            preferred_maintenance_window=self._args.database.maintenance_window,
            auto_minor_version_upgrade=False,
            apply_immediately=True,
            tags=self._tags(identifier),
            opts=self._child(protect=self._args.protect, depends_on=[after] if after else []),
        )
