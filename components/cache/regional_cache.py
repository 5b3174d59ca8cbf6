"""A region's Redis: one primary, replicas in other zones, encrypted, and closed until delivery opens it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network.openings import Opening, guarded
from components.scope import Scope
from regions.model import Cache, CacheStandard

PORT = 6379
ENGINE = "redis"
_NAME_LIMIT = 40  # of a replication group, a user and a user group

# Nobody can log in as `default`, which every user group must have. The commands are those that Redis gives a new user.
_CLOSED = "off -@all"


def user_group_id(scope: Scope) -> str:
    """The group of the users that a region's Redis lets in."""
    return scope.name("cache", _NAME_LIMIT)


def application_user_id(scope: Scope) -> str:
    """The user that delivery puts into that group."""
    return scope.name("cache-app", _NAME_LIMIT)


@dataclass(frozen=True)
class RegionalCacheArgs:
    """What a RegionalCache needs.

    `client_security_group_ids` are the groups of those that may connect, by what they are ("nodes"); nobody else can.
    """

    scope: Scope
    cache: Cache
    standard: CacheStandard
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    client_security_group_ids: Mapping[str, pulumi.Input[str]]
    key_arn: pulumi.Input[str]


class RegionalCache(pulumi.ComponentResource):
    """Subnet group, parameter group, security group, users, slow log, and the replication group itself.

    RegionalCache("cache", RegionalCacheArgs(scope, region.cache, workloads.cache, vpc.id, subnet_ids,
        {"nodes": nodes.id}, key.arn))

    It deliberately makes no user who can log in: `delivery.cache_access` does, so that no password is in any state. Who
    else is in the user group is therefore ignored here.
    """

    user_group_id: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    """Host of the primary, whoever it is; clients connect to it with TLS, on `port`."""
    reader_endpoint: pulumi.Output[str]
    port: pulumi.Output[int]

    def __init__(self, name: str, args: RegionalCacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:cache:RegionalCache", name, None, opts)
        self._name, self._args = name, args
        self._title = args.scope.name("cache", _NAME_LIMIT)
        users = self._user_group()
        group = self._replication_group(users)
        self.user_group_id = users.user_group_id
        self.endpoint = group.primary_endpoint_address
        self.reader_endpoint = group.reader_endpoint_address
        self.port = pulumi.Output.from_input(PORT)
        self.register_outputs({"endpoint": self.endpoint, "reader_endpoint": self.reader_endpoint, "port": self.port})

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _tags(self, name: str) -> dict[str, str]:
        return self._args.scope.tags(name) | {"wedsync:pci-dss": "in-scope"}

    def _user_group(self) -> aws.elasticache.UserGroup:
        title = self._args.scope.name("cache-default", _NAME_LIMIT)
        closed = aws.elasticache.User(
            f"{self._name}-default",
            user_id=title,
            user_name="default",
            engine=ENGINE,
            access_string=_CLOSED,
            authentication_mode={"type": "no-password-required"},
            tags=self._tags(title),
            opts=self._child(),
        )
        return aws.elasticache.UserGroup(
            self._name,
            user_group_id=user_group_id(self._args.scope),
            engine=ENGINE,
            user_ids=[closed.user_id],
            tags=self._tags(self._title),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["userIds"]),
        )

    def _replication_group(self, users: aws.elasticache.UserGroup) -> aws.elasticache.ReplicationGroup:
        cache, standard = self._args.cache, self._args.standard
        return aws.elasticache.ReplicationGroup(
            self._name,
            replication_group_id=self._title,
            description=f"Redis of {self._args.scope.stack}",
            engine=ENGINE,
            engine_version=standard.engine_version,
            node_type=cache.node_type,
            num_cache_clusters=1 + cache.replicas,
            port=PORT,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            subnet_group_name=self._subnet_group().name,
            security_group_ids=[self._security_group().id],
            parameter_group_name=self._parameter_group().name,
            user_group_ids=[users.user_group_id],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            kms_key_id=self._args.key_arn,
            snapshot_retention_limit=standard.snapshot_retention_days,
            snapshot_window=cache.snapshot_window,
            maintenance_window=cache.maintenance_window,
            auto_minor_version_upgrade=False,
            apply_immediately=False,
            log_delivery_configurations=[
                {
                    "destination": self._log_group().name,
                    "destination_type": "cloudwatch-logs",
                    "log_format": "json",
                    "log_type": "slow-log",
                }
            ],
            tags=self._tags(self._title),
            opts=self._child(),
        )

    def _subnet_group(self) -> aws.elasticache.SubnetGroup:
        return aws.elasticache.SubnetGroup(
            self._name,
            name=self._title,
            description=f"Cache subnets of {self._args.scope.stack}",
            subnet_ids=list(self._args.subnet_ids),
            tags=self._tags(self._title),
            opts=self._child(),
        )

    def _parameter_group(self) -> aws.elasticache.ParameterGroup:
        """With the family in its name: a new one makes a group beside the old one, which is in use until then."""
        family, parameters = self._args.standard.parameter_group_family, self._args.standard.parameters
        title = self._args.scope.name(f"cache-{family}", 255)
        return aws.elasticache.ParameterGroup(
            self._name,
            name=title,
            family=family,
            description=f"Settings of the Redis of {self._args.scope.stack}",
            parameters=[{"name": name, "value": parameters[name]} for name in sorted(parameters)],
            tags=self._tags(title),
            opts=self._child(),
        )

    def _security_group(self) -> aws.ec2.SecurityGroup:
        return guarded(
            self,
            self._name,
            self._args.scope.name("cache", 255),
            f"Redis of {self._args.scope.stack}",
            self._args.vpc_id,
            Opening("Redis", PORT, self._args.client_security_group_ids),
            self._tags,
        )

    def _log_group(self) -> aws.cloudwatch.LogGroup:
        name = f"/aws/elasticache/{self._title}/slow-log"
        return aws.cloudwatch.LogGroup(
            self._name,
            name=name,
            kms_key_id=self._args.key_arn,
            retention_in_days=self._args.standard.log_retention_days,
            tags=self._tags(self._args.scope.name("cache-slow-log", 255)),
            opts=self._child(),
        )
