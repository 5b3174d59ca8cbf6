"""Secrets in Secrets Manager that are made once: what is absent is written, and nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from delivery.steps import Plan, StepError

_CURRENT = "AWSCURRENT"


@dataclass(frozen=True)
class StoredSecret:
    """A secret that is to be there.

    `replicas` are the AWS regions that have a copy; none where a law keeps it in its own. `key` is the alias of the KMS
    key that encrypts it, one of that name in each of these regions; without one it is the account's default. `value` is
    called only if a value is to be written.
    """

    name: str
    description: str
    value: Callable[[], str]
    replicas: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Snapshot:
    """What Secrets Manager has of a secret. Values are not read."""

    exists: bool
    has_value: bool
    replicas: frozenset[str]


class Change(StrEnum):
    """What may be left to do."""

    CREATE = "secret"
    FILL = "value"
    REPLICATE = "copies in further regions"


def observe(secrets: Any, name: str) -> Snapshot:
    """Look at a secret in its home region.

    Args:
        secrets: boto3 client "secretsmanager" of that region.
    Raises:
        StepError: it waits for its deletion, or a copy could not be made.
    """
    try:
        found = secrets.describe_secret(SecretId=name)
    except secrets.exceptions.ResourceNotFoundException:
        return Snapshot(exists=False, has_value=False, replicas=frozenset())
    if "DeletedDate" in found:
        raise StepError(
            f"Secret {name} is scheduled for deletion. Take it back: "
            f"aws secretsmanager restore-secret --secret-id {name}"
        )
    copies = found.get("ReplicationStatus", [])
    for copy in copies:
        if copy["Status"] == "Failed":
            why = copy.get("StatusMessage", "no reason given")
            raise StepError(f"Secret {name} has no copy in {copy['Region']}: {why} Remove what is in the way there.")
    values = any(_CURRENT in stages for stages in found.get("VersionIdsToStages", {}).values())
    return Snapshot(exists=True, has_value=values, replicas=frozenset(copy["Region"] for copy in copies))


def decide(snapshot: Snapshot, wanted: StoredSecret) -> tuple[Change, ...]:
    """What is left to do. A copy that is not wanted stays: taking away is not for a command that makes."""
    if not snapshot.exists:
        return (Change.CREATE,)
    fill = () if snapshot.has_value else (Change.FILL,)
    return (*fill, Change.REPLICATE) if set(wanted.replicas) - snapshot.replicas else fill


def plan_secret(secrets: Any, wanted: StoredSecret) -> Plan:
    """Look at one secret, and decide.

    Args:
        secrets: boto3 client "secretsmanager" of the secret's home region.
    """
    snapshot = observe(secrets, wanted.name)
    changes = decide(snapshot, wanted)

    def act() -> None:
        for change in changes:
            _act(secrets, wanted, snapshot, change)

    return Plan(snapshot.exists, tuple(changes), act)


def _act(secrets: Any, wanted: StoredSecret, snapshot: Snapshot, change: Change) -> None:
    encrypted: dict[str, Any] = {"KmsKeyId": wanted.key} if wanted.key else {}
    copies = [{"Region": each, **encrypted} for each in wanted.replicas if each not in snapshot.replicas]
    if change is Change.CREATE:
        more: dict[str, Any] = {**encrypted, **({"AddReplicaRegions": copies} if copies else {})}
        secrets.create_secret(Name=wanted.name, Description=wanted.description, SecretString=wanted.value(), **more)
    elif change is Change.FILL:
        secrets.put_secret_value(SecretId=wanted.name, SecretString=wanted.value())
    else:
        secrets.replicate_secret_to_regions(SecretId=wanted.name, AddReplicaRegions=copies)
