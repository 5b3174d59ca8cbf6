"""`wedops override`, from the request to an override that counts, and `verify` of those that do not."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from delivery.instants import parse_instant
from guard.override import NAMESPACE
from tests.delivery.override.commands import (
    ADAS,
    BAD_INPUT,
    GRACES,
    REFUSED,
    VALID,
    Override,
    fresh,
    key_file,
    signatures,
)
from tests.guard.checkout import Checkout
from tests.guard.signing import ADA, BOTH, GRACE, MARY, signature


def test_from_the_request_to_an_override_that_counts(
    override: Override, checkout: Checkout, document: Path, tmp_path: Path
) -> None:
    tree = checkout.commit()
    result = override("verify", document)
    assert result.exit_code == REFUSED
    assert "is approved by 0 of the 2 people who have to" in result.stderr

    result = override("sign", document, "--key", key_file(tmp_path, ADAS))
    assert result.exit_code == VALID, result.output
    assert f"approved by {ADA}." in result.stdout
    assert "Payments fail in Berlin (OPS-1234), asked for by mary@wedsync.example" in result.stdout
    assert result.stdout.splitlines()[-1].endswith(
        "is approved by 1 of the 2 people who have to: wedops override sign."
    )

    result = override("sign", document, "--key", key_file(tmp_path, GRACES), "--json")
    assert result.exit_code == VALID, result.output
    signed = json.loads(result.stdout)
    assert (signed["approver"], signed["left"]) == (GRACE, [])
    assert Path(signed["file"]) in signatures(document)

    assert checkout.commit() == tree
    result = override("verify", document)
    assert result.exit_code == VALID, result.output
    assert f"approved by {ADA} and {GRACE}" in result.stdout
    result = override("verify", document, "--json")
    found = json.loads(result.stdout)
    at, not_before, expires = (parse_instant(found.pop(name)) for name in ("at", "not_before", "expires"))
    assert not_before <= at < expires == not_before + timedelta(hours=2)
    assert found == {
        "file": f"overrides/{document.name}",
        "valid": True,
        "approvers": [ADA, GRACE],
        "reason": "Payments fail in Berlin",
        "ticket": "OPS-1234",
        "requested_by": MARY,
        "environment": "prod",
        "stacks": ["prod-eu-central-1"],
        "tree": tree,
    }


@pytest.mark.parametrize("command", ["sign", "verify"])
def test_a_document_that_is_not_there_is_bad_input(override: Override, command: str, checkout: Checkout) -> None:
    key = ("--key", "x") if command == "sign" else ()
    result = override(command, checkout.path / "none.yaml", *key)
    assert (result.exit_code, "none.yaml cannot be read: No such file" in result.stderr) == (BAD_INPUT, True)
    result = override(command, "allowed_signers", *key)
    assert (result.exit_code, "a document's name is small letters" in result.stderr) == (BAD_INPUT, True)


@pytest.mark.parametrize("output", [(), ("--json",)])
def test_a_refused_override_is_told_with_every_reason(
    override: Override, checkout: Checkout, output: tuple[str, ...]
) -> None:
    document = fresh(checkout, *(key for _, key in BOTH))
    document.write_bytes(document.read_bytes().replace(b"Berlin", b"Berlim"))
    result = override("verify", document, *output)
    assert result.exit_code == REFUSED
    if output:
        found = json.loads(result.stdout)
        assert (found["file"], found["valid"]) == ("overrides/now.yaml", False)
        refusals = found["refusals"]
    else:
        assert result.stdout == ""
        refusals = result.stderr.splitlines()
    assert [said.split(" does not fit ")[0] for said in refusals] == ["now.yaml.0.sig", "now.yaml.1.sig"]


def test_what_is_not_committed_or_not_readable_counts_for_nothing(override: Override, checkout: Checkout) -> None:
    document = fresh(checkout)
    assert override("verify", document).exit_code == VALID
    checkout.write("program.py", "print(1)")
    result = override("verify", document)
    assert (result.exit_code, "The work tree is not what is committed" in result.stderr) == (REFUSED, True)
    checkout.git("checkout", "program.py")
    checkout.write("overrides/allowed_signers", "everybody\nnobody\n")
    checkout.commit()
    result = override("verify", document, "--json")
    assert result.exit_code == REFUSED
    assert [said.split(": is")[0] for said in json.loads(result.stdout)["refusals"]] == [
        "overrides/allowed_signers: line 1",
        "overrides/allowed_signers: line 2",
    ]


def test_signatures_of_ssh_keygen_itself_count(override: Override, checkout: Checkout, tmp_path: Path) -> None:
    document = fresh(checkout, GRACES)
    command = ["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", str(key_file(tmp_path, ADAS)), str(document)]
    subprocess.run(command, check=True, capture_output=True)
    assert (document.parent / "now.yaml.sig").read_bytes() == signature(ADAS, document.read_bytes())
    assert override("verify", document).exit_code == VALID


def test_no_option_and_no_variable_moves_the_clock(
    override: Override, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = datetime(2026, 1, 1, tzinfo=UTC)
    document = fresh(checkout, not_before=over, expires=over + timedelta(hours=1))
    for name in ("SOURCE_DATE_EPOCH", "FAKETIME", "NOW", "WEDOPS_NOW"):
        monkeypatch.setenv(name, "2026-01-01 00:30:00")
    assert "has expired" in override("verify", document).stderr
    assert "No such option" in override("verify", document, "--at", "2026-01-01T00:30:00Z").stderr


def test_the_commands_load_nothing_before_they_run() -> None:
    program = (
        "import sys; import delivery.override.app\n"
        "print(sorted({'guard', 'cryptography', 'yaml', 'pydantic', 'pulumi'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
