"""What a deploy role may do to what is its stack's own: databases, keys, tables, log groups, buckets. Pure.

Databases, tables, log groups and buckets are told by the names that Scope gives them, keys by the tag `wedsync:stack`.
https://docs.aws.amazon.com/service-authorization/latest/reference/ says what of it each action can be held to.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.coordination.audit_table import audit_table_name
from components.coordination.lock_table import lock_table_name
from components.scope import Scope
from delivery.bootstrap.guard import ARN, READS_OF_DATABASES, TAKES_DATABASES_AWAY, Statement, residents_stay
from delivery.bootstrap.names import state_bucket
from regions.fleet import Fleet
from regions.model import Region
from stacks.environment import Environment

HELD_TO_ITS_OWN = ("dynamodb", "kms", "logs", "rds")
"""The services that statements of this module are about."""

# Membership is made and ended in the member's region; everything else of a global cluster is its own stack's.
_MEMBERSHIP = ("rds:CreateDBCluster", "rds:RemoveFromGlobalCluster")
_BUCKET_SETTINGS = (
    "s3:CreateBucket",
    "s3:DeleteBucket*",
    "s3:GetBucket*",
    "s3:PutBucket*",
    "s3:ListBucket*",
    "s3:GetAccelerateConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:*EncryptionConfiguration",
    "s3:*LifecycleConfiguration",
    "s3:ListTagsForResource",
    "s3:TagResource",
    "s3:UntagResource",
)
# Of groups, not of what is written in them.
_LOG_GROUPS = (
    "logs:*LogGroup",
    "logs:*RetentionPolicy",
    "logs:*KmsKey",
    "logs:ListTagsForResource",
    "logs:TagResource",
    "logs:UntagResource",
)
# Flow logs and Redis are delivered for who asks for it. None of these can be held to a group.
_LOG_DELIVERY = ("logs:*LogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:Describe*")


def region_databases(environment: Environment, fleet: Fleet, region: Region) -> list[Statement]:
    """Clusters of the region's names, and their places in the global clusters of their groups."""
    account, own = environment.account_id, f"{Scope(environment.name, region.name).name()}-*"
    there = f"{ARN}:rds:{region.aws_region}:{account}"
    return [
        {
            "Sid": "Databases",
            "Effect": "Allow",
            "Action": "rds:*",
            # Whoever makes a cluster names the option group that the engine comes with.
            "Resource": [
                f"{there}:*:{own}",
                _global_cluster(account, own),
                f"{there}:og:default:*",
            ],
        },
        {
            "Sid": "Memberships",
            "Effect": "Allow",
            "Action": list(_MEMBERSHIP),
            "Resource": [_global_cluster(account, each) for each in _memberships(environment, fleet, region)],
        },
        # That a member hears of its writer; copies need rights of their own.
        _reads_databases("rds:CrossRegionCommunication"),
    ]


def _memberships(environment: Environment, fleet: Fleet, region: Region) -> list[str]:
    """The identifiers of global clusters: the global stack makes worldwide groups', bootstrap writers residents'."""
    shared, residency = Scope(environment.name), region.residency
    identifiers = [shared.name(region.replication.group)]
    if residency and residency.resident_cluster:
        group = residency.resident_cluster.group
        identifiers.append(Scope(environment.name, fleet.bootstrap_writer(group).name).name(group))
    return identifiers


def global_databases(environment: Environment, fleet: Fleet) -> list[Statement]:
    """The global clusters of worldwide groups, without their members."""
    account, scope = environment.account_id, Scope(environment.name)
    groups = dict.fromkeys(region.replication.group for region in fleet.regions.values())
    return [
        {
            "Sid": "GlobalClusters",
            "Effect": "Allow",
            "Action": ["rds:*GlobalCluster", "rds:AddTagsToResource", "rds:RemoveTagsFromResource"],
            "Resource": [_global_cluster(account, scope.name(each)) for each in groups],
        },
        # The service asks for it on the cluster that a global one is put around, too.
        {
            "Sid": "NewGlobalClusters",
            "Effect": "Allow",
            "Action": "rds:CreateGlobalCluster",
            "Resource": f"{ARN}:rds:*:{account}:cluster:*",
        },
        _reads_databases(),
        *residents_stay(environment, fleet),
    ]


