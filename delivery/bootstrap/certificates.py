"""The mesh's authorities: one root, and one authority under it for each region.

The root's key is read by bootstrap alone, to sign a region's authority; a stolen region's key cannot sign another
authority.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from components.mesh.shared_trust import FILES

# assumption: five years are longer than any cluster lives between upgrades; nothing renews them by itself.
_ROOT_DAYS, _AUTHORITY_DAYS = 10 * 365, 5 * 365
# Of clocks that are behind.
_TOLERANCE = timedelta(hours=1)
_CERTIFICATE, _KEY, _ROOT, _CHAIN = FILES
_SHA256 = hashes.SHA256()
_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def new_root(environment: str, now: datetime) -> str:
    """A root authority, as its secret has it: JSON with certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(environment, "root")
    certificate = _authority(name, key.public_key(), now, _ROOT_DAYS, below=1).issuer_name(name).sign(key, _SHA256)
    return json.dumps({_CERTIFICATE: _pem(certificate), _KEY: key_pem(key)})


def new_authority(environment: str, region: str, root: str, now: datetime) -> str:
    """A region's authority, as Istio's `cacerts` has it: JSON of its four files.

    Args:
        root: what `new_root` made.
    """
    issuer: dict[str, str] = json.loads(root)
    certificate = x509.load_pem_x509_certificate(issuer[_CERTIFICATE].encode())
    signs: Any = load_pem_private_key(issuer[_KEY].encode(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        _authority(_name(environment, region), key.public_key(), now, _AUTHORITY_DAYS, below=0)
        .issuer_name(certificate.subject)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signs.public_key()), critical=False)
        .sign(signs, _SHA256)
    )
    own = _pem(made)
    files = {_CERTIFICATE: own, _KEY: key_pem(key), _ROOT: issuer[_CERTIFICATE], _CHAIN: own + issuer[_CERTIFICATE]}
    return json.dumps(files)


def utc_now() -> datetime:
    """The time that certificates start at."""
    return datetime.now(UTC)


def builder(
    name: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    """A certificate that is valid from `now` on; issuer and extensions are the caller's."""
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _TOLERANCE)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """A private key as text."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _authority(
    name: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime, days: int, below: int
) -> x509.CertificateBuilder:
    """An authority with at most `below` authorities under it."""
    return (
        builder(name, public_key, now, days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(_SIGNS, critical=True)
    )


def _name(environment: str, whose: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"wedsync-{environment}"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"mesh {whose}"),
        ]
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
