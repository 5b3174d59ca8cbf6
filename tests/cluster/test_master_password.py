"""The master password, and the one that the cluster was born with, are in nothing that Pulumi keeps or prints.

Pulumi's state holds secrets encrypted, so the files are searched as they are and every ciphertext is decrypted.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
import secrets
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from devcloud.engine import PASSPHRASE

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

STACKS = ("local", "local-us-east-1")
MARKER = json.dumps("(write-only)")
BIRTH_LENGTH = len(secrets.token_urlsafe(32))
"""Nobody knows the password that the cluster was born with, but everybody knows what it looks like."""

# The passphrase secrets provider of Pulumi: "v1:<salt>:<check>" once a stack, "v1:<nonce>:<ciphertext>" for each value.
_BASE64 = "[A-Za-z0-9+/]+=*"
_SALT = re.compile(rf'"(?:salt|encryptionsalt)":\s*"v1:({_BASE64}):v1:')
_CIPHERTEXT = re.compile(rf"v1:([A-Za-z0-9+/]{{16}}):({_BASE64})")
_ITERATIONS = 1_000_000


@pytest.fixture(scope="module")
def password(embedded: Embedded) -> str:
    cluster = embedded.engine.outputs(STACKS[1])["database_cluster"]
    value = embedded.aws("secretsmanager").get_secret_value(SecretId=f"{cluster}/master")["SecretString"]
    return json.loads(value)["password"]


def test_it_is_in_no_file_but_the_databases_own(password: str, embedded: Embedded) -> None:
    """moto's store and PostgreSQL are what a real cloud keeps on its side."""
    searched, found = 0, list[Path]()
    for file in _files(embedded.state.root, without=embedded.state.aws):
        searched += 1
        if password.encode() in _content(file):
            found.append(file)
    assert searched > 50
    assert found == []
    assert any(password.encode() in _content(file) for file in _files(embedded.state.aws))  # the search does find it


def test_it_is_in_no_ciphertext_of_the_state(password: str, embedded: Embedded) -> None:
    """Nor is any other password: the marker is the only secret that there is."""
    states = [text for text in _backend_texts(embedded) if _CIPHERTEXT.search(text)]
    assert states
    plaintexts = {plain for text in states for plain in _decrypted(text)}
    assert password not in "".join(plaintexts)
    assert plaintexts == {MARKER, "pulumi"}  # "pulumi" is what the passphrase itself is checked with


def test_every_state_ever_written_has_the_marker_instead(embedded: Embedded) -> None:
    given = [value for text in _backend_texts(embedded) for value in _passwords(json.loads(text), _key(text))]
    assert given
    assert set(given) == {MARKER}


def test_nothing_that_pulumi_keeps_looks_like_the_one_at_birth(embedded: Embedded) -> None:
    kept = [*_files(embedded.state.root / "pulumi"), *_files(embedded.state.logs)]
    assert kept
    assert [file for file in kept if _looks_born(_content(file).decode(errors="replace"))] == []
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


def _files(root: Path, without: Path | None = None) -> Generator[Path]:
    for file in sorted(root.rglob("*")):
        if file.is_file() and (without is None or without not in file.parents):
            yield file


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # etcd renames and removes its own while it runs
        return b""


def _backend_texts(embedded: Embedded) -> list[str]:
    """What the file backend keeps: states, their backups and the history of all updates."""
    return [file.read_text() for file in _files(embedded.state.backend) if ".json" in file.suffixes]


def _key(text: str) -> bytes | None:
    """The key of a state's secrets; None where it has none."""
    salt = _SALT.search(text)
    if salt is None:
        return None
    return _derived(salt[1])


@functools.cache
def _derived(salt: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", PASSPHRASE.encode(), base64.b64decode(salt), _ITERATIONS, 32)


def _decrypt(key: bytes, nonce: str, ciphertext: str) -> str:
    return AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(ciphertext), None).decode()


def _decrypted(text: str) -> set[str]:
    """Every secret of a state."""
    key = _key(text)
    assert key is not None, f"ciphertext without a salt: {text[:200]}"
    return {_decrypt(key, nonce, ciphertext) for nonce, ciphertext in _CIPHERTEXT.findall(text)}


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
        return _decrypt(key, nonce, ciphertext)
    return json.dumps(value)


def _looks_born(text: str) -> list[str]:
    """What has the form of a password at birth: of its length, with capitals, small letters and digits."""
    candidates = re.findall(rf"(?<![\w/+-])[\w-]{{{BIRTH_LENGTH}}}(?![\w/+=-])", text, re.ASCII)
    return [each for each in candidates if all(re.search(kind, each) for kind in ("[A-Z]", "[a-z]", "[0-9]"))]
