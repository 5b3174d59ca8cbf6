"""What becomes of ExternalSecrets, against an API server's answers: Secrets, conditions, refreshes, refusals."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from devcloud.control_plane.external_secrets import ExternalSecrets

Json = dict[str, Any]

_SECRETS = {
    "wedsync/local/database/app": '{"username": "api", "password": "p/w@d", "port": 5432}',
    "plain": "just text",
}
_STORE: Json = {
    "provider": {"aws": {"service": "SecretsManager", "region": "eu-central-1"}},
    "conditions": [{"namespaces": ["apps"]}],
}


def _external(**spec: Any) -> Json:
    reference = {"key": "wedsync/local/database/app", "property": "password"}
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": "database", "namespace": "apps", "uid": "u1", "generation": 1, "labels": {"team": "api"}},
        "spec": {
            "refreshInterval": "5m",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": "aws"},
            "data": [{"secretKey": "password", "remoteRef": reference}],
            **spec,
        },
    }


class _Cluster:
    """Serves one ExternalSecret and its store; remembers the Secret and the statuses that it was given."""

    def __init__(self, external: Json) -> None:
        self.external = external
        self.stores = {"clustersecretstores/aws": copy.deepcopy(_STORE)}
        self.secrets = dict(_SECRETS)
        self.applied: list[Json] = []
        self.statuses: list[Json] = []
        self.reads: list[str] = []
        self.refuse_secrets = False
        self.now = 0.0
        client = httpx.Client(transport=httpx.MockTransport(self._handle), base_url="https://server")
        self.reconcile: Callable[[], None] = ExternalSecrets(client, self._read, lambda: self.now).reconcile

    @property
    def data(self) -> dict[str, str]:
        return {key: base64.b64decode(value).decode() for key, value in self.applied[-1]["data"].items()}

    @property
    def condition(self) -> Json:
        (condition,) = self.statuses[-1]["conditions"]
        return condition

    def _read(self, region: str, name: str) -> str:
        self.reads.append(f"{region}/{name}")
        if name not in self.secrets:
            raise LookupError(f"secret {name} in {region}: ResourceNotFoundException")
        return self.secrets[name]

    def _handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/externalsecrets"):
            return httpx.Response(200, json={"items": [copy.deepcopy(self.external)]})
        if request.method == "GET":
            kind, name = path.split("/")[-2:]
            spec = self.stores.get(f"{kind}/{name}")
            return httpx.Response(200, json={"spec": spec}) if spec else httpx.Response(404)
        body = json.loads(request.content)
        if path.endswith("/status"):
            self.statuses.append(body["status"])
            self.external["status"] = {**self.external.get("status", {}), **body["status"]}
        elif self.refuse_secrets:
            return httpx.Response(422, json={"message": f"you sent {request.content!r}"})
        else:
            self.applied.append(body)
        return httpx.Response(200, json={})


def test_a_property_becomes_a_key_of_a_secret_that_its_external_secret_owns() -> None:
    cluster = _Cluster(_external())

    cluster.reconcile()

    (secret,) = cluster.applied
    assert cluster.data == {"password": "p/w@d"}
    assert secret["type"] == "Opaque"
    assert secret["metadata"]["name"] == "database"
    assert secret["metadata"]["labels"] == {"team": "api", "reconcile.external-secrets.io/managed": "true"}
    (owner,) = secret["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"], owner["controller"]) == (
        "ExternalSecret",
        "database",
        "u1",
        True,
    )
    assert cluster.reads == ["eu-central-1/wedsync/local/database/app"]
    assert (cluster.condition["status"], cluster.condition["reason"]) == ("True", "SecretSynced")
    assert cluster.statuses[-1]["binding"] == {"name": "database"}


def test_a_template_gives_name_type_labels_and_values() -> None:
    template = {
        "type": "kubernetes.io/basic-auth",
        "metadata": {"labels": {"istio/multiCluster": "true"}, "annotations": {"a": "b"}},
        "data": {"url": "postgresql://{{ .username }}:{{.password | toString | urlquery }}@db:{{- .port -}}/wedsync"},
    }
    target = {"name": "urls", "template": template}
    extract = [{"extract": {"key": "wedsync/local/database/app"}}]
    cluster = _Cluster(_external(target=target, data=[], dataFrom=extract))

    cluster.reconcile()

    (secret,) = cluster.applied
    assert cluster.data == {"url": "postgresql://api:p%2Fw%40d@db:5432/wedsync"}
    assert (secret["type"], secret["metadata"]["name"]) == ("kubernetes.io/basic-auth", "urls")
    assert secret["metadata"]["labels"]["istio/multiCluster"] == "true"
    assert "team" not in secret["metadata"]["labels"]
    assert secret["metadata"]["annotations"] == {"a": "b"}


def test_every_property_of_an_extracted_secret_is_a_key_and_whole_texts_are_read_too() -> None:
    whole = [{"secretKey": "whole", "remoteRef": {"key": "plain"}}]
    cluster = _Cluster(_external(data=whole, dataFrom=[{"extract": {"key": "wedsync/local/database/app"}}]))

    cluster.reconcile()

    assert cluster.data == {"username": "api", "password": "p/w@d", "port": "5432", "whole": "just text"}


def _data(**reference: str) -> Json:
    return {"data": [{"secretKey": "x", "remoteRef": reference}]}


def _template(text: str) -> Json:
    return {"target": {"template": {"data": {"x": text}}}}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (_data(key="nowhere"), "secret nowhere in eu-central-1: ResourceNotFoundException"),
        (_data(key="plain", property="password"), "secret plain is no JSON object"),
        (_data(key="wedsync/local/database/app", property="x"), "secret wedsync/local/database/app has no property x"),
        (_data(key="plain", version="1"), "the embedded cloud does not read versions of a secret"),
        ({"dataFrom": [{"find": {"name": {"regexp": ".*"}}}]}, "the embedded cloud knows dataFrom.extract alone"),
        (_template("{{ .secret }}"), "the template names .secret, which no entry of data gives"),
        (_template("{{ .password | b64enc }}"), "does not know the template action {{ .password | b64enc }}"),
        (_template("{{ if .password }}"), "does not know the template action {{ if .password }}"),
        ({"secretStoreRef": {"kind": "ClusterSecretStore", "name": "gcp"}}, "there is no ClusterSecretStore gcp"),
        ({"secretStoreRef": {"name": "aws"}}, "there is no SecretStore aws"),
    ],
)
def test_what_cannot_be_made_is_said_in_the_condition_and_tried_again(spec: Json, message: str) -> None:
    cluster = _Cluster(_external(**spec))

    cluster.reconcile()

    assert cluster.applied == []
    assert (cluster.condition["status"], cluster.condition["reason"]) == ("False", "SecretSyncedError")
    assert message in cluster.condition["message"]
    assert "p/w@d" not in json.dumps(cluster.statuses)

    cluster.external["spec"] = _external()["spec"]  # somebody mends what the ExternalSecret names: same generation
    cluster.now = 2.0
    cluster.reconcile()
    assert cluster.condition["status"] == "True"


def test_a_cluster_wide_store_serves_the_namespaces_that_it_names_alone() -> None:
    cluster = _Cluster(_external())
    cluster.stores["clustersecretstores/aws"]["conditions"] = [{"namespaces": ["elsewhere"]}]

    cluster.reconcile()

    assert cluster.reads == []
    assert "may not be used in the namespace apps: denied by spec.conditions" in cluster.condition["message"]


def test_a_store_of_the_namespace_is_found_there() -> None:
    cluster = _Cluster(_external(secretStoreRef={"name": "own"}))
    cluster.stores["secretstores/own"] = {"provider": {"aws": {"service": "SecretsManager", "region": "us-west-1"}}}

    cluster.reconcile()

    assert cluster.reads == ["us-west-1/wedsync/local/database/app"]


def test_it_is_refreshed_by_its_interval_and_at_once_when_it_changes() -> None:
    cluster = _Cluster(_external())
    cluster.reconcile()
    cluster.now = 299.0
    cluster.secrets["wedsync/local/database/app"] = '{"password": "rotated"}'
    cluster.reconcile()
    assert cluster.data == {"password": "p/w@d"}

    cluster.now = 300.0
    cluster.reconcile()
    assert cluster.data == {"password": "rotated"}

    cluster.external["metadata"]["generation"] = 2
    cluster.reconcile()
    cluster.external["metadata"]["annotations"] = {"force-sync": "now"}
    cluster.reconcile()
    assert len(cluster.applied) == 4


def test_without_an_interval_it_is_made_once() -> None:
    cluster = _Cluster(_external(refreshInterval="0s"))
    cluster.reconcile()
    cluster.now = 1e9
    cluster.reconcile()
    assert len(cluster.applied) == 1


def test_a_failure_is_told_once_and_its_beginning_stays() -> None:
    cluster = _Cluster(_external())
    cluster.reconcile()
    began = cluster.condition["lastTransitionTime"]
    cluster.secrets.clear()
    for cluster.now in (300.0, 302.0, 304.0):
        cluster.reconcile()

    assert [status["conditions"][0]["status"] for status in cluster.statuses] == ["True", "False"]
    assert cluster.condition["lastTransitionTime"] >= began


def test_what_the_api_server_answers_about_a_secret_is_repeated_nowhere() -> None:
    cluster = _Cluster(_external())
    cluster.refuse_secrets = True

    cluster.reconcile()

    assert cluster.condition["message"] == "the API server refused the Secret (422)"


def test_a_cluster_without_the_definitions_has_nothing_to_do() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(404))
    with httpx.Client(transport=transport, base_url="https://server") as client:
        ExternalSecrets(client, lambda *_: pytest.fail("nothing to read")).reconcile()
