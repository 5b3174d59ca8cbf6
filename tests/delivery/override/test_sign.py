"""`wedops override sign`: keys in files and agents, and approvals that would not count."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guard.override import NAMESPACE
from tests.delivery.override.commands import (
    ADAS,
    BAD_INPUT,
    FAILED,
    GRACES,
    MARYS,
    REFUSED,
    VALID,
    Override,
    fresh,
    key_file,
    signatures,
)
from tests.guard.checkout import Checkout
from tests.guard.signing import ADA, GRACE, MARY, Key, own


def test_who_signs_again_replaces_their_signature(override: Override, document: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert override("sign", document, "--key", key_file(tmp_path, ADAS)).exit_code == VALID
    assert len(signatures(document)) == 1


def test_the_last_signature_is_told(override: Override, checkout: Checkout, tmp_path: Path) -> None:
    result = override("sign", fresh(checkout, GRACES), "--key", key_file(tmp_path, ADAS))
    assert result.stdout.splitlines()[-1] == "That was the last one: the override counts."


def test_ssh_keygen_agrees_with_what_was_signed(document: Path, override: Override, tmp_path: Path) -> None:
    assert override("sign", document, "--key", key_file(tmp_path, ADAS)).exit_code == VALID
    (tmp_path / "signers").write_text(f'{ADA} namespaces="{NAMESPACE}" {ADAS.line}\n')
    command = ["ssh-keygen", "-Y", "verify", "-n", NAMESPACE, "-I", ADA, "-f", str(tmp_path / "signers"), "-s"]
    subprocess.run([*command, str(signatures(document)[0])], input=document.read_bytes(), check=True)


@pytest.fixture
def agent(checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An SSH agent that has Grace's key."""
    del checkout  # without, it would take the agent away again
    socket = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 30
            while not socket.exists():
                assert time.monotonic() < deadline, "the agent does not start"
                time.sleep(0.01)
            monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
            subprocess.run(["ssh-add", "-q", str(key_file(tmp_path, GRACES, "agents"))], check=True)
            yield
        finally:
            process.terminate()


@pytest.mark.usefixtures("agent")
def test_a_key_can_be_in_an_agent(override: Override, document: Path, tmp_path: Path) -> None:
    public = tmp_path / "grace.pub"
    public.write_text(f"{GRACES.line}\n")
    result = override("sign", document, "--key", public)
    assert result.exit_code == VALID, result.output
    assert f"approved by {GRACE}." in result.stdout


def test_an_approval_that_would_not_count_is_not_written(
    override: Override, checkout: Checkout, tmp_path: Path
) -> None:
    def refused(document: Path, key: Key) -> str:
        before = signatures(document)
        result = override("sign", document, "--key", key_file(tmp_path, key))
        assert result.exit_code == REFUSED, result.output
        assert signatures(document) == before
        return result.stderr

    assert f"was requested by {MARY}, who therefore cannot approve it." in refused(fresh(checkout, GRACES), MARYS)
    stranger = own("ed25519", "stranger")
    assert "which is not in overrides/allowed_signers." in refused(fresh(checkout, GRACES), stranger)
    over = datetime(2026, 1, 1, tzinfo=UTC)
    expired = fresh(checkout, GRACES, not_before=over, expires=over + timedelta(hours=1))
    assert "has expired: it counted until Thu 2026-01-01 01:00 UTC." in refused(expired, ADAS)
    other = fresh(checkout, GRACES, tree="sha256:" + "0" * 64)
    assert "is for another tree" in refused(other, ADAS)


def test_what_is_not_valid_yet_can_be_signed_already(override: Override, checkout: Checkout, tmp_path: Path) -> None:
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    document = fresh(checkout, GRACES, not_before=later, expires=later + timedelta(hours=1))
    result = override("sign", document, "--key", key_file(tmp_path, ADAS))
    assert result.exit_code == VALID, result.output
    assert "is not valid yet: it counts from" in result.stdout.splitlines()[-1]


def test_what_cannot_be_signed_is_told(override: Override, document: Path, tmp_path: Path) -> None:
    result = override("sign", document, "--key", tmp_path / "none")
    assert (result.exit_code, "none: no such file." in result.stderr) == (BAD_INPUT, True)
    (tmp_path / "broken").write_text("x")
    (tmp_path / "broken").chmod(0o600)
    result = override("sign", document, "--key", tmp_path / "broken")
    assert (result.exit_code, "ssh-keygen did not sign with" in result.stderr) == (FAILED, True)
    document.write_text("reason: x\n")
    result = override("sign", document, "--key", key_file(tmp_path, ADAS))
    assert (result.exit_code, "ticket: is missing; add text" in result.stderr) == (BAD_INPUT, True)
