"""What somebody changed by hand is shown by a preview with refresh, and put back by the next `make up`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

STACK = "local-us-east-1"
NAMESPACE = "database-optimization"


def _preview(embedded: Embedded) -> tuple[int, str]:
    return embedded.pulumi("preview", "--refresh", "--expect-no-changes", "--diff", "--stack", STACK)


def _up(embedded: Embedded) -> None:
    up = embedded.run("up")
    assert up.code == 0, up.output


def _patch(embedded: Embedded, path: str, change: dict[str, Any]) -> None:
    """As kubectl patch does."""
    content = "application/merge-patch+json"
    with embedded.kubernetes() as cluster:
        cluster.request("PATCH", f"{path}?fieldManager=kubectl-patch", body=change, content_type=content)


def _spec(embedded: Embedded, path: str) -> dict[str, Any]:
    with embedded.kubernetes() as cluster:
        live = cluster.get(path)
    assert live is not None
    return live["spec"]


def test_a_patched_deployment_is_shown_and_repaired(embedded: Embedded) -> None:
    path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/database-performance-monitor"
    _patch(embedded, path, {"spec": {"strategy": {"rollingUpdate": {"maxSurge": 1}}}})
    code, output = _preview(embedded)
    assert code != 0
    assert "maxSurge" in output
    _up(embedded)
    assert _spec(embedded, path)["strategy"]["rollingUpdate"]["maxSurge"] == 3
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


def test_what_the_season_scaler_changes_is_no_drift(embedded: Embedded) -> None:
    """It owns the HPA's bounds; an `up` that changes nothing else leaves them alone."""
    path = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers/database-performance-hpa"
    _patch(embedded, path, {"spec": {"minReplicas": 12, "maxReplicas": 24}})
    assert _preview(embedded)[0] == 0
    _up(embedded)
    assert _spec(embedded, path)["minReplicas"] == 12
    _patch(embedded, path, {"spec": {"minReplicas": 6}})
