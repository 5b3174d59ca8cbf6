"""Small books, a small usage file and resources for bills that are worked out by hand.

The prices are public ones of us-east-1, and some of another region. They are written out here so that the arithmetic of
a test can be read in one place, and stays as it is when the price book is renewed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from costs import tokens
from costs.basis import Basis
from costs.estimate import estimate
from costs.free import load_free
from costs.items import Item, WorldwideItem, instance_key, node_key, unit_of
from costs.lines import Estimate, Line
from costs.months import Month
from costs.prices import WORLDWIDE, Price, PriceBook, PriceBooks
from costs.resources import Resource
from costs.seasonal_use import SeasonalUse, unplanned
from costs.usage import Usage

NOVEMBER = Month(2026, 11)
HOURS = Decimal(720)

PRICES: Mapping[str, str] = {
    Item.ACU_HOUR: "0.12",
    Item.ACU_HOUR_IO_OPTIMIZED: "0.16",
    Item.AURORA_IO: "0.20",
    Item.AURORA_STORAGE: "0.10",
    Item.AURORA_STORAGE_IO_OPTIMIZED: "0.225",
    Item.AURORA_BACKUP: "0.021",
    Item.AURORA_EXPORT: "0.010",
    Item.AURORA_REPLICATED_WRITE: "0.20",
    Item.DATABASE_INSIGHTS: "0.003125",
    Item.EKS_CLUSTER: "0.10",
    Item.EBS_GP3: "0.08",
    Item.NAT_HOUR: "0.045",
    Item.NAT_DATA: "0.045",
    Item.PUBLIC_IPV4: "0.005",
    Item.ENDPOINT_HOUR: "0.01",
    Item.ENDPOINT_DATA: "0.01",
    Item.TGW_ATTACHMENT: "0.05",
    Item.TGW_DATA: "0.02",
    Item.CROSS_ZONE: "0.01",
    Item.OTHER_REGION: "0.02",
    Item.EGRESS_FIRST: "0.09",
    Item.EGRESS_SECOND: "0.085",
    Item.EGRESS_THIRD: "0.07",
    Item.EGRESS_REST: "0.05",
    Item.NLB_HOUR: "0.0225",
    Item.NLB_LCU: "0.006",
    Item.CACHE_BACKUP: "0.085",
    Item.EFS_STANDARD: "0.30",
    Item.EFS_INFREQUENT: "0.025",
    Item.EFS_READ: "0.03",
    Item.EFS_WRITE: "0.06",
    Item.KMS_KEY: "1.00",
    Item.KMS_REQUEST: "0.03",
    Item.LOGS_INGESTED: "0.50",
    Item.LOGS_STORED: "0.03",
    Item.ALARM: "0.10",
    Item.ALARM_HIGH_RESOLUTION: "0.30",
    Item.ALARM_COMPOSITE: "0.50",
    Item.SECRET: "0.40",
    Item.SECRET_REQUEST: "0.05",
    Item.TABLE_WRITE: "0.625",
    Item.TABLE_REPLICATED_WRITE: "0.625",
    Item.TABLE_READ: "0.125",
    Item.TABLE_STORAGE: "0.25",
    Item.TABLE_BACKUP: "0.20",
    Item.S3_STANDARD: "0.023",
    Item.S3_GLACIER_IR: "0.004",
    Item.S3_DEEP_ARCHIVE: "0.00099",
    Item.S3_PUT: "0.005",
    Item.SNS_EMAIL: "2.00",
    Item.STATE_TRANSITION: "0.025",
    Item.ECR_STORAGE: "0.10",
    instance_key("m6i.2xlarge"): "0.384",
    node_key("cache.r7g.large"): "0.219",
}
WORLDWIDE_PRICES: Mapping[str, str] = {
    WorldwideItem.ZONE: "0.50",
    WorldwideItem.QUERIES: "0.40",
    WorldwideItem.HEALTH_CHECK: "0.50",
    WorldwideItem.HEALTH_CHECK_FEATURE: "1.00",
}
FRANKFURT: Mapping[str, str] = {
    **PRICES,
    Item.ACU_HOUR: "0.14",
    Item.TGW_ATTACHMENT: "0.06",
    Item.OTHER_REGION: "0.05",
    Item.TABLE_STORAGE: "0.306",
}

USAGE = Usage.model_validate_json(
    """{
    "database": {
        "storage_gb": 500, "resident_storage_gb": 100, "requests_per_operation": 0.5, "write_percent": 20,
        "resident_percent": 30, "capacity_factor": 1.5, "changed_percent_a_day": 2, "monitoring_gb": 1.5
    },
    "exports": { "size_percent": 30, "kept": 24, "objects": 1000, "transitions": 600 },
    "network": {
        "internet_gb": 20000, "nat_gb": 900, "cross_zone_gb": 10000, "endpoints_gb": 400, "backbone_gb": 100,
        "replication_gb": 600, "load_balancer_units": 20, "internal_load_balancer_units": 1
    },
    "files": { "used_percent": 60, "infrequent_percent": 50, "read_gb": 300, "written_gb": 600 },
    "cache_snapshot_gb": 8,
    "logs": { "ingested_gb": { "flow-logs": 300, "other": 1 }, "stored_percent": 15 },
    "queries_million": 60,
    "key_requests": 300000,
    "tables": { "writes_million": 1, "reads_million": 3, "storage_gb": 2 },
    "repository_gb": 3,
    "emails": 300,
    "optimisations": {
        "cacheable_percent": 50, "hit_percent": 80, "query_capacity_percent": 20, "infrequent_percent": 75
    }
}"""
)


def book(prices: Mapping[str, str]) -> PriceBook:
    """A book of these prices, with the units that they must be in."""
    return PriceBook(
        prices={
            str(key): Price(value=value, unit=unit_of(key), source="https://aws.amazon.com/pricing/", date=None)
            for key, value in prices.items()
        }
    )


BOOKS = PriceBooks({"us-east-1": book(PRICES), "eu-central-1": book(FRANKFURT), WORLDWIDE: book(WORLDWIDE_PRICES)})


def basis(
    season: SeasonalUse | None = None, *, aws_region: str = "us-east-1", share: str = "0.5", usage: Usage = USAGE
) -> Basis:
    """November 2026 (720 hours); half of the fleet's 1,000 operations a second."""
    return Basis(
        aws_region=aws_region,
        month=NOVEMBER,
        books=BOOKS,
        usage=usage,
        season=season or unplanned(HOURS),
        share=Decimal(share),
        home="us-east-1",
        fleet_operations=Decimal(1000),
    )


