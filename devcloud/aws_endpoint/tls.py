"""The self-signed certificate of the local databases and caches."""

from __future__ import annotations

import datetime
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from devcloud.processes import write_atomically

_LIFETIME = datetime.timedelta(days=3650)


@dataclass(frozen=True)
class Certificate:
    """PEM texts. Clients use sslmode=require: the connection is encrypted, the name is not checked."""

    certificate: str
    key: str = field(repr=False)


def self_signed() -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wedsync local database")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + _LIFETIME)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Certificate(certificate.public_bytes(serialization.Encoding.PEM).decode(), pem.decode())


def server_context(directory: Path) -> ssl.SSLContext:
    """For a server with a new certificate, which is written to `directory` because OpenSSL reads files only."""
    made, file = self_signed(), directory / "endpoint.pem"
    write_atomically(file, made.certificate + made.key, mode=0o600)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
