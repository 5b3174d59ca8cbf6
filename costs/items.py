"""What has a price: the keys of the price book, with the unit that each is in."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Self

from regions.fleet import Fleet

HOUR = "hour"
GB = "GB"
GB_MONTH = "GB-month"


class _Key(StrEnum):
    """A key of the price book that knows its unit."""

    unit: str

    def __new__(cls, key: str, unit: str) -> Self:
        """Make a member of its key and its unit."""
        item = str.__new__(cls, key)
        item._value_ = key
        item.unit = unit
        return item


class Item(_Key):
    """A price that every AWS region of the fleet needs; types of instances and nodes have keys of their own."""

    ACU_HOUR = "aurora.acu_hour", "ACU-hour"
    ACU_HOUR_IO_OPTIMIZED = "aurora.acu_hour_io_optimized", "ACU-hour"
    AURORA_IO = "aurora.io_requests", "million requests"
    AURORA_STORAGE = "aurora.storage", GB_MONTH
    AURORA_STORAGE_IO_OPTIMIZED = "aurora.storage_io_optimized", GB_MONTH
    AURORA_BACKUP = "aurora.backup", GB_MONTH
    AURORA_EXPORT = "aurora.snapshot_export", GB
    AURORA_REPLICATED_WRITE = "aurora.replicated_writes", "million writes"
    DATABASE_INSIGHTS = "aurora.database_insights", "ACU-hour"
    EKS_CLUSTER = "eks.cluster", HOUR
    EBS_GP3 = "ebs.gp3", GB_MONTH
    NAT_HOUR = "nat.hour", HOUR
    NAT_DATA = "nat.data", GB
    PUBLIC_IPV4 = "vpc.public_ipv4", HOUR
    ENDPOINT_HOUR = "vpc.endpoint", HOUR
    ENDPOINT_DATA = "vpc.endpoint_data", GB
    TGW_ATTACHMENT = "tgw.attachment", HOUR
    TGW_DATA = "tgw.data", GB
    CROSS_ZONE = "transfer.cross_zone", GB
    OTHER_REGION = "transfer.other_region", GB
    EGRESS_FIRST = "transfer.internet_first_10_tb", GB
    EGRESS_SECOND = "transfer.internet_next_40_tb", GB
    EGRESS_THIRD = "transfer.internet_next_100_tb", GB
    EGRESS_REST = "transfer.internet_beyond", GB
    NLB_HOUR = "nlb.hour", HOUR
    NLB_LCU = "nlb.lcu", "LCU-hour"
    CACHE_BACKUP = "elasticache.backup", GB_MONTH
    EFS_STANDARD = "efs.standard", GB_MONTH
    EFS_INFREQUENT = "efs.infrequent_access", GB_MONTH
    EFS_READ = "efs.elastic_read", GB
    EFS_WRITE = "efs.elastic_write", GB
    KMS_KEY = "kms.key", "key-month"
    KMS_REQUEST = "kms.requests", "10,000 requests"
    LOGS_INGESTED = "logs.ingested", GB
    LOGS_STORED = "logs.stored", GB_MONTH
    ALARM = "cloudwatch.alarm", "metric-month"
    ALARM_HIGH_RESOLUTION = "cloudwatch.alarm_high_resolution", "metric-month"
    ALARM_COMPOSITE = "cloudwatch.alarm_composite", "alarm-month"
    SECRET = "secrets.secret", "secret-month"
    SECRET_REQUEST = "secrets.requests", "10,000 requests"
    TABLE_WRITE = "dynamodb.writes", "million writes"
    TABLE_REPLICATED_WRITE = "dynamodb.replicated_writes", "million writes"
    TABLE_READ = "dynamodb.reads", "million reads"
    TABLE_STORAGE = "dynamodb.storage", GB_MONTH
    TABLE_BACKUP = "dynamodb.point_in_time_recovery", GB_MONTH
    S3_STANDARD = "s3.standard", GB_MONTH
    S3_GLACIER_IR = "s3.glacier_instant_retrieval", GB_MONTH
    S3_DEEP_ARCHIVE = "s3.deep_archive", GB_MONTH
    S3_PUT = "s3.puts", "1,000 requests"
    SNS_EMAIL = "sns.email", "100,000 e-mails"
    STATE_TRANSITION = "sfn.transitions", "1,000 transitions"
    ECR_STORAGE = "ecr.storage", GB_MONTH


class WorldwideItem(_Key):
    """A price that is the same wherever it is asked."""

    ZONE = "route53.zone", "zone-month"
    QUERIES = "route53.queries", "million queries"
    HEALTH_CHECK = "route53.health_check", "check-month"
    HEALTH_CHECK_FEATURE = "route53.health_check_feature", "feature-month"


def instance_key(instance_type: str) -> str:
    """Return the key of an EC2 instance type, e.g. "m6i.2xlarge"."""
    return f"ec2.{instance_type}"


def node_key(node_type: str) -> str:
    """Return the key of an ElastiCache node type, e.g. "cache.r7g.large"."""
    return f"elasticache.{node_type}"


def unit_of(key: str) -> str:
    """Return the unit that a key's price must be in.

    Raises:
        ValueError: there is no such key.
    """
    if key.startswith(("ec2.", "elasticache.cache.")):
        return HOUR
    if key in set(WorldwideItem):
        return WorldwideItem(key).unit
    return Item(key).unit


def needed(fleet: Fleet, aws_region: str) -> Iterator[str]:
    """Yield the keys that the book of an AWS region must have for the fleet's regions there."""
    yield from (item.value for item in Item)
    pools = fleet.workloads.cluster.pools
    yield from sorted({instance_key(pool.instance_type) for pool in (pools.general, pools.wedding_optimised)})
    yield from sorted(
        {node_key(region.cache.node_type) for region in fleet.regions.values() if region.aws_region == aws_region}
    )
