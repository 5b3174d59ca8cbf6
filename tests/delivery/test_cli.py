"""`wedops` from the command line: what it prints, what it never prints, and how it ends."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from delivery.bootstrap.api_certificate import ApiCertificate, api_names, self_signed
from delivery.bootstrap.certificates import utc_now
from delivery.cli import app
from regions.load import load_fleet
from stacks.environment import load_environment

REGIONS = ("us-east-1", "us-west-1", "eu-central-1", "ap-southeast-1")

Wedops = Callable[..., Result]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "test")
    for variable in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    with mock_aws():
        yield


@pytest.fixture
def wedops() -> Wedops:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run


@pytest.fixture
def prod(monkeypatch: pytest.MonkeyPatch) -> None:
    """Production, in moto's account."""
    made = load_environment("prod").model_copy(update={"account_id": "123456789012"})

    def load(name: str) -> object:
        assert name == "prod"
        return made

    monkeypatch.setattr("stacks.environment.load_environment", load)


@pytest.fixture
def certificate() -> ApiCertificate:
    return self_signed(api_names(load_environment("prod"), load_fleet()), utc_now())


@pytest.fixture
def given(certificate: ApiCertificate, tmp_path: Path) -> list[str]:
    """The options that give it."""
    files = {"--api-certificate": certificate.certificate, "--api-key": certificate.key}
    for option, text in files.items():
        (tmp_path / option).write_text(text)
    return [word for option in files for word in (option, str(tmp_path / option))]


def client(service: str, region: str) -> Any:
    session: Any = boto3.Session()
    return session.client(service, region)


def secret_values() -> dict[str, str]:
    found: dict[str, str] = {}
    for region in REGIONS:
        secrets = client("secretsmanager", region)
        for page in secrets.get_paginator("list_secrets").paginate():
            for each in page["SecretList"]:
                found[each["Name"]] = secrets.get_secret_value(SecretId=each["Name"])["SecretString"]
    return found


@pytest.mark.usefixtures("aws")
def test_each_step_is_a_line_and_the_second_run_says_that_nothing_changed(wedops: Wedops) -> None:
    first = wedops("bootstrap", "--environment", "local")
    assert first.exit_code == 0, first.output
    *lines, summary = first.output.splitlines()
    assert {line.split()[0] for line in lines} == {"made"}
    assert "made       state bucket wedsync-local-state-123456789012" in lines
    assert summary == f"{len(lines)} of {len(lines)} made or changed."
    second = wedops("bootstrap", "--environment", "local")
    assert second.exit_code == 0, second.output
    *again, summary = second.output.splitlines()
    assert [line.replace("made     ", "unchanged") for line in lines] == again
    assert summary == "Nothing changed: everything was there."


@pytest.mark.usefixtures("aws")
def test_a_dry_run_says_what_is_left_to_do(wedops: Wedops) -> None:
    result = wedops("bootstrap", "--environment", "local", "--dry-run")
    assert result.exit_code == 0, result.output
    *lines, summary = result.output.splitlines()
    assert {line[:8].strip() for line in lines} == {"to make"}
    assert summary.startswith("Nothing was changed")
    assert secret_values() == {}


