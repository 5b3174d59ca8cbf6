"""The rotation that keeps master passwords out of Pulumi's state, cut off after every call it makes."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from delivery.master_password import ensure_master_password, secret_name

CLUSTER = "wedsync-test-us-east-1-worldwide"


class DiedError(Exception):
    """The process died here."""


class Dying:
    """A boto3 client whose process dies right after its nth call took effect."""

    def __init__(self, client: Any, calls: list[str], dies_after: int) -> None:
        self._client, self._calls, self._dies_after = client, calls, dies_after

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._client, name)
        if not callable(attribute) or name in ("exceptions", "get_waiter"):
            return attribute

        def call(**arguments: Any) -> Any:
            result = attribute(**arguments)
            self._calls.append(name)
            if len(self._calls) == self._dies_after:
                raise DiedError
            return result

        return call


class Service:
    """RDS and Secrets Manager as moto answers, with every password that the cluster was given."""

    def __init__(self) -> None:
        session: Any = boto3.Session("test", "test", region_name="us-east-1")
        self.rds, self.secrets = session.client("rds"), session.client("secretsmanager")
        self.passwords: list[str] = []
        self.rds.meta.events.register("before-parameter-build.rds.ModifyDBCluster", self._record)

    def make_cluster(self) -> None:
        self.rds.create_db_cluster(
            DBClusterIdentifier=CLUSTER,
            Engine="aurora-postgresql",
            MasterUsername="wedsync_admin",
            MasterUserPassword="drawn-at-random-and-forgotten",
            DatabaseName="wedsync",
        )

    def remake_cluster(self) -> None:
        """Delete the cluster and make another one under its name."""
        self.rds.delete_db_cluster(DBClusterIdentifier=CLUSTER, SkipFinalSnapshot=True)
        for snapshot in self.rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]:  # moto names them by the minute
            self.rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=snapshot["DBClusterSnapshotIdentifier"])
        self.make_cluster()

    def secret(self) -> dict[str, Any]:
        current = self.secrets.get_secret_value(SecretId=secret_name(CLUSTER), VersionStage="AWSCURRENT")
        return json.loads(current["SecretString"])

    def stages(self) -> set[str]:
        described = self.secrets.describe_secret(SecretId=secret_name(CLUSTER))
        return {stage for stages in described["VersionIdsToStages"].values() for stage in stages}

    def _record(self, params: dict[str, Any], **_: Any) -> None:
        if "MasterUserPassword" in params:
            self.passwords.append(params["MasterUserPassword"])


@pytest.fixture
def service() -> Generator[Service]:
    with mock_aws():
        made = Service()
        made.make_cluster()
        yield made


def test_the_secret_opens_the_cluster(service: Service) -> None:
    assert ensure_master_password(service.rds, service.secrets, CLUSTER) is True
    secret = service.secret()
    assert service.passwords == [secret["password"]]
    assert len(secret["password"]) == 40
    assert (secret["username"], secret["dbname"]) == ("wedsync_admin", "wedsync")
    assert "AWSPENDING" not in service.stages()


def test_a_second_call_changes_nothing(service: Service) -> None:
    ensure_master_password(service.rds, service.secrets, CLUSTER)
    before = service.secret()
    assert ensure_master_password(service.rds, service.secrets, CLUSTER) is False
    assert service.secret() == before
    assert len(service.passwords) == 1


def test_a_cluster_made_anew_gets_a_password_of_its_own(service: Service) -> None:
    ensure_master_password(service.rds, service.secrets, CLUSTER)
    old = service.secret()["password"]
    service.remake_cluster()
    assert ensure_master_password(service.rds, service.secrets, CLUSTER) is True
    assert service.secret()["password"] == service.passwords[-1] != old


def _calls_of_a_whole_run(*, remade: bool) -> int:
    with mock_aws():
        service, calls = Service(), list[str]()
        service.make_cluster()
        if remade:
            ensure_master_password(service.rds, service.secrets, CLUSTER)
            service.remake_cluster()
        ensure_master_password(Dying(service.rds, calls, 0), Dying(service.secrets, calls, 0), CLUSTER)
        return len(calls)


MOMENTS = [(remade, n) for remade in (False, True) for n in range(1, _calls_of_a_whole_run(remade=remade) + 1)]


@pytest.mark.parametrize(("remade", "dies_after"), MOMENTS)
def test_what_was_cut_off_is_finished_by_the_next_call(remade: bool, dies_after: int, service: Service) -> None:
    """After every call, of a cluster that is new and of one that was made anew under its old name."""
    if remade:
        ensure_master_password(service.rds, service.secrets, CLUSTER)
        service.remake_cluster()
        service.passwords.clear()
    calls: list[str] = []
    with pytest.raises(DiedError):
        ensure_master_password(
            Dying(service.rds, calls, dies_after), Dying(service.secrets, calls, dies_after), CLUSTER
        )
    ensure_master_password(service.rds, service.secrets, CLUSTER)
    assert service.passwords[-1] == service.secret()["password"]
    assert "AWSPENDING" not in service.stages()
