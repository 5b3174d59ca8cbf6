"""Secrets that hold a user name and a password: made once, in Secrets Manager, never in Pulumi."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from delivery.steps import StepError
from delivery.stored_secrets import StoredSecret, plan_secret

_CURRENT = "AWSCURRENT"
_LENGTH = 40


class NoCredentialsError(StepError):
    """A secret that must have been made before is missing; the message says which, and what makes it."""


@dataclass(frozen=True)
class Credentials:
    """A user, and its password. `version` is that of the secret; another one is another password."""

    username: str
    password: str = field(repr=False)
    version: str


def credentials_secret(
    secrets: Any, name: str, username: str, replicas: Sequence[str] = (), key: str = ""
) -> StoredSecret:
    """The secret `name` of a user, with a new password.

    Args:
        secrets: boto3 client "secretsmanager", for its random numbers.
        replicas, key: see StoredSecret.
    """

    def value() -> str:
        # Without punctuation: it is put into URLs and into PgBouncer's list of users.
        password = secrets.get_random_password(PasswordLength=_LENGTH, ExcludePunctuation=True)["RandomPassword"]
        return json.dumps({"username": username, "password": password})

    return StoredSecret(name, f"Password of {username}", value, tuple(replicas), key)


def ensure_credentials(secrets: Any, name: str, username: str) -> bool:
    """Make the secret `name` with a new password, unless it has one; whether this call did it.

    Args:
        secrets: boto3 client "secretsmanager" of the secret's home region.

    A crash after the secret was made and before it has a value is finished by the next call.
    """
    plan = plan_secret(secrets, credentials_secret(secrets, name, username))
    plan.act()
    return bool(plan.changes)


def read_credentials(secrets: Any, name: str, stage: str = _CURRENT) -> Credentials:
    """The user and password that a secret holds.

    Raises:
        NoCredentialsError: there is no such secret, or it has no value at that stage yet.
    """
    try:
        found = secrets.get_secret_value(SecretId=name, VersionStage=stage)
    except secrets.exceptions.ResourceNotFoundException as error:
        raise NoCredentialsError(f"Secret {name} has no {stage} value: run `wedops bootstrap` first.") from error
    value = json.loads(found["SecretString"])
    return Credentials(value["username"], value["password"], found["VersionId"])
