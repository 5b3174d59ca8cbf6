"""What goes, goes whole: objects by `pulumi destroy`, processes and files by `make destroy`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cluster.conftest import Embedded

pytestmark = pytest.mark.cluster


def test_destroy_leaves_nothing(make_embedded: Callable[[], Embedded]) -> None:
    cloud = make_embedded()
    up = cloud.run("up")
    assert up.code == 0, up.output
    assert cloud.processes() != []

    for stack in ("local-us-east-1", "local"):
        destroyed = cloud.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack)
        assert destroyed.code == 0, destroyed.output
    with cloud.kubernetes() as cluster:
        assert cluster.get("/api/v1/namespaces/database-optimization") is None
    rds = cloud.aws("rds")
    assert rds.describe_db_clusters()["DBClusters"] == []
    assert rds.describe_db_instances()["DBInstances"] == []
    assert rds.describe_global_clusters()["GlobalClusters"] == []
    assert not any("postgres" in command for command in cloud.processes() if "devcloud" not in command)
    assert list((cloud.state.aws / "postgres").iterdir()) == []

    removed = cloud.run("destroy")
    assert removed.code == 0, removed.output
    assert cloud.processes() == []
    assert not cloud.state.root.exists()