def _reads_databases(*more: str) -> Statement:
    return {
        "Sid": "ReadsDatabases",
        "Effect": "Allow",
        "Action": [*READS_OF_DATABASES, *more],
        "Resource": "*",
    }


def _global_cluster(account: str, identifier: str) -> str:
    return f"{ARN}:rds::{account}:global-cluster:{identifier}"


def keys(environment: Environment, scope: Scope, aws_regions: Sequence[str]) -> list[Statement]:
    """All keys but other stacks'.

    A denial by tag, not a permission: KMS may take five minutes to know a new key's tags, and the stack sets a key up
    in the seconds after it made it. Bootstrap's key has statements of its own.
    """
    account = environment.account_id
    return [
        {
            "Sid": "Keys",
            "Effect": "Allow",
            "Action": "kms:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": list(aws_regions)}},
        },
        {
            "Sid": "OthersKeysStay",
            "Effect": "Deny",
            "Action": "kms:*",
            "Resource": f"{ARN}:kms:*:{account}:key/*",
            "Condition": {
                "Null": {"aws:ResourceTag/wedsync:stack": "false"},
                "StringNotEquals": {
                    "aws:ResourceTag/wedsync:stack": scope.stack,
                    "aws:ResourceTag/wedsync:managed-by": "bootstrap",
                },
            },
        },
    ]


def tables(environment: Environment, scope: Scope) -> Statement:
    """Locks and audit trail. Whoever adds a copy to a region needs all actions on their items."""
    there = f"{ARN}:dynamodb:*:{environment.account_id}:table"
    names = (lock_table_name(scope), audit_table_name(scope))
    return {
        "Sid": "Tables",
        "Effect": "Allow",
        "Action": "dynamodb:*",
        "Resource": [arn for each in names for arn in (f"{there}/{each}", f"{there}/{each}/*")],
    }


def log_groups(environment: Environment, scope: Scope, aws_region: str) -> list[Statement]:
    """The settings of the region's log groups; nobody who deploys has to read a log."""
    group, name = f"{ARN}:logs:{aws_region}:{environment.account_id}:log-group", scope.name()
    return [
        {
            "Sid": "LogGroups",
            "Effect": "Allow",
            "Action": list(_LOG_GROUPS),
            "Resource": [f"{group}:*/{name}/*", f"{group}:*/{name}-*", f"{group}:/wedsync/{scope.stack}/*"],
        },
        {
            "Sid": "LogDelivery",
            "Effect": "Allow",
            "Action": list(_LOG_DELIVERY),
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": aws_region}},
        },
    ]


def buckets(scope: Scope) -> Statement:
    """The settings of the region's buckets, not what is in them."""
    return {
        "Sid": "Buckets",
        "Effect": "Allow",
        "Action": list(_BUCKET_SETTINGS),
        "Resource": f"{ARN}:s3:::{scope.name()}-*",
    }


def data_stays(environment: Environment) -> list[Statement]:
    """What no deployment does to data: copy a database away, read exports, or end their lock."""
    return [
        {"Sid": "DatabasesStay", "Effect": "Deny", "Action": list(TAKES_DATABASES_AWAY), "Resource": "*"},
        {
            "Sid": "ObjectsStay",
            "Effect": "Deny",
            "Action": ["s3:BypassGovernanceRetention", "s3:DeleteObjectVersion"],
            "Resource": "*",
        },
        {
            "Sid": "NoObjectsButStates",
            "Effect": "Deny",
            "Action": ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"],
            "NotResource": f"{ARN}:s3:::{state_bucket(environment)}/*",
        },
    ]
