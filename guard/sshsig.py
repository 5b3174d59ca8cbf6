"""Detached signatures as `ssh-keygen -Y sign` writes them (OpenSSH, PROTOCOL.sshsig, version 1)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from guard.public_keys import PublicKey, RawSignature
from guard.wire import Reader, WireError, decoded, string

_BEGIN, _END = b"-----BEGIN SSH SIGNATURE-----\n", b"\n-----END SSH SIGNATURE-----\n"
_COLUMNS = 70
# Of a security key: a byte of flags and a counter of four.
_TOUCH = 5
_MAGIC, _VERSION = b"SSHSIG", 1
_HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, taken apart. `key`: the encoding of the key that it says it was made with."""

    key: bytes
    namespace: str
    hash_name: str
    raw: RawSignature

    def fits(self, key: PublicKey, message: bytes) -> bool:
        """Tell whether it was made with this key, over exactly this message, for its namespace."""
        digest = _HASHES[self.hash_name](message).digest()
        parts = (self.namespace.encode(), b"", self.hash_name.encode(), digest)
        return key.fits(self.raw, _MAGIC + b"".join(map(string, parts)))


def read_signature(text: bytes) -> Signature:
    """Return the signature that a .sig file holds.

    Strict: a file that ssh-keygen would not have written byte for byte is none, so that nothing in it can be changed.

    Raises:
        WireError: the file holds no signature, or not in that form.
    """
    blob = _unwrapped(text)
    reader = Reader(blob)
    if reader.take(len(_MAGIC)) != _MAGIC or reader.uint32() != _VERSION:
        raise WireError("it is not of version 1 of SSH's signatures")
    key, namespace, reserved, hash_name = reader.string(), reader.word(), reader.string(), reader.word()
    inner = Reader(reader.string())
    reader.end()
    kind, value = inner.word(), inner.string()
    touch = inner.take(_TOUCH) if kind.startswith("sk-") else b""
    inner.end()
    if reserved or hash_name not in _HASHES:
        raise WireError("it has fields that ssh-keygen does not write")
    return Signature(key, namespace, hash_name, RawSignature(kind, value, touch))


def _unwrapped(text: bytes) -> bytes:
    if not text.startswith(_BEGIN) or not text.endswith(_END):
        raise WireError("it has not the first and last line of an SSH signature")
    blob = decoded(text[len(_BEGIN) : -len(_END)].replace(b"\n", b""))
    if wrapped(blob) != text:
        raise WireError("its lines are not those that ssh-keygen writes")
    return blob


def wrapped(blob: bytes) -> bytes:
    """Return the file of a signature's encoding."""
    line = base64.b64encode(blob)
    return _BEGIN + b"\n".join(line[start : start + _COLUMNS] for start in range(0, len(line), _COLUMNS)) + _END
