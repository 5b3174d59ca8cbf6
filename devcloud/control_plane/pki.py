"""The keys and certificates of one control plane: made once, readable by their owner alone, reused at every start.

Three authorities, as in any cluster: one vouches for the API server and its users, one for etcd and its only client,
one for the aggregator, whose requests carry other users' names and therefore must not be signed by the first.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# The embedded cloud outlives no laptop: nothing here needs renewal.
VALIDITY = dt.timedelta(days=3650)
ADMIN_GROUP = "system:masters"


@dataclass(frozen=True)
class Pair:
    """Paths of a PEM certificate and its private key."""

    certificate: Path
    key: Path


class Pki:
    """Where everything lies under `directory`; `create` makes what does not exist."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ca = self.pair("ca")
        self.etcd_ca = self.pair("etcd-ca")
        self.front_proxy_ca = self.pair("front-proxy-ca")
        self.service_account_key = directory / "service-account.key"

    def pair(self, name: str) -> Pair:
        return Pair(self.directory / f"{name}.crt", self.directory / f"{name}.key")

    def create(self, *, api_server_names: Sequence[str], metrics_names: Sequence[str]) -> None:
        """Make all keys and certificates unless they are there.

        The directory appears complete or not at all, so a crash half way leaves nothing that would be reused.

        Args:
            api_server_names: host names and IP addresses under which clients reach the API server.
            metrics_names: the same for the metrics API.
        """
        if self.directory.exists():
            return
        draft = self.directory.with_name(f".{self.directory.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        _fill(Pki(draft), api_server_names, metrics_names)
        draft.rename(self.directory)


def _fill(pki: Pki, api_server_names: Sequence[str], metrics_names: Sequence[str]) -> None:
    cluster = _Authority("wedsync-devcloud", pki.ca)
    etcd = _Authority("wedsync-devcloud-etcd", pki.etcd_ca)
    front_proxy = _Authority("wedsync-devcloud-front-proxy", pki.front_proxy_ca)

    cluster.issue_server("kube-apiserver", api_server_names, pki.pair("api-server"))
    cluster.issue_server("metrics-api", metrics_names, pki.pair("metrics-api-server"))
    cluster.issue_client("wedsync-admin", pki.pair("admin"), group=ADMIN_GROUP)
    cluster.issue_client("kwok", pki.pair("kwok"), group=ADMIN_GROUP)
    # The names that Kubernetes' own roles are bound to.
    cluster.issue_client("system:kube-controller-manager", pki.pair("kube-controller-manager"))
    cluster.issue_client("system:kube-scheduler", pki.pair("kube-scheduler"))
    cluster.issue_client("wedsync:add-ons", pki.pair("add-ons"))
    # etcd is its own peer and needs both sides in one certificate.
    etcd.issue_server("etcd", ["127.0.0.1"], pki.pair("etcd"), also_client=True)
    etcd.issue_client("kube-apiserver", pki.pair("etcd-client"))
    front_proxy.issue_client("front-proxy-client", pki.pair("front-proxy-client"))
    _write_key(pki.service_account_key, ec.generate_private_key(ec.SECP256R1()))


class _Authority:
    """A certificate authority whose own certificate is written to `pair`."""

    def __init__(self, name: str, pair: Pair) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = _key_usage(signs_certificates=True)
        certificate = (
            self._builder(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        _write_pair(pair, certificate, self._key)

    def issue_server(self, name: str, hosts: Sequence[str], pair: Pair, *, also_client: bool = False) -> None:
        purposes = [ExtendedKeyUsageOID.SERVER_AUTH]
        if also_client:
            purposes.append(ExtendedKeyUsageOID.CLIENT_AUTH)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._issue(subject, pair, purposes, hosts)

    def issue_client(self, user: str, pair: Pair, *, group: str | None = None) -> None:
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, user)]
        if group is not None:
            attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
        self._issue(x509.Name(attributes), pair, [ExtendedKeyUsageOID.CLIENT_AUTH], [])

    def _issue(
        self, subject: x509.Name, pair: Pair, purposes: list[x509.ObjectIdentifier], hosts: Sequence[str]
    ) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            self._builder(subject, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        )
        if hosts:
            names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        _write_pair(pair, builder.sign(self._key, hashes.SHA256()), key)

    def _builder(self, subject: x509.Name, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            # An hour back: a laptop's clock is stepped back now and then.
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + VALIDITY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_pair(pair: Pair, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    _write(pair.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    _write_key(pair.key, key)


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        # Not PKCS8: the API server takes a service-account key in this form alone for its public half too.
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    _write(file, pem)


def _write(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
