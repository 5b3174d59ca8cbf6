"""Secrets with a user and a password, in Secrets Manager as moto answers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import boto3
import pytest
from moto import mock_aws

from components.security.secret_names import ROLES, database_role
from delivery.credentials import NoCredentialsError, ensure_credentials, read_credentials
from delivery.database_roles import read_role_credentials, role_secrets
from delivery.stored_secrets import plan_secret


@pytest.fixture
def secrets() -> Generator[Any]:
    with mock_aws():
        session: Any = boto3.Session("test", "test", region_name="eu-central-1")
        yield session.client("secretsmanager")


def make_roles(secrets: Any, group: str, replicas: Sequence[str] = ()) -> None:
    for secret in role_secrets(secrets, "prod", group, replicas, "alias/some-key"):
        plan_secret(secrets, secret).act()


def test_roles_of_a_group_have_names_and_passwords_of_their_own(secrets: Any) -> None:
    make_roles(secrets, "resident-eu")
    made = read_role_credentials(secrets, "prod", "resident-eu")
    assert {role: each.username for role, each in made.items()} == {
        "app": "resident_eu_app",
        "monitor": "resident_eu_monitor",
        "coordinator": "resident_eu_coordinator",
    }
    assert len({each.password for each in made.values()}) == len(ROLES)
    assert all(len(each.password) == 40 for each in made.values())


def test_they_are_made_once(secrets: Any) -> None:
    make_roles(secrets, "resident-eu")
    first = read_role_credentials(secrets, "prod", "resident-eu")
    make_roles(secrets, "resident-eu")
    assert read_role_credentials(secrets, "prod", "resident-eu") == first


def test_they_are_where_the_groups_members_are_and_nowhere_else(secrets: Any) -> None:
    make_roles(secrets, "resident-eu")
    make_roles(secrets, "worldwide", ["us-east-1"])

    def replicas(group: str) -> list[str]:
        described = secrets.describe_secret(SecretId=database_role("prod", group, "app"))
        return [each["Region"] for each in described.get("ReplicationStatus", [])]

    assert replicas("resident-eu") == []
    assert replicas("worldwide") == ["us-east-1"]


def test_a_secret_that_was_left_without_a_value_gets_one(secrets: Any) -> None:
    secrets.create_secret(Name="half-made")
    assert ensure_credentials(secrets, "half-made", "somebody") is True
    assert ensure_credentials(secrets, "half-made", "somebody") is False
    assert read_credentials(secrets, "half-made").username == "somebody"


def test_a_missing_secret_is_named_with_what_makes_it(secrets: Any) -> None:
    with pytest.raises(NoCredentialsError, match=r"Secret wedsync/prod/database/resident-eu/app .*`wedops bootstrap`"):
        read_role_credentials(secrets, "prod", "resident-eu")


def test_a_password_is_not_shown_by_accident(secrets: Any) -> None:
    ensure_credentials(secrets, "shown", "somebody")
    credentials = read_credentials(secrets, "shown")
    assert credentials.password not in repr(credentials)
