"""The certificate that clients see at the ingress of every region: imported, or made where no authority could.

A public authority issues it, after proof that the domain is ours; that is no command's to do. Names under `.test`
belong to nobody (RFC 6761), so an environment with such a domain signs its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from components.coordination.names import api_name, regional_api_name
from delivery.bootstrap.certificates import builder, key_pem
from delivery.steps import InputError
from regions.fleet import Fleet
from stacks.environment import Environment

_NOBODYS = ".test"
_DAYS = 10 * 365


class CertificateError(InputError):
    """The files that were given are no certificate for this environment; the message says why."""


@dataclass(frozen=True)
class ApiCertificate:
    """A certificate with its chain, the leaf first, and its key: PEM."""

    certificate: str
    key: str = field(repr=False)

    def secret(self) -> str:
        """As its secret has it: JSON."""
        return json.dumps({"tls.crt": self.certificate, "tls.key": self.key})


def api_names(environment: Environment, fleet: Fleet) -> list[str]:
    """Every name that clients use."""
    domain = environment.domain
    return [api_name(domain), *(regional_api_name(region, domain) for region in fleet.regions)]


def signs_its_own(environment: Environment) -> bool:
    """Whether no authority could certify the environment's domain."""
    return environment.domain.endswith(_NOBODYS)


def self_signed(names: list[str], now: datetime) -> ApiCertificate:
    """A certificate for `names` that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    made = (
        builder(name, key.public_key(), now, _DAYS)
        .issuer_name(name)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return ApiCertificate(made.public_bytes(Encoding.PEM).decode(), key_pem(key))


def check(given: ApiCertificate, names: list[str], now: datetime) -> None:
    """Refuse what clients would refuse, as far as it can be seen here: who vouches for it is not looked at.

    Raises:
        CertificateError: lists every mistake.
    """
    try:
        leaf = x509.load_pem_x509_certificates(given.certificate.encode())[0]
    except ValueError as error:
        raise CertificateError("--api-certificate: not a certificate in PEM.") from error
    try:
        key = load_pem_private_key(given.key.encode(), None)
    except (TypeError, ValueError) as error:
        raise CertificateError("--api-key: not an unencrypted private key in PEM.") from error
    mistakes = [*_mistakes(leaf, names, now)]
    encoding = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*encoding) != leaf.public_key().public_bytes(*encoding):
        mistakes.append("--api-key: not the key of the first certificate in --api-certificate; the leaf comes first.")
    if mistakes:
        raise CertificateError("\n".join(mistakes))


def _mistakes(leaf: x509.Certificate, names: list[str], now: datetime) -> list[str]:
    mistakes: list[str] = []
    if leaf.not_valid_after_utc <= now:
        mistakes.append(f"--api-certificate: it ended at {leaf.not_valid_after_utc:%Y-%m-%d %H:%M} UTC.")
    try:
        alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        covered = set(alternatives.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        covered = set[str]()
    if bare := [name for name in names if name not in covered and f"*.{name.partition('.')[2]}" not in covered]:
        named = ", ".join(sorted(covered)) or "nothing"
        mistakes.append(f"--api-certificate: it does not name {', '.join(bare)}; it names {named}.")
    return mistakes
