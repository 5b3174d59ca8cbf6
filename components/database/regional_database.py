"""A region's member of a replication group: an Aurora PostgreSQL cluster, its writer and its readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.database.global_database import ENGINE
from components.scope import Scope
from regions.model import Database

PORT = 5432
DATABASE_NAME = "wedsync"
MASTER_USERNAME = "wedsync_admin"

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


@dataclass(frozen=True)
class RegionalDatabaseArgs:
    """What a RegionalDatabase needs.

    `bootstrap_writer` is true in the one region where the group's first writer is created: Aurora takes credentials
    there and refuses them on every other member. `birth_password` is the secret one that the cluster is created with.
    """

    scope: Scope
    group: str
    bootstrap_writer: bool
    database: Database
    global_cluster_id: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    subnet_ids: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    protect: bool
    birth_password: pulumi.Input[str]


class RegionalDatabase(pulumi.ComponentResource):
    """Subnet group, parameter groups, cluster in its global cluster, one writer and the readers on Serverless v2.

    RegionalDatabase("database", RegionalDatabaseArgs(Scope("prod", "us-east-1"), "worldwide", True, ...))

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
        self._title = args.scope.name(args.group)
        cluster = self._cluster(self._subnet_group(), self._security_group(), self._cluster_parameters())
        self._instances(cluster, self._instance_parameters())
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
        group = aws.ec2.SecurityGroup(
            self._name,
            name=f"{self._title}-database",
            description=f"Database of {self._args.scope.stack}",
            vpc_id=self._args.vpc_id,
            tags=self._tags(f"{self._title}-database"),
            opts=self._child(),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-from-vpc",
            security_group_id=group.id,
            description="PostgreSQL from inside the VPC",
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            cidr_ipv4=self._args.vpc_cidr,
            tags=self._tags(f"{self._title}-from-vpc"),
            opts=self._child(),
        )
        return group

    @property
    def _parameter_group_name(self) -> str:
        """With the major version: a new one makes groups beside the old ones, which are in use until then."""
        return f"{self._title}-pg{self._args.database.engine_version.split('.')[0]}"

    def _cluster_parameters(self) -> aws.rds.ClusterParameterGroup:
        database = self._args.database
        parameters = {
            **database.cluster_parameters,
            "statement_timeout": str(database.query_timeout_ms),
            "rds.force_ssl": "1",  # off by default before version 17 of Aurora PostgreSQL
        }
        return aws.rds.ClusterParameterGroup(
            self._name,
            name=self._parameter_group_name,
            family=database.parameter_group_family,
            description=f"Tuning of {self._title}",
            parameters=[
                {"name": key, "value": parameters[key], "apply_method": "immediate"} for key in sorted(parameters)
            ],
            tags=self._tags(self._parameter_group_name),
            opts=self._child(),
        )

    def _instance_parameters(self) -> aws.rds.ParameterGroup:
        parameters = self._args.database.instance_parameters
        return aws.rds.ParameterGroup(
            self._name,
            name=self._parameter_group_name,
            family=self._args.database.parameter_group_family,
            description=f"Tuning of the instances of {self._title}",
            parameters=[
                {"name": key, "value": parameters[key], "apply_method": "immediate"} for key in sorted(parameters)
            ],
            tags=self._tags(self._parameter_group_name),
            opts=self._child(),
        )

    def _cluster(
        self,
        subnets: aws.rds.SubnetGroup,
        security_group: aws.ec2.SecurityGroup,
        parameters: aws.rds.ClusterParameterGroup,
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
            copy_tags_to_snapshot=True,
            deletion_protection=args.protect,
            skip_final_snapshot=not args.protect,
            final_snapshot_identifier=f"{self._title}-final" if args.protect else None,
            tags=self._tags(self._title),
            opts=self._child(protect=args.protect, ignore_changes=RUNTIME_STATE),
        )

    def _instances(self, cluster: aws.rds.Cluster, parameters: aws.rds.ParameterGroup) -> None:
        writer = self._instance("0", cluster, parameters, after=None)
        for number in range(1, self._args.database.readers + 1):
            # Aurora makes the first instance the writer; side by side it would be whichever came first.
            self._instance(str(number), cluster, parameters, after=writer)

    def _instance(
        self,
        suffix: str,
        cluster: aws.rds.Cluster,
        parameters: aws.rds.ParameterGroup,
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
            preferred_maintenance_window=self._args.database.maintenance_window,
            auto_minor_version_upgrade=False,
            tags=self._tags(identifier),
            opts=self._child(protect=self._args.protect, depends_on=[after] if after else []),
        )
