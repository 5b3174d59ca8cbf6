"""Searches what an embedded cloud keeps: its files, and the secrets of Pulumi's states, decrypted."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from devcloud.engine import PASSPHRASE

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

# The passphrase secrets provider of Pulumi: "v1:<salt>:<check>" once a stack, "v1:<nonce>:<ciphertext>" for each value.
_BASE64 = "[A-Za-z0-9+/]+=*"
_SALT = re.compile(rf'"(?:salt|encryptionsalt)":\s*"v1:({_BASE64}):v1:')
CIPHERTEXT = re.compile(rf"v1:([A-Za-z0-9+/]{{16}}):({_BASE64})")
_ITERATIONS = 1_000_000


def files(root: Path, *without: Path) -> Generator[Path]:
    """All files below `root`, but for those below one of `without`."""
    for file in sorted(root.rglob("*")):
        if file.is_file() and not any(each in file.parents for each in without):
            yield file


def content(file: Path) -> bytes:
    """What is in it; nothing if it has gone meanwhile: processes rename and remove their files while they run."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def backend_texts(embedded: Embedded) -> list[str]:
    """What the file backend keeps: states, their backups and the history of all updates."""
    return [file.read_text() for file in files(embedded.state.backend) if ".json" in file.suffixes]


def key_of(text: str) -> bytes | None:
    """The key of a state's secrets; None where it has none."""
    salt = _SALT.search(text)
    return None if salt is None else _derived(salt[1])


def decrypted(text: str) -> set[str]:
    """Every secret of a state."""
    key = key_of(text)
    found = CIPHERTEXT.findall(text)
    assert key is not None or not found, f"ciphertext without a salt: {text[:200]}"
    return {decrypt(key, nonce, ciphertext) for nonce, ciphertext in found} if key is not None else set()


def decrypt(key: bytes, nonce: str, ciphertext: str) -> str:
    """One secret of a state, as JSON."""
    return AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(ciphertext), None).decode()


@functools.cache
def _derived(salt: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", PASSPHRASE.encode(), base64.b64decode(salt), _ITERATIONS, 32)
