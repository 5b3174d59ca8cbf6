"""A program in a freeze window: what it says, and that it registers nothing."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pulumi
import pytest
from moto import mock_aws

from components.coordination.audit_table import audit_table_name
from components.scope import Scope
from guard.document import written
from guard.override import Approved
from regions.load import PACKAGE_DIRECTORY, load_fleet
from stacks import freeze_lock
from stacks.audit import AuditError, event, trail_in
from stacks.environment import Environment, load_environment
from stacks.freeze_lock import check_freeze
from stacks.program import run
from stacks.recording import run_under_mocks
from tests.guard.checkout import DOCUMENT, Checkout, made_at
from tests.guard.signing import ADA, AT, GRACE, MARY, OVERRIDE

FLEET = load_fleet()
PROD = load_environment("prod")
STACK = "prod-eu-central-1"
_ACCOUNT = "123456789012"  # moto's
WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
APPROVED = Approved(f"overrides/{DOCUMENT}", OVERRIDE, (ADA, GRACE))


@dataclass
class Told:
    """What a check says, where, and what it records."""

    preview: bool = False
    broken: bool = False
    warnings: list[str] = field(default_factory=list[str])
    recorded: list[tuple[str, str, datetime]] = field(default_factory=list[tuple[str, str, datetime]])

    def trail(self, approved: Approved, stack: str, at: datetime) -> None:
        if self.broken:
            raise AuditError("The table is not there.")
        self.recorded.append((approved.name, stack, at))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    made = Told()
    monkeypatch.setattr(freeze_lock.pulumi.runtime, "is_dry_run", lambda: made.preview)
    monkeypatch.setattr(freeze_lock.pulumi.log, "warn", made.warnings.append)
    return made


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return made_at(tmp_path / "project")


Check = Callable[..., None]


@pytest.fixture
def check(checkout: Checkout, told: Told) -> Check:
    def ask(stack: str = STACK, at: datetime = AT, environment: Environment = PROD) -> None:
        check_freeze(environment, FLEET, stack, at, checkout.path, told.trail)

    return ask


def test_an_open_stack_goes_on_without_a_word(check: Check, told: Told) -> None:
    check(at=WEDNESDAY)
    assert told == Told()


def test_an_environment_without_windows_goes_on(check: Check, told: Told) -> None:
    check("local-eu-central-1", environment=load_environment("local"))
    assert told == Told()


def test_a_blocked_update_raises_with_every_sentence(check: Check, told: Told) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        check()
    blocked, because, how = str(raised.value).split("\n")
    assert blocked.startswith(f"{STACK} is blocked until Sun 2026-11-29")
    assert "Saturday 2026-11-28" in because
    assert "wedops override request --environment prod --region eu-central-1" in how
    assert told == Told()


def test_a_blocked_preview_warns_with_the_same(check: Check, told: Told) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        check()
    told.preview = True
    check()
    assert told.warnings == [f"An update would be refused now.\n{raised.value}"]


def test_a_window_s_end_opens_it(check: Check) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        check()
    found = re.search(r"until \w+ (\d{4}-\d\d-\d\d \d\d:\d\d) UTC", str(raised.value))
    assert found
    end = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    check(at=end)
    with pytest.raises(pulumi.RunError):
        check(at=end - timedelta(microseconds=1))


def test_the_use_of_an_override_is_recorded_before_anything_else(check: Check, told: Told, checkout: Checkout) -> None:
    checkout.override()
    check()
    assert told.recorded == [(APPROVED.name, STACK, AT)]
    assert "may be changed though it is blocked" in told.warnings[0]
    with pytest.raises(pulumi.RunError, match=f"opens {STACK}, not prod"):
        check("prod")
    assert len(told.recorded) == 1


def test_a_preview_uses_no_override(check: Check, told: Told, checkout: Checkout) -> None:
    checkout.override()
    told.preview = True
    check()
    assert told.recorded == []


def test_outside_of_windows_no_override_is_used(check: Check, told: Told, checkout: Checkout) -> None:
    checkout.override()
    check(at=WEDNESDAY)
    assert told == Told()


def test_without_a_record_an_override_opens_nothing(check: Check, told: Told, checkout: Checkout) -> None:
    checkout.override()
    told.broken = True
    with pytest.raises(
        pulumi.RunError, match=f"{STACK} stays blocked: .*{DOCUMENT} cannot be recorded. The table is not"
    ):
        check()


def test_a_blocked_program_registers_nothing(tmp_path: Path) -> None:
    """And one with mistakes in its settings is told of those first."""
    project = _project(tmp_path)
    with pytest.raises(pulumi.RunError, match="is blocked until"):
        run_under_mocks(lambda: run("prod", AT, project), "prod")
    assert len(run_under_mocks(lambda: run("prod", WEDNESDAY, project), "prod").registered) > 100
    settings = project / "Pulumi.prod.yaml"
    settings.write_text(settings.read_text().replace("protect_data: true", "protect_data: perhaps"))
    with pytest.raises(pulumi.RunError, match="protect_data is 'perhaps'"):
        run_under_mocks(lambda: run("prod", AT, project), "prod")


def _project(path: Path) -> Path:
    checkout = made_at(path / "project")
    shutil.copytree(PACKAGE_DIRECTORY, checkout.path / "regions", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copy(PACKAGE_DIRECTORY.parent / "Pulumi.prod.yaml", checkout.path)
    return checkout.path


def test_an_event_says_who_uses_what_and_why() -> None:
    at = AT.replace(microsecond=7)
    told = dict(event(APPROVED, STACK, at, "arn:aws:sts::1:assumed-role/deploy/ada"))
    assert re.fullmatch(r"12:00:00\.000007Z#[0-9a-f-]{36}", told.pop("event"))
    assert told == {
        "day": "prod#2026-11-28",
        "action": "override:use",
        "actor": "arn:aws:sts::1:assumed-role/deploy/ada",
        "stack": STACK,
        "override": APPROVED.name,
        "document": f"sha256:{hashlib.sha256(written(OVERRIDE)).hexdigest()}",
        "approvers": f"{ADA}, {GRACE}",
        "requested_by": MARY,
        "reason": OVERRIDE.reason,
        "ticket": OVERRIDE.ticket,
        "tree": OVERRIDE.tree,
        "expires": "2026-11-28T14:00:00Z",
    }


@pytest.fixture
def table() -> Generator[Any]:
    """The audit trail's copy in Frankfurt, in an account that moto makes up."""
    with mock_aws():
        session: Any = boto3.Session("test", "test", region_name="eu-central-1")
        keys = {"day": "HASH", "event": "RANGE"}
        made = session.resource("dynamodb").create_table(
            TableName=audit_table_name(Scope("prod")),
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        yield made


def test_a_use_is_in_the_trail_of_the_region(table: Any) -> None:
    trail_in("eu-central-1", _ACCOUNT)(APPROVED, STACK, AT)
    [item] = table.scan()["Items"]
    expected = dict(event(APPROVED, STACK, AT, item["actor"]))
    assert {**item, "event": ""} == {**expected, "event": ""}
    assert item["actor"].startswith(f"arn:aws:sts::{_ACCOUNT}:")


def test_credentials_of_another_account_write_nothing(table: Any) -> None:
    with pytest.raises(AuditError, match=f"of the account {_ACCOUNT}, not of 444455556666: use those of prod"):
        trail_in("eu-central-1", PROD.account_id)(APPROVED, STACK, AT)
    assert table.scan()["Count"] == 0


def test_without_a_table_it_says_what_to_do(table: Any) -> None:
    with pytest.raises(AuditError, match=r"ResourceNotFoundException.*Is the global stack up"):
        trail_in("us-west-1", _ACCOUNT)(APPROVED, STACK, AT)
    assert table.scan()["Count"] == 0


def test_without_aws_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_ACCESS_KEY_ID", "x")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with pytest.raises(AuditError, match="AWS says: Could not connect"):
        trail_in("eu-central-1", _ACCOUNT)(APPROVED, STACK, AT)