def priced(resources: Sequence[Resource], on: Basis | None = None) -> Estimate:
    """The estimate of a stack of these resources."""
    return estimate(resources, on or basis(), load_free())


def lines_of(resource: Resource, *others: Resource, on: Basis | None = None) -> dict[str, Line]:
    """The lines of one resource in a stack with others, by item; it is priced, whatever the others are."""
    result = priced([resource, *others], on)
    assert resource.label not in {each.resource for each in result.unpriced}, result.unpriced
    return {line.item: line for line in result.lines if line.resource == resource.label}


def usd(lines: Mapping[str, Line]) -> dict[str, Decimal]:
    """What each item costs."""
    return {item: line.monthly_usd for item, line in lines.items()}


def cluster(name: str = "worldwide", **changes: object) -> Resource:
    """A member of a global cluster, which does not start as the writer."""
    inputs: dict[str, object] = {
        "clusterIdentifier": f"wedsync-{name}",
        "globalClusterIdentifier": "wedsync-global",
        "backupRetentionPeriod": 35,
        "databaseInsightsMode": "advanced",
        "serverlessv2ScalingConfiguration": {"minCapacity": 4, "maxCapacity": 64},
    }
    return Resource(tokens.DATABASE_CLUSTER, name, _changed(inputs, changes))


def instance(name: str = "worldwide", **changes: object) -> Resource:
    """An instance of that cluster."""
    inputs: dict[str, object] = {
        "instanceClass": "db.serverless",
        "clusterIdentifier": f"wedsync-{name}",
        "monitoringInterval": 10,
    }
    return Resource(tokens.DATABASE_INSTANCE, name, _changed(inputs, changes))


def nodes(**changes: object) -> tuple[Resource, Resource]:
    """A pool of nodes, and the launch template with its disks."""
    inputs: dict[str, object] = {
        "labels": {tokens.POOL_LABEL: "general"},
        "instanceTypes": ["m6i.2xlarge"],
        "scalingConfig": {"minSize": 6, "maxSize": 21, "desiredSize": 6},
    }
    disks = {"blockDeviceMappings": [{"ebs": {"volumeType": "gp3", "volumeSize": 100}}]}
    return (
        Resource(tokens.NODE_GROUP, "nodes-general", _changed(inputs, changes)),
        Resource(tokens.LAUNCH_TEMPLATE, "nodes-general", disks),
    )


def season(acu: Mapping[str, str] | None = None, pools: Mapping[str, Mapping[int, str]] | None = None) -> SeasonalUse:
    """A month whose hours, by floor, are these."""
    return SeasonalUse(
        HOURS,
        {Decimal(floor): Decimal(hours) for floor, hours in (acu or {}).items()},
        {
            pool: {count: Decimal(hours) for count, hours in by_count.items()}
            for pool, by_count in (pools or {}).items()
        },
    )


def _changed(inputs: dict[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Without what is changed to None."""
    return {key: value for key, value in {**inputs, **changes}.items() if value is not None}
