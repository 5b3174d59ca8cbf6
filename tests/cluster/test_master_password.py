"""The master password, and the one that the cluster was born with, are in nothing that Pulumi keeps or prints.

Pulumi's state holds secrets encrypted, so the files are searched as they are and every ciphertext is decrypted.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .traces import CIPHERTEXT, backend_texts, content, decrypt, decrypted, files, key_of

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

STACKS = ("local", "local-us-east-1")
MARKER = json.dumps("(write-only)")
BIRTH_LENGTH = len(secrets.token_urlsafe(32))
"""Nobody knows the password that the cluster was born with, but everybody knows what it looks like."""


@pytest.fixture(scope="module")
def password(embedded: Embedded) -> str:
    cluster = embedded.engine.outputs(STACKS[1])["database_cluster"]
    value = embedded.aws("secretsmanager").get_secret_value(SecretId=f"{cluster}/master")["SecretString"]
    return json.loads(value)["password"]


def test_it_is_in_no_file_but_the_databases_own(password: str, embedded: Embedded) -> None:
    """moto's store and PostgreSQL are what a real cloud keeps on its side."""
    searched, found = 0, list[Path]()
    for file in files(embedded.state.root, embedded.state.aws):
        searched += 1
        if password.encode() in content(file):
            found.append(file)
    assert searched > 50
    assert found == []
    assert any(password.encode() in content(file) for file in files(embedded.state.aws))  # the search does find it


def test_it_is_in_no_ciphertext_of_the_state(password: str, embedded: Embedded) -> None:
    """Nor is any other password: the marker is the only secret that there is."""
    states = [text for text in backend_texts(embedded) if CIPHERTEXT.search(text)]
    assert states
    plaintexts = {plain for text in states for plain in decrypted(text)}
    assert password not in "".join(plaintexts)
    assert plaintexts == {MARKER, "pulumi"}  # "pulumi" is what the passphrase itself is checked with


def test_every_state_ever_written_has_the_marker_instead(embedded: Embedded) -> None:
    given = [value for text in backend_texts(embedded) for value in _passwords(json.loads(text), key_of(text))]
    assert given
    assert set(given) == {MARKER}


def test_nothing_that_pulumi_keeps_looks_like_the_one_at_birth(embedded: Embedded) -> None:
    kept = [*files(embedded.state.root / "pulumi"), *files(embedded.state.logs)]
    assert kept
    assert [file for file in kept if _looks_born(content(file).decode(errors="replace"))] == []
    assert _looks_born(f'"{secrets.token_urlsafe(32)}"')


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("command", [("preview", "--diff", "--show-sames"), ("stack", "export", "--show-secrets")])
def test_it_is_in_nothing_printed(command: tuple[str, ...], stack: str, password: str, embedded: Embedded) -> None:
    printed = embedded.pulumi(*command, "--stack", stack)
    assert printed.code == 0, printed.output
    assert password not in printed.output
    assert not _looks_born(printed.output)


def test_the_exported_inputs_show_the_marker(embedded: Embedded) -> None:
    exported = embedded.pulumi("stack", "export", "--show-secrets", "--stack", STACKS[1])
    given = list(_passwords(json.loads(exported.output), key=None))
    assert given
    assert set(given) == {MARKER}


def _passwords(value: Any, key: bytes | None) -> Generator[str]:
    """All values of masterPasswordWo and masterPassword below `value`, as JSON, decrypted."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in ("masterPassword", "masterPasswordWo"):
                yield _plain(item, key)
            elif name != "propertyDependencies":  # names of inputs again, with URNs as values
                yield from _passwords(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _passwords(item, key)


def _plain(value: Any, key: bytes | None) -> str:
    if isinstance(value, dict) and "plaintext" in value:
        return value["plaintext"]
    if isinstance(value, dict) and "ciphertext" in value:
        _, nonce, ciphertext = value["ciphertext"].split(":")
        assert key is not None, "ciphertext without a salt"
        return decrypt(key, nonce, ciphertext)
    return json.dumps(value)


def _looks_born(text: str) -> list[str]:
    """What has the form of a password at birth: of its length, with capitals, small letters and digits."""
    candidates = re.findall(rf"(?<![\w/+-])[\w-]{{{BIRTH_LENGTH}}}(?![\w/+=-])", text, re.ASCII)
    return [each for each in candidates if all(re.search(kind, each) for kind in ("[A-Z]", "[a-z]", "[0-9]"))]
