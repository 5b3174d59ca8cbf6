"""Signatures as keys make them, with one thing changed that no namespace or document tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guard.public_keys import PublicKey, RawSignature, read_key
from guard.sshsig import read_signature
from guard.wire import string
from tests.guard.signing import ADA, KINDS, SECURITY_KINDS, own, signature

ALL = [*KINDS, *SECURITY_KINDS]


def made(kind: str) -> tuple[PublicKey, RawSignature, bytes]:
    """A key, a signature of it, and what was signed."""
    key, signed = own(kind, ADA), list[bytes]()
    found = read_signature(signature(key, b"message"))
    reader = read_key(*key.line.split())

    def kept(raw: RawSignature, message: bytes) -> bool:
        signed.append(message)
        return reader.fits(raw, message)

    assert found.fits(replace(reader, fits=kept), b"message")
    return reader, found.raw, signed[0]


@pytest.mark.parametrize("kind", ALL)
def test_a_signature_fits_as_it_is(kind: str) -> None:
    key, raw, signed = made(kind)
    assert key.fits(raw, signed)
    assert not key.fits(raw, signed + b"x")
    assert not key.fits(replace(raw, value=raw.value + b"x"), signed)
    assert not key.fits(replace(raw, value=raw.value[:-1]), signed)
    assert not key.fits(replace(raw, value=b""), signed)


@pytest.mark.parametrize("kind", ALL)
def test_a_signature_of_another_kind_fits_no_key(kind: str) -> None:
    key, raw, signed = made(kind)
    for other in ALL:
        if other != kind:
            _, others, others_signed = made(other)
            assert not key.fits(others, others_signed)
            assert not key.fits(replace(raw, kind=others.kind, touch=others.touch), signed)


@pytest.mark.parametrize("kind", SECURITY_KINDS)
def test_a_security_keys_flags_and_counter_are_signed_too(kind: str) -> None:
    key, raw, signed = made(kind)
    for touch in (b"", b"\1", b"\1\0\0\0\x08", b"\5\0\0\0\7", raw.touch + b"\0"):
        assert not key.fits(replace(raw, touch=touch), signed)


@pytest.mark.parametrize("kind", ["p256", "p384", "p521"])
def test_the_two_numbers_of_a_signature_have_one_form(kind: str) -> None:
    key, raw, signed = made(kind)
    length = int.from_bytes(raw.value[:4], "big")
    first, rest = raw.value[4 : 4 + length], raw.value[4 + length :]
    assert key.fits(replace(raw, value=string(first) + rest), signed)
    assert not key.fits(replace(raw, value=string(b"\0" + first) + rest), signed)
