"""`wedops override request`: a document of what is checked out, or what is wrong with what was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from guard.document import read_document
from guard.repository import committed_tree
from tests.delivery.override.commands import (
    ASKED,
    BAD_INPUT,
    FAILED,
    VALID,
    Override,
)
from tests.guard.checkout import Checkout
from tests.guard.signing import MARY

REGION = ("--region", "eu-central-1")


def test_a_request_writes_a_document_of_what_is_checked_out(override: Override, checkout: Checkout) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    result = override(
        "request", *ASKED, "-r", "eu-central-1", "-s", "prod", "-r", "us-east-1", "-s", "prod-eu-central-1"
    )
    assert result.exit_code == VALID, result.output
    (path,) = (checkout.path / "overrides").glob("*.yaml")
    written = read_document(path.read_bytes(), path.name)
    assert before <= written.not_before <= datetime.now(UTC)
    assert path.name == f"{written.not_before:%Y-%m-%dt%H%M%Sz}-ops-1234.yaml"
    assert written.stacks == ("prod-eu-central-1", "prod-us-east-1", "prod")
    assert (written.requested_by, written.tree) == (MARY, committed_tree(checkout.path))
    assert str(path) in result.stdout
    assert f"wedops override sign overrides/{path.name} --key" in result.stdout


def test_a_request_of_the_same_second_writes_over_nothing(override: Override, checkout: Checkout) -> None:
    now = datetime.now(UTC)
    for seconds in range(60):
        name = f"{now + timedelta(seconds=seconds):%Y-%m-%dt%H%M%Sz}-ops-1234.yaml"
        checkout.write(f"overrides/{name}", "mine")
    result = override("request", *ASKED, "--region", "eu-central-1")
    assert (result.exit_code, "is there already" in result.stderr) == (BAD_INPUT, True)
    assert {path.read_text() for path in (checkout.path / "overrides").glob("*.yaml")} == {"mine"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Give what to open: --region, or --stack for a stack by its name."),
        (("-r", "eu-centrl-1"), "--region eu-centrl-1: no region of prod; did you mean 'eu-central-1'?"),
        (("-s", "staging-us-east-1"), "--stack staging-us-east-1: no stack of prod"),
        ((*REGION, "--hours", "4.1"), "--hours 4.1: an override counts for more than 0 and at most 4 hours."),
        ((*REGION, "--hours", "0"), "--hours 0: an override counts for more than 0"),
        ((*REGION, "--hours", "-1"), "--hours -1: an override counts for more than 0"),
        ((*REGION, "--hours", "nan"), "--hours nan: an override counts for more than 0"),
        ((*REGION, "--hours", "0.0001"), "expires is"),
        ((*REGION, "--reason", "short"), "override: reason is 'short': must be text of at most 500 characters"),
        ((*REGION, "--ticket", "-"), "override: ticket is '-': must be text such as 'OPS-1234'"),
        ((*REGION, "--environment", "prd"), "Pulumi.prd.yaml: no such environment."),
    ],
)
def test_a_wrong_request_is_told_and_writes_nothing(
    override: Override, checkout: Checkout, arguments: tuple[str, ...], said: str
) -> None:
    result = override("request", *ASKED, *arguments)
    assert result.exit_code == BAD_INPUT, result.output
    assert said in result.stderr
    assert list((checkout.path / "overrides").glob("*.yaml")) == []


def test_every_wrong_place_and_every_wrong_field_is_told_at_once(override: Override) -> None:
    result = override("request", *ASKED, "-r", "x", "-r", "y", "-s", "z")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["--region x", "--region y", "--stack z"]
    result = override("request", *ASKED, *REGION, "--reason", "short", "--ticket", "-")
    assert [line.split()[1] for line in result.stderr.splitlines()] == ["reason", "ticket"]


def test_only_a_commit_can_be_requested(override: Override, checkout: Checkout) -> None:
    checkout.write("program.py", "print(1)")
    result = override("request", *ASKED, *REGION)
    assert (result.exit_code, result.stdout) == (FAILED, "")
    assert "The work tree is not what is committed: program.py." in result.stderr
