"""The keys of an environment's secrets: one of its own in every AWS region, under the same alias.

They are no multi-region key: what one region's key has encrypted opens nowhere else. The home one is also the secrets
provider of the Pulumi stacks, and encrypts their bucket.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from components.place import Place
from components.scope import Scope
from components.security.key_policy import key_policy
from components.security.secret_names import secrets_key_alias
from delivery.steps import Plan, StepError


@dataclass(frozen=True)
class Snapshot:
    """What KMS has: `alias_of` is the id of the alias' key, `key_id` that of the key which was made for it."""

    key_id: str | None
    alias_of: str | None
    rotates: bool
    policy: Any


CREATE, ALIAS, ROTATE, POLICY = "key", "alias", "rotation", "policy"


def plan_key(kms: Any, environment: str, place: Place) -> Plan:
    """Look at the key in one AWS region, and decide.

    Args:
        kms: boto3 client "kms" of that region.
    Raises:
        StepError: it waits for its deletion, or is switched off.
    """
    alias = secrets_key_alias(environment)
    snapshot = observe(kms, alias)
    changes = decide(snapshot, place)

    def act() -> None:
        key_id = snapshot.key_id
        if CREATE in changes:
            key_id = _create(kms, environment, place)
        if ALIAS in changes:
            kms.create_alias(AliasName=alias, TargetKeyId=key_id)
        if POLICY in changes:
            kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=_policy(place))
        if ROTATE in changes:
            kms.enable_key_rotation(KeyId=key_id)

    return Plan(snapshot.alias_of is not None, changes, act)


def observe(kms: Any, alias: str) -> Snapshot:
    """Look at the alias' key, or else at one that was made for it before something went wrong.

    Raises:
        StepError: the key is of no use in its state.
    """
    try:
        found = kms.describe_key(KeyId=alias)["KeyMetadata"]
    except kms.exceptions.NotFoundException:
        orphan = _orphan(kms, alias)
        return _snapshot(kms, orphan, None)
    if found["KeyState"] != "Enabled":
        raise StepError(
            f"The key of {alias} is {found['KeyState']}, so its secrets cannot be read. Take it back: aws kms "
            f"cancel-key-deletion, then enable-key, --key-id {found['KeyId']}"
        )
    return _snapshot(kms, found["KeyId"], found["KeyId"])


def _snapshot(kms: Any, key_id: str | None, alias_of: str | None) -> Snapshot:
    if key_id is None:
        return Snapshot(None, None, rotates=False, policy=None)
    return Snapshot(
        key_id,
        alias_of,
        rotates=kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"],
        policy=json.loads(kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]),
    )


def _orphan(kms: Any, alias: str) -> str | None:
    for page in kms.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            metadata = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if metadata["KeyManager"] != "CUSTOMER" or metadata["KeyState"] != "Enabled":
                continue
            tags = kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]
            if {"TagKey": "Name", "TagValue": _title(alias)} in tags:
                return key["KeyId"]
    return None


def decide(snapshot: Snapshot, place: Place) -> tuple[str, ...]:
    """What is left to do, in its order."""
    if snapshot.key_id is None:
        return (CREATE, ALIAS, ROTATE)
    left = {
        ALIAS: snapshot.alias_of is None,
        POLICY: snapshot.policy != json.loads(_policy(place)),
        ROTATE: not snapshot.rotates,
    }
    return tuple(what for what, needed in left.items() if needed)


def _create(kms: Any, environment: str, place: Place) -> str:
    alias = secrets_key_alias(environment)
    tags = Scope(environment).tags(_title(alias)) | {"wedsync:managed-by": "bootstrap"}
    made = kms.create_key(
        Description=f"Secrets of environment {environment}",
        Policy=_policy(place),
        Tags=[{"TagKey": key, "TagValue": value} for key, value in tags.items()],
    )
    return made["KeyMetadata"]["KeyId"]


def _policy(place: Place) -> str:
    return key_policy(place, notifies=False)


def _title(alias: str) -> str:
    return alias.removeprefix("alias/")
