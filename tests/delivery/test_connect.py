"""`wedops connect` after a region's `up`, on real PostgreSQL behind the Aurora API and on the embedded ElastiCache."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from components.cache.regional_cache import ENGINE, application_user_id, user_group_id
from components.database.regional_database import DATABASE_NAME, cluster_identifier
from components.scope import Scope
from components.security.secret_names import ROLES, remote_access
from delivery import connect
from delivery.bootstrap.command import steps
from delivery.connect import Connection
from delivery.credentials import NoCredentialsError
from delivery.database_roles import read_role_credentials
from delivery.kubeconfig import ApiServer
from delivery.steps import Outcome, State, StepError, run
from delivery.stored_secrets import StoredSecret
from regions.load import load_fleet
from stacks.environment import load_environment
from tests.devcloud.aws_endpoint.conftest import LocalAws, start_local_aws

pytestmark = pytest.mark.cluster

ENVIRONMENT, FLEET = load_environment("local"), load_fleet()
REGION = FLEET.region("us-east-1")
SCOPE = Scope("local", "us-east-1")
CLUSTER = cluster_identifier(SCOPE, REGION.replication.group)
API_SERVER = ApiServer("https://cluster.test", "QQ==", token="t")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Generator[LocalAws]:
    """With what the region's stack has made, as far as it counts here."""
    running = start_local_aws(tmp_path_factory.mktemp("aws"))
    running.create_cluster(CLUSTER, DatabaseName=DATABASE_NAME)
    running.create_instance(CLUSTER, f"{CLUSTER}-1")
    yield running
    running.stop()


@pytest.fixture
def connection(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """The cluster's part has tests of its own, on a real API server."""

    def reach(_api: object, _cluster: ApiServer, _namespace: str, _secrets: object, to: StoredSecret) -> Outcome:
        return Outcome(f"secret {to.name} to {', '.join(to.replicas)}", State.UNCHANGED, "")

    monkeypatch.setattr(connect, "ensure_remote_access", reach)
    monkeypatch.setattr("ssl.SSLContext.load_verify_locations", lambda *_, **__: None)
    return Connection(ENVIRONMENT, FLEET, REGION, aws.client, API_SERVER)


def open_cache(aws: LocalAws) -> None:
    elasticache = aws.client("elasticache")
    group, closed = user_group_id(SCOPE), "wedsync-local-us-east-1-closed"
    elasticache.create_user(
        UserId=closed, UserName="default", Engine=ENGINE, AccessString="off -@all", NoPasswordRequired=True
    )
    elasticache.create_user_group(UserGroupId=group, Engine=ENGINE, UserIds=[closed])


def test_it_hands_out_what_bootstrap_made_and_a_second_time_changes_nothing(
    aws: LocalAws, connection: Connection
) -> None:
    with pytest.raises(NoCredentialsError, match="run `wedops bootstrap` first"):
        list(connection.outcomes())
    list(run(steps(ENVIRONMENT, FLEET, aws.client, datetime.now(UTC)), dry_run=False))
    with pytest.raises(StepError, match=r"no cache wedsync-local-us-east-1-cache: `pulumi up`"):
        list(connection.outcomes())
    open_cache(aws)

    made = list(connection.outcomes())
    assert [outcome.what for outcome in made] == [
        f"master password of {CLUSTER}",
        f"roles of {CLUSTER}",
        "user of wedsync-local-us-east-1-cache",
        f"secret {remote_access('local', 'us-east-1')} to ap-southeast-1, eu-central-1, us-west-1",
    ]
    assert {outcome.state for outcome in connection.outcomes()} == {State.UNCHANGED}
    _roles_log_in(aws)
    _application_is_let_in(aws)


def _roles_log_in(aws: LocalAws) -> None:
    cluster = aws.describe(CLUSTER)
    credentials = read_role_credentials(aws.client("secretsmanager"), "local", REGION.replication.group)
    assert set(credentials) == set(ROLES)
    for each in credentials.values():
        login: dict[str, Any] = {"user": each.username, "password": each.password, "dbname": DATABASE_NAME}
        assert aws.sql(cluster, "SELECT current_user", **login) == (each.username,)
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        aws.sql(cluster, "SELECT 1", user=credentials["app"].username, password="guessed", dbname=DATABASE_NAME)


def _application_is_let_in(aws: LocalAws) -> None:
    (group,) = aws.client("elasticache").describe_user_groups(UserGroupId=user_group_id(SCOPE))["UserGroups"]
    assert application_user_id(SCOPE) in group["UserIds"]


def test_a_database_out_of_reach_ends_in_a_sentence(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise psycopg.OperationalError("timeout expired")

    monkeypatch.setattr(psycopg, "connect", refuse)
    with pytest.raises(StepError, match=r"cannot be reached from here \(timeout expired\). Run this inside of its VPC"):
        list(connection.outcomes())
