"""No secret that the cloud holds is in anything that Pulumi keeps or prints, nor in a file beside the stores.

Each secret that may be given a new value is given a canary, as a rotation would; what cannot be replaced (keys whose
certificates are in use, tokens) is a canary by itself, for it is nowhere else by chance.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from components.security import secret_names
from regions.load import load_fleet

from .traces import backend_texts, content, decrypted, files

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

REGION = "us-east-1"
STACKS = ("local", f"local-{REGION}")
GROUP = load_fleet().region(REGION).replication.group
SOURCES = {
    *(secret_names.database_role("local", GROUP, role) for role in secret_names.ROLES),
    secret_names.cache_user("local", REGION),
    secret_names.api_certificate("local"),
    secret_names.mesh_authority("local", REGION),
    secret_names.remote_access("local", REGION),
}
VERBOSE = ("--logtostderr", "--logflow", "-v=9")
_LOGGED = re.compile(r'^\{"time":.*"v":\d+\}$', re.MULTILINE)
# What secrets hold beside secrets.
_PUBLIC = {
    *("username", "host", "port", "dbname"),
    *("tls.crt", "ca-cert.pem", "cert-chain.pem", "root-cert.pem"),
    *("apiVersion", "kind", "name", "namespace", "user", "cluster", "current-context", "server"),
    "certificate-authority-data",
}
_LEAST = 16  # shorter values could be anywhere by chance


@pytest.fixture(scope="module")
def canaries(embedded: Embedded) -> Mapping[str, list[str]]:
    """What must be nowhere, by the secret that it is of, after an `up` that has passed the planted ones on."""
    store = embedded.aws("secretsmanager")
    for name, value in _stored(store).items():
        if set(value) == {"username", "password"}:
            planted = {**value, "password": secrets.token_hex(20)}
            store.put_secret_value(SecretId=name, SecretString=json.dumps(planted))
    up = embedded.run("up")
    assert up.code == 0, up.output
    found = {name: [*_private(value)] for name, value in _stored(store).items()}
    assert _names(found, up.output.encode()) == []
    return found


def test_every_source_has_a_canary(canaries: Mapping[str, list[str]]) -> None:
    assert set(canaries) >= SOURCES
    assert [name for name, values in canaries.items() if not values] == []


def test_the_search_finds_them_where_they_are(canaries: Mapping[str, list[str]], embedded: Embedded) -> None:
    stored = [content(file) for file in files(embedded.state.aws)]
    for name, values in canaries.items():
        assert any(_found(values, each) for each in stored), name


def test_they_are_in_no_file_beside_the_stores(canaries: Mapping[str, list[str]], embedded: Embedded) -> None:
    """The stores are those of AWS, and etcd, where a cluster's Secrets are."""
    etcd = embedded.state.control_plane(REGION) / "etcd"
    assert etcd.is_dir()
    searched = [*files(embedded.state.root, embedded.state.aws, etcd)]
    assert len(searched) > 50
    assert {file: found for file in searched if (found := _names(canaries, content(file)))} == {}


def test_they_are_in_no_ciphertext_of_any_state(canaries: Mapping[str, list[str]], embedded: Embedded) -> None:
    plaintexts = {plain for text in backend_texts(embedded) for plain in decrypted(text)}
    assert plaintexts
    assert _names(canaries, "\n".join(plaintexts).encode()) == []


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    "command",
    [
        ("preview", "--diff", "--show-sames", "--refresh", *VERBOSE),
        ("up", "--yes", "--diff", "--show-sames", "--refresh", *VERBOSE),
        ("stack", "export", "--show-secrets"),
        ("stack", "output", "--show-secrets", "--json"),
    ],
    ids=lambda words: words[1] if words[0] == "stack" else words[0],
)
def test_they_are_in_nothing_printed(
    command: tuple[str, ...], stack: str, canaries: Mapping[str, list[str]], embedded: Embedded
) -> None:
    printed = embedded.pulumi(*command, "--stack", stack)
    assert printed.code == 0, printed.output[-5000:]
    assert bool(_LOGGED.search(printed.output)) is (VERBOSE[0] in command)
    assert _names(canaries, printed.output.encode()) == []


def test_a_canary_is_found_however_it_is_written() -> None:
    value = "canary/+ of\nlines"
    for written in (value, json.dumps(value), quote(value, safe=""), base64.b64encode(f"x:{value}".encode()).decode()):
        assert _names({"secret": [value]}, f"before {written} after".encode()) == ["secret"], written
    assert _names({"secret": [value]}, b"canary") == []


def _stored(store: Any) -> dict[str, dict[str, Any]]:
    """The current value of each secret of the region, by name."""
    listed = [each["Name"] for page in store.get_paginator("list_secrets").paginate() for each in page["SecretList"]]
    return {name: json.loads(store.get_secret_value(SecretId=name)["SecretString"]) for name in listed}


def _private(value: Any) -> Generator[str]:
    """The secret texts in a secret's value, which may hold whole documents."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in _PUBLIC or not isinstance(item, str):
                yield from _private(item)
    elif isinstance(value, list):
        for item in value:
            yield from _private(item)
    elif isinstance(value, str) and value.startswith("{"):
        yield from _private(json.loads(value))
    elif isinstance(value, str) and "PRIVATE KEY" in value:
        # A line from its middle: the first ones say what kind of key it is, as in any other key.
        lines = value.split()
        yield lines[len(lines) // 2]
    elif isinstance(value, str) and len(value) >= _LEAST:
        yield value


def _names(canaries: Mapping[str, Iterable[str]], data: bytes) -> list[str]:
    """The secrets of which there is a trace in `data`."""
    return [name for name, values in canaries.items() if _found(values, data)]


def _found(values: Iterable[str], data: bytes) -> bool:
    return any(written in data for value in values for written in _spellings(value))


def _spellings(value: str) -> list[bytes]:
    """As it is, in JSON, in a URL, and in base64 with whatever is before and after it."""
    plain = value.encode()
    shifted = [base64.b64encode(b"\0" * shift + plain) for shift in range(3)]
    # The first and the last characters share bits with what is beside them.
    inside = [text[(0, 2, 3)[shift] : -4] for shift, text in enumerate(shifted)]
    return [plain, json.dumps(value)[1:-1].encode(), quote(value, safe="").encode(), *inside]
