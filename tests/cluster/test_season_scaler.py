"""The season scaler on a region that `make up` brought up: told, and allowed, what the program gives it.

Afterwards a preview with refresh finds nothing to change, and an `up` that repairs other fields of the same objects
leaves its values alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from devcloud.state import CHECKOUT

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster

STACK = "local-us-east-1"
NAMESPACE = "database-optimization"
PEAK_SATURDAY = "2026-06-13T16:00:00+00:00"  # noon in New York
_AUTOSCALERS = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers"
MONITOR, API = f"{_AUTOSCALERS}/database-performance-hpa", f"{_AUTOSCALERS}/wedding-api-hpa"
SEASON = f"/api/v1/namespaces/{NAMESPACE}/configmaps/wedding-season-config"
DEPLOYMENT = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/season-scaler"
TOKEN = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/season-scaler/token"
_OWNED = ("minReplicas", "maxReplicas", "metrics")


@dataclass
class Region:
    """What the season scaler changes, as it is now."""

    embedded: Embedded
    told: dict[str, str]

    def live(self, path: str) -> dict[str, Any]:
        with self.embedded.kubernetes() as cluster:
            found = cluster.get(path)
        assert found is not None, f"{path} does not exist"
        return found

    def patch(self, path: str, change: dict[str, Any], manager: str = "kubectl-patch") -> None:
        content, query = "application/merge-patch+json", {"fieldManager": manager}
        with self.embedded.kubernetes() as cluster:
            cluster.request("PATCH", path, query=query, body=change, content_type=content)

    def bounds(self, path: str) -> tuple[int, int]:
        spec = self.live(path)["spec"]
        return spec["minReplicas"], spec["maxReplicas"]

    def scaling(self) -> dict[str, Any]:
        """Of the database: its fewest and its most capacity units."""
        rds, name = self.embedded.aws("rds"), self.told["DATABASE_CLUSTERS"]
        return rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]["ServerlessV2ScalingConfiguration"]

    def nodes(self) -> dict[str, dict[str, int]]:
        """Sizes of the node groups, by name."""
        eks, cluster = self.embedded.aws("eks"), self.told["EKS_CLUSTER"]
        names = [each.partition("=")[2] for each in self.told["NODE_GROUPS"].split(",")]
        found = [eks.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"] for name in names]
        return {each["nodegroupName"]: each["scalingConfig"] for each in found}

    def owned(self) -> dict[str, Any]:
        """Everything that is the season scaler's."""
        bounds = {path: {each: self.live(path)["spec"][each] for each in _OWNED} for path in (MONITOR, API)}
        season = self.live(SEASON)["data"]["season_active"]
        return {"bounds": bounds, "season": season, "acu": self.scaling(), "nodes": self.nodes()}

    def put_back(self, owned: dict[str, Any]) -> None:
        for path, spec in owned["bounds"].items():
            self.patch(path, {"spec": spec}, "season-scaler")
        self.patch(SEASON, {"data": {"season_active": owned["season"]}}, "season-scaler")
        name = self.told["DATABASE_CLUSTERS"]
        self.embedded.aws("rds").modify_db_cluster(
            DBClusterIdentifier=name, ServerlessV2ScalingConfiguration=owned["acu"], ApplyImmediately=True
        )
        for group, size in owned["nodes"].items():
            self.embedded.aws("eks").update_nodegroup_config(
                clusterName=self.told["EKS_CLUSTER"], nodegroupName=group, scalingConfig=size
            )


@pytest.fixture
def region(embedded: Embedded) -> Generator[Region]:
    with embedded.kubernetes() as cluster:
        deployment = cluster.get(DEPLOYMENT)
    assert deployment is not None
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    made = Region(embedded, {each["name"]: each["value"] for each in container["env"] if "value" in each})
    before = made.owned()
    yield made
    made.put_back(before)


@pytest.fixture
def kubeconfig(embedded: Embedded, tmp_path: Path) -> Path:
    """As a pod of the season scaler has it: its own account's token, and so its own rights."""
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
    with embedded.kubernetes() as cluster:
        answer = cluster.request("POST", TOKEN, body=review)
    known: dict[str, Any] = yaml.safe_load(embedded.state.kubeconfig.read_text())
    name = "wedsync-us-east-1"
    context = next(each for each in known["contexts"] if each["name"] == name)["context"]
    context["user"] = "season-scaler"
    known["users"] = [{"name": "season-scaler", "user": {"token": answer["status"]["token"]}}]
    known["contexts"], known["current-context"] = [{"name": name, "context": context}], name
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(known))
    return path


def _once(region: Region, kubeconfig: Path, at: str) -> list[dict[str, Any]]:
    """Run it as its job does, as of `at`; what it said."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT),
        "KUBECONFIG": str(kubeconfig),
        "NAMESPACE": NAMESPACE,
        "POD_NAME": "season-scaler-0",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": region.embedded.engine.aws_endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        **region.told,
    }
    command = [sys.executable, "-m", "tests.services.season_scaler.as_of", at, "0", "--once"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _no_drift(region: Region) -> None:
    code, output = region.embedded.pulumi("preview", "--refresh", "--expect-no-changes", "--diff", "--stack", STACK)
    assert code == 0, output


def test_it_prepares_a_peak_saturday_and_up_leaves_its_values_alone(region: Region, kubeconfig: Path) -> None:
    quiet = region.owned()
    said = _once(region, kubeconfig, PEAK_SATURDAY)
    assert {"database-performance-hpa", "wedding-api-hpa"} <= {each["name"] for each in said if "after" in each}
    prepared = region.owned()
    assert region.bounds(MONITOR) == (29, 36)  # MAXIMUM's 24, a fifth more on a wedding day, rounded up
    assert region.bounds(API) == (50, 50)
    assert prepared["season"] == "true"
    assert region.scaling()["MinCapacity"] > quiet["acu"]["MinCapacity"]
    assert region.scaling()["MaxCapacity"] == quiet["acu"]["MaxCapacity"]
    grown = [name for name, size in region.nodes().items() if size["minSize"] > quiet["nodes"][name]["minSize"]]
    assert any("wedding-optimised" in name for name in grown)
    items = region.embedded.aws("dynamodb").scan(TableName=region.told["AUDIT_TABLE"])["Items"]
    recorded = {each["name"]["S"] for each in items if each.get("action", {}).get("S") == "season-scaler:set"}
    assert {"database-performance-hpa", "wedding-api-hpa", region.told["DATABASE_CLUSTERS"], *grown} <= recorded
    _no_drift(region)

    region.patch(MONITOR, {"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 0}}}})
    region.patch(SEASON, {"data": {"optimization_frequency": "1h"}})
    region.embedded.aws("rds").modify_db_cluster(
        DBClusterIdentifier=region.told["DATABASE_CLUSTERS"], BackupRetentionPeriod=1, ApplyImmediately=True
    )
    up = region.embedded.run("up")
    assert up.code == 0, up.output
    assert region.live(MONITOR)["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 600
    assert region.live(SEASON)["data"]["optimization_frequency"] == "4h"
    assert region.owned() == prepared
    _no_drift(region)
    said = _once(region, kubeconfig, PEAK_SATURDAY)
    assert [each for each in said if "after" in each] == []  # nothing was taken from it
