"""Secrets that are made once, in Secrets Manager as moto answers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from delivery.stored_secrets import Change, Snapshot, StoredSecret, decide, observe, plan_secret

NOWHERE = Snapshot(exists=False, has_value=False, replicas=frozenset())


@pytest.fixture
def secrets() -> Generator[Any]:
    with mock_aws():
        session: Any = boto3.Session("test", "test", region_name="eu-central-1")
        yield session.client("secretsmanager")


def wanted(*replicas: str, value: str = "a value") -> StoredSecret:
    return StoredSecret("some/name", "For a test", lambda: value, replicas, "alias/some-key")


def found(*replicas: str, has_value: bool = True) -> Snapshot:
    return Snapshot(exists=True, has_value=has_value, replicas=frozenset(replicas))


@pytest.mark.parametrize(
    ("snapshot", "secret", "changes"),
    [
        (NOWHERE, wanted("us-east-1"), (Change.CREATE,)),
        (found(), wanted(), ()),
        (found(has_value=False), wanted(), (Change.FILL,)),
        (found(), wanted("us-east-1"), (Change.REPLICATE,)),
        (found("us-east-1"), wanted("us-east-1", "us-west-1"), (Change.REPLICATE,)),
        (found(has_value=False), wanted("us-east-1"), (Change.FILL, Change.REPLICATE)),
        # Taking a copy away is not for a command that makes.
        (found("us-east-1"), wanted(), ()),
    ],
)
def test_what_is_left_to_do(snapshot: Snapshot, secret: StoredSecret, changes: tuple[Change, ...]) -> None:
    assert decide(snapshot, secret) == changes


@pytest.mark.parametrize("change", ["made", "copied"])
def test_every_copy_is_encrypted_with_the_key_of_its_region(secrets: Any, change: str) -> None:
    asked: dict[str, Any] = {}
    operation = "CreateSecret" if change == "made" else "ReplicateSecretToRegions"
    if change == "copied":
        plan_secret(secrets, wanted()).act()
    secrets.meta.events.register(
        f"provide-client-params.secrets-manager.{operation}", lambda params, **_: asked.update(params)
    )
    plan_secret(secrets, wanted("us-east-1", "us-west-1")).act()
    copies = [{"Region": each, "KmsKeyId": "alias/some-key"} for each in ("us-east-1", "us-west-1")]
    assert asked["AddReplicaRegions"] == copies
    assert observe(secrets, "some/name") == found("us-east-1", "us-west-1")


def test_a_value_is_never_overwritten(secrets: Any) -> None:
    plan_secret(secrets, wanted(value="first")).act()
    plan_secret(secrets, wanted("us-east-1", value="second")).act()
    assert secrets.get_secret_value(SecretId="some/name")["SecretString"] == "first"


def test_a_value_is_made_only_when_it_is_written(secrets: Any) -> None:
    plan_secret(secrets, wanted()).act()

    def value() -> str:
        raise AssertionError("asked for a value")

    again = plan_secret(secrets, StoredSecret("some/name", "For a test", value))
    again.act()
    assert again.changes == ()
