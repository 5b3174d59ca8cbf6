"""What a deployment does for the next ones, in IAM as moto answers."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from components.scope import Scope
from components.security.bootstrap_roles import freeze_policy, freeze_policy_arn
from delivery.aws import Clients
from delivery.bootstrap.command import freeze_step
from delivery.bootstrap.freeze_boundary import freeze_boundary
from delivery.deploy.ending import ending
from delivery.deploy.renewal import renew
from delivery.deploy.review import Result, Review
from delivery.deploy.subject import Subject, Surroundings, subject_of
from delivery.steps import State, run

BEFORE, NOW = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC)
SCOPE, ACCOUNT = Scope("prod", "eu-central-1"), "123456789012"  # moto's
ARN = freeze_policy_arn(ACCOUNT, SCOPE)


@pytest.fixture
def subject() -> Subject:
    found = subject_of("prod-eu-central-1", Surroundings(now=lambda: NOW))
    return replace(found, environment=found.environment.model_copy(update={"account_id": ACCOUNT}))


@pytest.fixture
def clients() -> Generator[Clients]:
    with mock_aws():
        session: Any = boto3.Session("test", "test")

        @cache
        def client(service: str, aws_region: str) -> Any:
            return session.client(service, aws_region)

        yield client


def _bounded(subject: Subject, clients: Clients) -> None:
    step = freeze_step(subject.environment, subject.fleet, SCOPE, clients("iam", "us-east-1"), BEFORE)
    assert [outcome.state for outcome in run([step], dry_run=False)] == [State.MADE]


def _text(clients: Clients) -> Any:
    iam = clients("iam", "us-east-1")
    version = iam.get_policy(PolicyArn=ARN)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=ARN, VersionId=version)["PolicyVersion"]["Document"]


def test_the_role_stays_open_for_another_half_year(subject: Subject, clients: Clients) -> None:
    _bounded(subject, clients)
    assert renew(subject, clients) == ()
    assert _text(clients) == freeze_boundary(subject.fleet, SCOPE, NOW) != freeze_boundary(subject.fleet, SCOPE, BEFORE)


def test_one_that_is_not_there_is_not_made_by_a_deployment(subject: Subject, clients: Clients) -> None:
    (said,) = renew(subject, clients)
    assert f"The boundary {freeze_policy(SCOPE)}" in said
    assert "was not renewed: there is none" in said
    assert "wedops bootstrap --environment prod" in said
    with pytest.raises(ClientError, match="NoSuchEntity"):
        _text(clients)


def test_credentials_that_may_not_are_told_and_the_deployment_is_done(subject: Subject) -> None:
    denied: Any = {"Error": {"Code": "AccessDenied", "Message": "explicit deny"}}

    class Iam:
        class exceptions:  # noqa: N801 - boto3's name
            NoSuchEntityException = KeyError

        def get_policy(self, **_: str) -> None:
            raise ClientError(denied, "GetPolicy")

    notes = renew(subject, lambda *_: Iam())
    assert "AccessDenied" in notes[0]
    colour, text = ending(Review(subject.stack, subject.verdict(), notes=notes), Result.DONE)
    assert (colour, text) == ("green", f"prod-eu-central-1: done.\n{notes[0]}")


def test_without_windows_nothing_is_asked(subject: Subject) -> None:
    open_all_year = replace(subject, environment=subject.environment.model_copy(update={"freeze": False}))

    def none(*_: str) -> Any:
        raise AssertionError("no client is needed")

    assert renew(open_all_year, none) == ()
