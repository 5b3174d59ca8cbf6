"""Certificates as their users check them: chains, names, keys that belong to them."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.verification import PolicyBuilder, Store

from components.mesh.shared_trust import FILES
from delivery.bootstrap.api_certificate import ApiCertificate, CertificateError, api_names, check, self_signed
from delivery.bootstrap.certificates import new_authority, new_root
from regions.fleet import Fleet
from stacks.environment import Environment
from tests.delivery.bootstrap.conftest import NOW

SPKI = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="module")
def authority() -> dict[str, str]:
    return json.loads(new_authority("prod", "us-east-1", new_root("prod", NOW), NOW))


@pytest.fixture(scope="module")
def names(environment: Environment, fleet: Fleet) -> list[str]:
    return api_names(environment, fleet)


@pytest.fixture(scope="module")
def certificate(names: list[str]) -> ApiCertificate:
    return self_signed(names, NOW)


def openssl(*arguments: str) -> str:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True).stdout


def test_a_regions_authority_has_the_files_that_istio_reads(authority: dict[str, str]) -> None:
    assert tuple(authority) == FILES


def test_the_chain_leads_to_the_root(authority: dict[str, str], tmp_path: Path) -> None:
    for name, text in authority.items():
        (tmp_path / name).write_text(text)
    root, own = str(tmp_path / "root-cert.pem"), str(tmp_path / "ca-cert.pem")
    at = str(int(NOW.timestamp()))
    assert openssl("verify", "-x509_strict", "-attime", at, "-CAfile", root, own).strip() == f"{own}: OK"
    assert authority["cert-chain.pem"] == authority["ca-cert.pem"] + authority["root-cert.pem"]


def test_the_key_is_the_authoritys(authority: dict[str, str]) -> None:
    own = x509.load_pem_x509_certificate(authority["ca-cert.pem"].encode())
    key = load_pem_private_key(authority["ca-key.pem"].encode(), None)
    assert key.public_key().public_bytes(*SPKI) == own.public_key().public_bytes(*SPKI)


def test_all_regions_are_under_one_root_and_none_can_make_another() -> None:
    root = new_root("prod", NOW)
    authorities = [json.loads(new_authority("prod", region, root, NOW)) for region in ("us-east-1", "eu-central-1")]
    assert len({each["root-cert.pem"] for each in authorities}) == 1
    assert len({each["ca-key.pem"] for each in authorities}) == 2
    assert all(json.loads(root)["ca-key.pem"] not in "".join(each.values()) for each in authorities)
    for each in authorities:
        own = x509.load_pem_x509_certificate(each["ca-cert.pem"].encode())
        constraints = own.extensions.get_extension_for_class(x509.BasicConstraints)
        assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)


def test_the_self_signed_one_is_for_every_name_of_the_api(certificate: ApiCertificate, names: list[str]) -> None:
    leaf = x509.load_pem_x509_certificate(certificate.certificate.encode())
    builder = PolicyBuilder().store(Store([leaf])).time(NOW)
    assert "api.wedsync.example" in names
    for name in names:
        builder.build_server_verifier(x509.DNSName(name)).verify(leaf, [])
    with pytest.raises(x509.verification.VerificationError):
        builder.build_server_verifier(x509.DNSName("other.wedsync.example")).verify(leaf, [])


def test_a_certificate_that_fits_is_taken(certificate: ApiCertificate, names: list[str]) -> None:
    check(certificate, names, NOW)
    check(self_signed(["*.wedsync.example", "*.api.wedsync.example"], NOW), names, NOW)


def test_one_that_does_not_fit_is_refused_with_all_that_is_wrong(certificate: ApiCertificate, names: list[str]) -> None:
    other = self_signed(["api.wedsync.example"], NOW)
    mixed = ApiCertificate(other.certificate, certificate.key)
    with pytest.raises(CertificateError) as refused:
        check(mixed, names, NOW + timedelta(days=20 * 365))
    ended, bare, key = str(refused.value).splitlines()
    assert "it ended at 2036" in ended
    assert "does not name us-east-1.api.wedsync.example" in bare
    assert "not the key of the first certificate" in key


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (ApiCertificate("nothing", "nothing"), "--api-certificate: not a certificate"),
        (ApiCertificate("", "nothing"), "--api-certificate: not a certificate"),
    ],
)
def test_what_is_no_certificate_is_refused(given: ApiCertificate, says: str, names: list[str]) -> None:
    with pytest.raises(CertificateError, match=says):
        check(given, names, NOW)


def test_what_is_no_key_is_refused(certificate: ApiCertificate, names: list[str]) -> None:
    with pytest.raises(CertificateError, match="--api-key: not an unencrypted private key"):
        check(ApiCertificate(certificate.certificate, "nothing"), names, NOW)


def test_a_key_is_not_shown_by_accident(certificate: ApiCertificate) -> None:
    assert certificate.key not in repr(certificate)
