"""What somebody changed by hand is shown by a preview with refresh, and put back by the next `make up`."""

from __future__ import annotations

import copy
import time
from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

STACK = "local-us-east-1"
NAMESPACE = "database-optimization"
AUTOSCALER = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers/database-performance-hpa"
DEPLOYMENT = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/database-performance-monitor"
_SCALING_SECONDS = 90


def _preview(embedded: Embedded) -> tuple[int, str]:
    return embedded.pulumi("preview", "--refresh", "--expect-no-changes", "--diff", "--stack", STACK)


def _up(embedded: Embedded) -> None:
    up = embedded.run("up")
    assert up.code == 0, up.output


def _patch(embedded: Embedded, path: str, change: dict[str, Any]) -> None:
    """As kubectl patch does."""
    content, query = "application/merge-patch+json", {"fieldManager": "kubectl-patch"}
    with embedded.kubernetes() as cluster:
        cluster.request("PATCH", path, query=query, body=change, content_type=content)


def _live(embedded: Embedded, path: str) -> dict[str, Any]:
    with embedded.kubernetes() as cluster:
        live = cluster.get(path)
    assert live is not None, f"{path} does not exist"
    return live


def _spec(embedded: Embedded, path: str) -> dict[str, Any]:
    return _live(embedded, path)["spec"]


class Scaler:
    """Changes the HPA as the season scaler does. `declared` is the spec that it found."""

    manager = "season-scaler"

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded
        self.declared = _spec(embedded, AUTOSCALER)

    def apply(self, fields: Mapping[str, Any]) -> None:
        """Server-side apply by force of minReplicas, maxReplicas and the complete metrics."""
        name = AUTOSCALER.rsplit("/", 1)[-1]
        body = {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": name},
            "spec": {field: fields[field] for field in ("minReplicas", "maxReplicas", "metrics")},
        }
        query = {"fieldManager": self.manager, "force": "true"}
        with self._embedded.kubernetes() as cluster:  # JSON is YAML
            cluster.request("PATCH", AUTOSCALER, query=query, body=body, content_type="application/apply-patch+yaml")

    def owns(self, fields: Iterable[str]) -> bool:
        """Whether the API server has the scaler, and nobody else, as the owner of these fields of the spec."""
        entries = _live(self._embedded, AUTOSCALER)["metadata"]["managedFields"]
        owners = {
            field: {each["manager"] for each in entries if f"f:{field}" in each["fieldsV1"].get("f:spec", {})}
            for field in fields
        }
        return all(owner == {self.manager} for owner in owners.values())

    def give_back(self) -> None:
        """Put everything back as it was, for the tests that share the cloud."""
        _patch(self._embedded, AUTOSCALER, {"spec": {"behavior": self.declared["behavior"]}})
        self.apply(self.declared)
        deadline = time.monotonic() + _SCALING_SECONDS
        while _live(self._embedded, DEPLOYMENT)["status"].get("readyReplicas") != self.declared["minReplicas"]:
            assert time.monotonic() < deadline, f"not back at {self.declared['minReplicas']} replicas"
            time.sleep(0.5)


@pytest.fixture
def scaler(embedded: Embedded) -> Generator[Scaler]:
    made = Scaler(embedded)
    yield made
    made.give_back()


def test_a_patched_deployment_is_shown_and_repaired(embedded: Embedded) -> None:
    _patch(embedded, DEPLOYMENT, {"spec": {"strategy": {"rollingUpdate": {"maxSurge": 1}}}})
    code, output = _preview(embedded)
    assert code != 0
    assert "maxSurge" in output
    _up(embedded)
    assert _spec(embedded, DEPLOYMENT)["strategy"]["rollingUpdate"]["maxSurge"] == 3
    assert _preview(embedded)[0] == 0


def test_a_modified_cluster_is_shown_and_repaired(embedded: Embedded) -> None:
    rds = embedded.aws("rds")
    cluster = embedded.engine.outputs(STACK)["database_cluster"]
    rds.modify_db_cluster(DBClusterIdentifier=cluster, BackupRetentionPeriod=1, ApplyImmediately=True)
    code, output = _preview(embedded)
    assert code != 0
    assert "backupRetentionPeriod" in output
    _up(embedded)
    live = rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"][0]
    assert live["BackupRetentionPeriod"] == 35
    assert _preview(embedded)[0] == 0


def test_the_season_scaler_and_up_leave_each_others_fields_alone(scaler: Scaler, embedded: Embedded) -> None:
    """Bounds and metrics are the scaler's; an `up` that repairs another field of the same object keeps them."""
    metrics = copy.deepcopy(scaler.declared["metrics"])
    metrics[0]["resource"]["target"]["averageUtilization"] = 60
    chosen = {"minReplicas": 4, "maxReplicas": 36, "metrics": metrics}
    scaler.apply(chosen)
    code, output = _preview(embedded)
    assert code == 0, output

    _patch(embedded, AUTOSCALER, {"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 0}}}})
    code, output = _preview(embedded)
    assert code != 0
    assert "stabilizationWindowSeconds" in output
    _up(embedded)
    spec = _spec(embedded, AUTOSCALER)
    assert spec["behavior"] == scaler.declared["behavior"]
    assert {field: spec[field] for field in chosen} == chosen
    assert scaler.owns(chosen)
    code, output = _preview(embedded)
    assert code == 0, output
