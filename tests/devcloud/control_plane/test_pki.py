"""The keys of a control plane: private, complete, kept."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from devcloud.control_plane.pki import Pair, Pki


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    made = Pki(tmp_path / "pki")
    made.create(api_server_names=["127.0.0.1", "localhost"], metrics_names=["metrics.kube-system.svc"])
    return made


def _certificate(pair: Pair) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes())


def test_only_the_owner_may_read_anything(pki: Pki) -> None:
    assert pki.directory.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in pki.directory.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("name", "authority"),
    [
        ("api-server", "ca"),
        ("admin", "ca"),
        ("add-ons", "ca"),
        ("etcd", "etcd-ca"),
        ("etcd-client", "etcd-ca"),
        ("front-proxy-client", "front-proxy-ca"),
    ],
)
def test_each_certificate_is_vouched_for_by_its_own_authority(pki: Pki, name: str, authority: str) -> None:
    certificate = _certificate(pki.pair(name))

    certificate.verify_directly_issued_by(_certificate(pki.pair(authority)))
    assert certificate.not_valid_after_utc.year - certificate.not_valid_before_utc.year >= 9
    for other in {"ca", "etcd-ca", "front-proxy-ca"} - {authority}:
        with pytest.raises(ValueError, match="Issuer"):
            certificate.verify_directly_issued_by(_certificate(pki.pair(other)))


def test_every_key_belongs_to_its_certificate(pki: Pki) -> None:
    for certificate in pki.directory.glob("*.crt"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))


def test_a_client_certificate_does_not_serve(pki: Pki) -> None:
    usage = _certificate(pki.pair("admin")).extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE)

    assert isinstance(usage.value, x509.ExtendedKeyUsage)
    assert list(usage.value) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_what_exists_is_kept(pki: Pki) -> None:
    before = {file.name: file.read_bytes() for file in pki.directory.iterdir()}

    pki.create(api_server_names=["127.0.0.1"], metrics_names=["elsewhere"])

    assert {file.name: file.read_bytes() for file in pki.directory.iterdir()} == before


def test_what_a_crash_left_half_made_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / ".pki.draft"
    half.mkdir()
    (half / "ca.crt").write_text("half")

    Pki(tmp_path / "pki").create(api_server_names=["127.0.0.1"], metrics_names=["metrics"])

    assert not half.exists()
    assert _certificate(Pki(tmp_path / "pki").ca).subject.rfc4514_string() == "CN=wedsync-devcloud"
