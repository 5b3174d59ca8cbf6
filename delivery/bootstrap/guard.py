"""Parts of IAM policies that several of bootstrap's have alike. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.coordination.audit_table import audit_table_name
from components.coordination.table_access import CHANGES_OF_EVENTS
from components.database.regional_database import cluster_identifier
from components.scope import Scope
from components.security.bootstrap_roles import ROLES_PATH
from components.security.boundary import boundary_arn
from components.security.secret_names import secrets_key_alias
from regions.fleet import Fleet
from regions.model import Region
from stacks.environment import Environment

Statement = dict[str, Any]

ARN = "arn:aws"
GITHUB = "token.actions.githubusercontent.com"
"""Who vouches for GitHub's workflows."""

READS_OF_DATABASES = ("rds:Describe*", "rds:ListTagsForResource")
COPIES_DATABASES = (
    "rds:CopyDBClusterSnapshot",
    "rds:CopyDBSnapshot",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "rds:StartDBInstanceAutomatedBackupsReplication",
)
"""What puts a copy of a database into another region, or lets another account make one."""
TAKES_DATABASES_AWAY = (*COPIES_DATABASES, "rds:StartExportTask")
"""The same, and what writes one into a bucket: the exports' own workflow does it, nobody else has to."""


def document(statements: Sequence[Statement]) -> dict[str, Any]:
    """A policy."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def oidc_provider_arn(account_id: str) -> str:
    """The ARN of GitHub's identity provider in an account."""
    return f"{ARN}:iam::{account_id}:oidc-provider/{GITHUB}"


def bootstrap_stays(environment: Environment) -> list[Statement]:
    """Nobody changes what holds them: bootstrap's own roles, the boundary, and who vouches for workflows."""
    account = environment.account_id
    boundary = boundary_arn(account, environment.name)
    return [
        {
            "Sid": "BootstrapStays",
            "Effect": "Deny",
            "NotAction": ["iam:Get*", "iam:List*", "sts:*"],
            "Resource": [f"{ARN}:iam::{account}:role{ROLES_PATH}*", boundary, oidc_provider_arn(account)],
        },
        {
            "Sid": "BoundariesStay",
            "Effect": "Deny",
            "Action": "iam:DeleteRolePermissionsBoundary",
            "Resource": "*",
        },
        {
            "Sid": "RolesAreBounded",
            "Effect": "Deny",
            "Action": ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": boundary}},
        },
    ]


def events_stay(environment: Environment) -> Statement:
    """Nobody changes what the audit trail says."""
    table = audit_table_name(Scope(environment.name))
    return {
        "Sid": "EventsStay",
        "Effect": "Deny",
        "Action": list(CHANGES_OF_EVENTS),
        "Resource": f"{ARN}:dynamodb:*:{environment.account_id}:table/{table}",
    }


def residents_stay(environment: Environment, fleet: Fleet) -> list[Statement]:
    """Nobody takes a resident group's data out of the AWS regions of its members; nothing where there is none.

    Told by name and by tag: what Aurora makes of a cluster has its name, what people make of it has its tags. Nor does
    anybody put a global cluster around it, through which one more call would copy it; its own region's stack may.
    """
    groups = _resident_groups(fleet)
    if not groups:
        return []
    names = {group: _named(environment, members, group) for group, members in groups.items()}
    copies = {"Effect": "Deny", "Action": [*TAKES_DATABASES_AWAY, "rds:CreateGlobalCluster"]}
    tagged = {"StringEquals": {"aws:ResourceTag/wedsync:replication-group": list(groups)}}
    return [
        *(
            {
                "Sid": f"ResidentsAtHome{number}",
                "Effect": "Deny",
                "NotAction": list(READS_OF_DATABASES),
                "Resource": names[group],
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": [each.aws_region for each in members]}},
            }
            for number, (group, members) in enumerate(groups.items())
        ),
        {"Sid": "ResidentsByName", **copies, "Resource": [arn for group in groups for arn in names[group]]},
        {"Sid": "ResidentsByTag", **copies, "Resource": "*", "Condition": tagged},
    ]


def _resident_groups(fleet: Fleet) -> dict[str, tuple[Region, ...]]:
    """The members of each resident group."""
    places = [region.residency.resident_cluster for region in fleet.regions.values() if region.residency]
    return {place.group: fleet.members(place.group) for place in places if place}


def _named(environment: Environment, members: Sequence[Region], group: str) -> list[str]:
    """Clusters, instances, snapshots and global clusters of a group, as patterns of ARNs."""
    names = [cluster_identifier(Scope(environment.name, each.name), group) for each in members]
    return [f"{ARN}:rds:*:{environment.account_id}:*:{each}*" for each in names]


def on_secrets_key(environment: Environment) -> dict[str, Any]:
    """A condition: the key is one of the environment's secrets, in whatever region."""
    return {"ForAnyValue:StringEquals": {"kms:ResourceAliases": secrets_key_alias(environment.name)}}
