"""Rotation of a cluster's master password through the service's API, so that it is never in Pulumi's state.

Aurora offers no managed password to members of a global database, and with the official provider a write-only argument
still reaches the state's stored inputs (pulumi-terraform-bridge#3201). So a cluster is born with a random password that
nobody keeps, and this module gives it the one that counts: into Secrets Manager first (as AWSPENDING), then into the
database, then it is made AWSCURRENT. A crash between any two steps is resumed by the next call.
"""

from __future__ import annotations

import json
from typing import Any

_RESOURCE_TAG = "wedsync:cluster-resource-id"
_PENDING, _CURRENT = "AWSPENDING", "AWSCURRENT"
_LENGTH = 40


def secret_name(cluster_identifier: str) -> str:
    """The Secrets Manager name of a cluster's master credentials."""
    return f"{cluster_identifier}/master"


def ensure_master_password(rds: Any, secrets: Any, cluster_identifier: str) -> bool:
    """Give the cluster a password of its own, once in its life; whether this call did it.

    Args:
        rds: boto3 client "rds" of the cluster's region.
        secrets: boto3 client "secretsmanager" of the same region.
        cluster_identifier: the cluster that takes credentials: the writer of its replication group.

    The secret's value is JSON: username, password, host, port, dbname.
    """
    cluster = rds.describe_db_clusters(DBClusterIdentifier=cluster_identifier)["DBClusters"][0]
    name = secret_name(cluster_identifier)
    versions = _versions(secrets, name, cluster["DbClusterResourceId"])
    if _CURRENT in versions and _PENDING not in versions:
        return False
    if _PENDING not in versions:
        secrets.put_secret_value(SecretId=name, SecretString=_new_value(secrets, cluster), VersionStages=[_PENDING])
        # Only now: a secret that is tagged with this cluster and has no pending version counts as done.
        secrets.tag_resource(SecretId=name, Tags=_tags(cluster["DbClusterResourceId"]))
        # A secret's first version is made AWSCURRENT by the service as well, whatever stages were asked for.
        versions = _versions(secrets, name, cluster["DbClusterResourceId"])
    pending = json.loads(secrets.get_secret_value(SecretId=name, VersionStage=_PENDING)["SecretString"])
    rds.modify_db_cluster(
        DBClusterIdentifier=cluster_identifier, MasterUserPassword=pending["password"], ApplyImmediately=True
    )
    rds.get_waiter("db_cluster_available").wait(
        DBClusterIdentifier=cluster_identifier, WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )
    _promote(secrets, name, versions)
    return True


def _versions(secrets: Any, name: str, resource_id: str) -> dict[str, str]:
    """Version id by stage, another cluster's versions left out; the secret is made where there is none."""
    try:
        described = secrets.describe_secret(SecretId=name)
    except secrets.exceptions.ResourceNotFoundException:
        secrets.create_secret(Name=name, Description="Master credentials of an Aurora cluster")
        return {}
    stages = {stage: version for version, names in described.get("VersionIdsToStages", {}).items() for stage in names}
    belongs_to = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}.get(_RESOURCE_TAG)
    if belongs_to != resource_id:  # the cluster was made anew under the same name: its old password opens nothing
        return {}
    return stages


def _tags(resource_id: str) -> list[dict[str, str]]:
    return [{"Key": _RESOURCE_TAG, "Value": resource_id}]


def _new_value(secrets: Any, cluster: dict[str, Any]) -> str:
    password = secrets.get_random_password(PasswordLength=_LENGTH, ExcludePunctuation=True)["RandomPassword"]
    return json.dumps(
        {
            "username": cluster["MasterUsername"],
            "password": password,
            "host": cluster["Endpoint"],
            "port": cluster["Port"],
            "dbname": cluster["DatabaseName"],
        }
    )


def _promote(secrets: Any, name: str, versions: dict[str, str]) -> None:
    """Make the pending version the current one."""
    if versions.get(_CURRENT) != versions[_PENDING]:
        move: dict[str, Any] = {"SecretId": name, "VersionStage": _CURRENT, "MoveToVersionId": versions[_PENDING]}
        if _CURRENT in versions:
            move["RemoveFromVersionId"] = versions[_CURRENT]
        secrets.update_secret_version_stage(**move)
    secrets.update_secret_version_stage(SecretId=name, VersionStage=_PENDING, RemoveFromVersionId=versions[_PENDING])
