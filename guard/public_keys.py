"""Public keys of SSH, and whether a signature was made with one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from guard.wire import Reader, WireError, decoded

# With fewer bits a key can be had by others within its time (NIST SP 800-57 part 1, revision 5, table 2).
_RSA_BITS = 2048
# RFC 5656, section 6.2.1.
_CURVES = {
    "ecdsa-sha2-nistp256": hashes.SHA256(),
    "ecdsa-sha2-nistp384": hashes.SHA384(),
    "ecdsa-sha2-nistp521": hashes.SHA512(),
}
# RFC 8332; ssh-rsa itself signs by SHA-1.
_RSA_SIGNATURES = {"rsa-sha2-256": hashes.SHA256(), "rsa-sha2-512": hashes.SHA512()}
# OpenSSH, PROTOCOL.u2f: security keys, which sign only while somebody touches them.
_SK_ED25519, _SK_ECDSA = "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"
_TOUCHED = 0x01
KINDS = ("ssh-ed25519", *_CURVES, "ssh-rsa", _SK_ED25519, _SK_ECDSA)


@dataclass(frozen=True, slots=True)
class RawSignature:
    """What a key made. `touch`: the flags and the counter of a security key; nothing of other keys."""

    kind: str
    value: bytes
    touch: bytes = b""


Fits = Callable[[RawSignature, bytes], bool]
"""(signature, what was signed) → whether it was signed with the key."""


class UnusableKeyError(Exception):
    """A key cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies. `blob`: its encoding, by which it is told from others."""

    blob: bytes
    fits: Fits


def read_key(kind: str, text: str) -> PublicKey:
    """Return the key that a .pub file has as "<kind> <text>".

    Raises:
        UnusableKeyError: it is none, or of a kind that is not allowed here.
    """
    if kind not in KINDS:
        raise UnusableKeyError(f"{kind!r} is no kind of key that is allowed: use one of {', '.join(KINDS)}")
    try:
        blob = decoded(text.encode())
        fits = _security_key(kind, blob) if kind in (_SK_ED25519, _SK_ECDSA) else _plain_key(kind, text)
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableKeyError(f"is no {kind} key: copy the line of its .pub file") from None
    return PublicKey(blob, fits)


def fingerprint(blob: bytes) -> str:
    """Return a key's name as `ssh-keygen -l` prints it: "SHA256:…"."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _plain_key(kind: str, text: str) -> Fits:
    key = load_ssh_public_key(f"{kind} {text}".encode())
    if isinstance(key, Ed25519PublicKey):
        return _ed25519(key, kind)
    if isinstance(key, EllipticCurvePublicKey):
        return _ecdsa(key, kind, _CURVES[kind])
    if not isinstance(key, RSAPublicKey):
        raise WireError("it is of another kind")
    if key.key_size < _RSA_BITS:
        raise UnusableKeyError(f"has {key.key_size} bits, {_RSA_BITS} are the fewest: ssh-keygen -t ed25519")
    return _rsa(key)


def _security_key(kind: str, blob: bytes) -> Fits:
    reader = Reader(blob)
    if reader.word() != kind:
        raise WireError("it is of another kind")
    if kind == _SK_ED25519:
        inner = _ed25519(Ed25519PublicKey.from_public_bytes(reader.string()), kind)
    elif reader.word() == "nistp256":
        inner = _ecdsa(
            EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), reader.string()), kind, hashes.SHA256()
        )
    else:
        raise WireError("it is of another curve")
    application = hashlib.sha256(reader.string()).digest()
    reader.end()

    def fits(signature: RawSignature, signed: bytes) -> bool:
        touched = bool(signature.touch) and bool(signature.touch[0] & _TOUCHED)
        return touched and inner(signature, application + signature.touch + hashlib.sha256(signed).digest())

    return fits


def _ed25519(key: Ed25519PublicKey, kind: str) -> Fits:
    def fits(signature: RawSignature, signed: bytes) -> bool:
        return signature.kind == kind and _holds(lambda: key.verify(signature.value, signed))

    return fits


def _ecdsa(key: EllipticCurvePublicKey, kind: str, digest: hashes.HashAlgorithm) -> Fits:
    def fits(signature: RawSignature, signed: bytes) -> bool:
        reader = Reader(signature.value)
        try:
            pair = encode_dss_signature(reader.positive(), reader.positive())
            reader.end()
        except WireError:
            return False
        return signature.kind == kind and _holds(lambda: key.verify(pair, signed, ec.ECDSA(digest)))

    return fits


def _rsa(key: RSAPublicKey) -> Fits:
    def fits(signature: RawSignature, signed: bytes) -> bool:
        digest = _RSA_SIGNATURES.get(signature.kind)
        return digest is not None and _holds(lambda: key.verify(signature.value, signed, padding.PKCS1v15(), digest))

    return fits


def _holds(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except InvalidSignature:
        return False
    return True