@pytest.mark.usefixtures("aws")
def test_json_is_for_machines(wedops: Wedops) -> None:
    result = wedops("bootstrap", "--environment", "local", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {step["state"] for step in told["steps"]} == {"made"}
    assert told["backend"].startswith("s3://wedsync-local-state-")
    assert told["secrets_provider"] == "awskms://alias/wedsync-local-secrets?region=us-east-1"
    assert "wedsync-local-us-west-1-deploy" in told["roles"]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_no_secret_is_printed_or_logged(
    wedops: Wedops, more: list[str], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    result = wedops("bootstrap", "--environment", "local", *more)
    shown = result.output + caplog.text + "".join(capfd.readouterr())
    canaries = [
        text
        for value in secret_values().values()
        for key, text in json.loads(value).items()
        if key in ("password", "ca-key.pem", "tls.key")
    ]
    assert len(canaries) > 10
    assert "wedsync-local-secrets" in shown
    for canary in canaries:
        assert not any(line in shown for line in canary.splitlines() if "PRIVATE KEY" not in line)
    assert "PRIVATE KEY" not in shown


@pytest.mark.usefixtures("aws")
def test_another_account_is_refused_before_anything_changes(wedops: Wedops) -> None:
    result = wedops("bootstrap", "--environment", "prod")
    assert result.exit_code == 2
    assert (
        "are of account 123456789012, but prod lives in 444455556666 (account_id in Pulumi.prod.yaml)" in result.output
    )
    assert "Nothing was changed" in result.output
    assert secret_values() == {}
    assert client("s3", "us-east-1").list_buckets()["Buckets"] == []
    assert client("iam", "us-east-1").list_roles()["Roles"] == []


@pytest.mark.usefixtures("aws", "prod")
def test_a_missing_certificate_is_named_and_everything_else_is_made(wedops: Wedops, given: list[str]) -> None:
    result = wedops("bootstrap", "--environment", "prod")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert [line for line in lines if line.startswith("missing    secret wedsync/prod/tls/api")]
    assert lines[-1] == "1 missing, see above; then run the same command again."
    result = wedops("bootstrap", "--environment", "prod", *given)
    assert result.exit_code == 0, result.output
    assert [line for line in result.output.splitlines() if line.startswith("made")] == [
        "made       secret wedsync/prod/tls/api"
    ]


@pytest.mark.usefixtures("aws", "prod")
def test_a_given_certificate_is_imported_and_no_other_takes_its_place(
    wedops: Wedops, given: list[str], certificate: ApiCertificate
) -> None:
    assert wedops("bootstrap", "--environment", "prod", *given).exit_code == 0
    expected = {"tls.crt": certificate.certificate, "tls.key": certificate.key}
    assert json.loads(secret_values()["wedsync/prod/tls/api"]) == expected
    again = wedops("bootstrap", "--environment", "prod", *given)
    assert (again.exit_code, again.output.splitlines()[-1]) == (0, "Nothing changed: everything was there.")
    other = self_signed(api_names(load_environment("prod"), load_fleet()), utc_now())
    Path(given[1]).write_text(other.certificate)
    Path(given[3]).write_text(other.key)
    result = wedops("bootstrap", "--environment", "prod", *given)
    assert result.exit_code == 1
    assert "holds another certificate, and bootstrap overwrites nothing" in result.output
    assert json.loads(secret_values()["wedsync/prod/tls/api"]) == expected


@pytest.mark.usefixtures("aws", "prod")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--api-certificate", "FILE"], "belong together"),
        (["--api-certificate", "MISSING", "--api-key", "FILE"], "cannot be read"),
        (["--api-certificate", "FILE", "--api-key", "FILE"], "not a certificate in PEM"),
    ],
)
def test_wrong_files_are_bad_input(wedops: Wedops, arguments: list[str], says: str, tmp_path: Path) -> None:
    (tmp_path / "FILE").write_text("nothing")
    words = [word if word.startswith("--") else str(tmp_path / word) for word in arguments]
    result = wedops("bootstrap", "--environment", "prod", *words)
    assert result.exit_code == 2
    assert says in result.output
    assert secret_values() == {}


def test_an_unknown_environment_is_bad_input(wedops: Wedops) -> None:
    result = wedops("bootstrap", "--environment", "qa")
    assert result.exit_code == 2
    assert "Pulumi.qa.yaml: no such environment. Known: local, prod, staging." in result.output


@pytest.mark.usefixtures("aws")
def test_an_unknown_region_is_bad_input(wedops: Wedops) -> None:
    result = wedops("connect", "--environment", "local", "--region", "mars")
    assert result.exit_code == 2
    assert "--region mars: not a region of local. Its regions: us-east-1" in result.output


def test_without_credentials_it_ends_in_a_sentence(wedops: Wedops, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(variable, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    result = wedops("bootstrap", "--environment", "local")
    assert result.exit_code == 1
    assert result.output.startswith("AWS cannot be asked: Unable to locate credentials")


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (KeyboardInterrupt(), 130, "Interrupted. The same command goes on where this stopped."),
        (
            boto3.client("s3", "us-east-1").exceptions.NoSuchBucket(
                {"Error": {"Code": "AccessDenied", "Message": "no"}}, "HeadBucket"
            ),
            1,
            "AWS refused. An error occurred (AccessDenied) when calling the HeadBucket operation: no.",
        ),
    ],
)
def test_what_goes_wrong_half_way_ends_in_a_sentence(
    wedops: Wedops, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, says: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("delivery.bootstrap.command.plan_state_bucket", fail)
    result = wedops("bootstrap", "--environment", "local")
    assert result.exit_code == code
    assert says in result.output
    assert "made       key alias/wedsync-local-secrets in us-east-1" in result.output


def test_a_command_that_needs_no_cloud_starts_at_once() -> None:
    loaded = (
        "import sys, delivery.cli; print([name for name in ('boto3', 'pulumi', 'pydantic') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"
