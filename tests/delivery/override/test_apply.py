"""`wedops override apply`: what counts here is given to the region's cluster, and nothing else is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from guard.override import Candidate, verify
from guard.signers import read_signers
from tests.delivery.override.commands import ADAS, BAD_INPUT, FAILED, REFUSED, VALID, Override, fresh
from tests.guard.checkout import Checkout
from tests.guard.signing import ADA, BOTH, GRACE, signers_text

NOW = datetime.now(UTC).replace(microsecond=0)
OVER = {"not_before": NOW - timedelta(hours=2), "expires": NOW - timedelta(hours=1)}
WHERE = ("--environment", "prod", "--region", "eu-central-1")


@dataclass
class Server:
    """An API server that notes what it is asked."""

    server: str = "https://cluster.test"
    status: int = 200
    asked: list[httpx.Request] = field(default_factory=list[httpx.Request])

    @contextmanager
    def client(self) -> Generator[httpx.Client]:
        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            return httpx.Response(self.status, json={})

        with httpx.Client(base_url=self.server, transport=httpx.MockTransport(answer)) as client:
            yield client


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    found: Callable[..., Server] = lambda *_: made  # noqa: E731
    monkeypatch.setattr("delivery.region_cluster.cluster_of", found)
    monkeypatch.setattr("delivery.aws.own_clients", lambda: None)
    monkeypatch.setattr("delivery.aws.check_account", lambda *_: None)
    return made


def test_document_and_signatures_are_applied_byte_for_byte(
    override: Override, checkout: Checkout, server: Server
) -> None:
    document = fresh(checkout)
    checkout.commit()
    result = override("apply", document, *WHERE)
    assert result.exit_code == VALID, result.output
    assert f"approved by {ADA} and {GRACE}" in result.stdout
    (request,) = server.asked
    assert request.method == "PATCH"
    assert request.url.path == "/api/v1/namespaces/database-optimization/configmaps/freeze-override"
    assert request.headers["Content-Type"] == "application/apply-patch+yaml"
    files = {name: base64.b64decode(text) for name, text in json.loads(request.content)["binaryData"].items()}
    # As the season scaler takes it, it counts, though nobody knows the tree there.
    raw = files.pop("now.yaml")
    candidate = Candidate("overrides/now.yaml", raw, files)
    assert raw == document.read_bytes()
    assert verify(candidate, read_signers(signers_text(*BOTH)), None, datetime.now(UTC)).approvers == (ADA, GRACE)


def test_json_says_where_it_is_and_who_approved(override: Override, checkout: Checkout, server: Server) -> None:
    document = fresh(checkout)
    result = override("apply", document, *WHERE, "--json")
    assert json.loads(result.stdout) == {
        "file": "overrides/now.yaml",
        "stack": "prod-eu-central-1",
        "approvers": [ADA, GRACE],
    }
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("made", "where", "told"),
    [
        (lambda checkout: fresh(checkout, ADAS), WHERE, "is approved by 1 of the 2"),
        (lambda checkout: fresh(checkout, **OVER), WHERE, "has expired"),
        (lambda checkout: fresh(checkout, tree="sha256:" + "0" * 64), WHERE, "is for another tree"),
        (fresh, ("--environment", "prod", "--region", "us-east-1"), "opens prod-eu-central-1, not prod-us-east-1"),
        (fresh, ("--environment", "staging", "--region", "eu-central-1"), "is for the environment prod"),
    ],
)
def test_what_does_not_count_here_is_given_to_nobody(
    made: Callable[[Checkout], Path],
    where: tuple[str, ...],
    told: str,
    override: Override,
    checkout: Checkout,
    server: Server,
) -> None:
    result = override("apply", made(checkout), *where)
    assert (result.exit_code, told in result.stderr) == (REFUSED, True), result.output
    assert server.asked == []


def test_bad_input_and_a_server_that_refuses(override: Override, checkout: Checkout, server: Server) -> None:
    document = fresh(checkout)
    result = override("apply", document, "--environment", "prod", "--region", "eu-central-2")
    assert (result.exit_code, "no such region" in result.stderr) == (BAD_INPUT, True)
    assert override("apply", Path("missing.yaml"), *WHERE).exit_code == BAD_INPUT
    assert server.asked == []
    server.status = 403
    result = override("apply", document, *WHERE)
    assert result.exit_code == FAILED
    assert "The API server https://cluster.test does not do as asked: Client error '403 Forbidden'" in result.stderr
