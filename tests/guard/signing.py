"""Keys, documents and signatures for the tests. Signatures are made without ssh-keygen, which is too slow for many."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from guard.document import Override, written
from guard.override import NAMESPACE, Candidate
from guard.signers import Signers, read_signers
from guard.sshsig import wrapped
from guard.wire import string

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "ecdsa-sha2-nistp256": hashes.SHA256(),
    "sk-ecdsa-sha2-nistp256@openssh.com": hashes.SHA256(),
    "ecdsa-sha2-nistp384": hashes.SHA384(),
    "ecdsa-sha2-nistp521": hashes.SHA512(),
    "rsa-sha2-256": hashes.SHA256(),
    "rsa-sha2-512": hashes.SHA512(),
    "ssh-rsa": hashes.SHA1(),  # noqa: S303 - to see it refused
}

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
"""A Saturday's noon by UTC."""
TREE = "sha256:" + "5a" * 32
NAME = "overrides/2026-11-28t113000z-ops-1234.yaml"
ADA, GRACE, MARY = "ada@wedsync.example", "grace@wedsync.example", "mary@wedsync.example"
OVERRIDE = Override(
    reason="Payments fail in Berlin",
    ticket="OPS-1234",
    requested_by=MARY,
    environment="prod",
    stacks=("prod-eu-central-1",),
    not_before=AT - timedelta(minutes=30),
    expires=AT + timedelta(hours=2),
    tree=TREE,
)


@dataclass(frozen=True)
class Key:
    """A private key. `line`: "<kind> <text>" as in its .pub file."""

    private: PrivateKey
    line: str
    application: str = ""
    """Of a security key, which the tests play themselves."""

    @property
    def kind(self) -> str:
        return self.line.split()[0]

    @property
    def blob(self) -> bytes:
        return base64.b64decode(self.line.split()[1])

    @property
    def file(self) -> str:
        """The private key as OpenSSH keeps it."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def key(private: PrivateKey) -> Key:
    return Key(private, private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode())


def security_key(private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> Key:
    """A security key: a plain one with an application."""
    if isinstance(private, ed25519.Ed25519PrivateKey):
        kind, parts = "sk-ssh-ed25519@openssh.com", [private.public_key().public_bytes_raw()]
    else:
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        kind, parts = "sk-ecdsa-sha2-nistp256@openssh.com", [b"nistp256", point]
    blob = b"".join(map(string, [kind.encode(), *parts, b"ssh:"]))
    return Key(private, f"{kind} {base64.b64encode(blob).decode()}", "ssh:")


_MAKERS: Mapping[str, Callable[[], PrivateKey]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}
KINDS = tuple(_MAKERS)
SECURITY_KINDS = ("sk-ed25519", "sk-p256")


@cache
def own(kind: str, whose: str = "") -> Key:
    """Somebody's key of this kind: the same for as long as the tests run."""
    del whose
    if kind == "sk-ed25519":
        return security_key(ed25519.Ed25519PrivateKey.generate())
    if kind == "sk-p256":
        return security_key(ec.generate_private_key(ec.SECP256R1()))
    return key(_MAKERS[kind]())


def signature(
    signer: Key,
    message: bytes,
    namespace: str = NAMESPACE,
    hash_name: str = "sha512",
    kind: str | None = None,
    touch: bytes = b"\1\0\0\0\7",
) -> bytes:
    """What `ssh-keygen -Y sign` writes."""
    kind = kind or ("rsa-sha2-512" if isinstance(signer.private, rsa.RSAPrivateKey) else signer.kind)
    digest = hashlib.new(hash_name, message).digest()
    rest = string(namespace.encode()) + string(b"") + string(hash_name.encode())
    signed = b"SSHSIG" + rest + string(digest)
    if signer.application:
        signed = hashlib.sha256(signer.application.encode()).digest() + touch + hashlib.sha256(signed).digest()
    inner = string(kind.encode()) + string(_raw(signer.private, kind, signed)) + (touch if signer.application else b"")
    return wrapped(b"SSHSIG" + (1).to_bytes(4, "big") + string(signer.blob) + rest + string(inner))


def _raw(private: PrivateKey, kind: str, signed: bytes) -> bytes:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(signed)
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(signed, padding.PKCS1v15(), HASHES[kind])
    return b"".join(map(mpint, decode_dss_signature(private.sign(signed, ec.ECDSA(HASHES[kind])))))


def mpint(number: int) -> bytes:
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def signers(*lines: tuple[str, Key] | tuple[str, Key, str]) -> Signers:
    """Who may approve: (address, key), or (address, key, options)."""
    return read_signers(signers_text(*lines))


def signers_text(*lines: tuple[str, Key] | tuple[str, Key, str]) -> bytes:
    return "".join(f"{line[0]} {''.join(line[2:])} {line[1].line} comment\n" for line in lines).encode()


BOTH = ((ADA, own("ed25519", ADA)), (GRACE, own("p256", GRACE)))
"""Who may approve where nothing else is said."""


def candidate(override: Override = OVERRIDE, *keys: Key) -> Candidate:
    """The document, signed with these keys; with both of `BOTH` if none are given."""
    raw = written(override)
    keys = keys or tuple(each for _, each in BOTH)
    return Candidate(NAME, raw, {f"{number}.sig": signature(each, raw) for number, each in enumerate(keys)})


def changed(**fields: object) -> Override:
    """The override with other fields, unchecked."""
    return OVERRIDE.model_copy(update=fields)
