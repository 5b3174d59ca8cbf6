"""PgBouncer's configuration: the region's pool is never exceeded, whichever databases are busy."""

from __future__ import annotations

from configparser import ConfigParser

import pytest

from components.database.connection_pooler import configuration, connections_each

from .conftest import FLEET

POOLER = FLEET.workloads.pooler
HOSTS = {"wedsync": "writer.internal", "wedsync_ro": "reader.internal", "resident": "resident.internal"}


def _configuration(region: str, hosts: dict[str, str]) -> ConfigParser:
    parsed = ConfigParser(interpolation=None)
    parsed.read_string(configuration(POOLER, FLEET.region(region).database, hosts))
    return parsed


@pytest.mark.parametrize("databases", [2, 3])
@pytest.mark.parametrize("region", FLEET.regions)
def test_all_replicas_together_stay_within_the_pool(region: str, databases: int) -> None:
    hosts = dict(list(HOSTS.items())[:databases])
    settings = _configuration(region, hosts)["pgbouncer"]
    together = int(settings["max_db_connections"]) * POOLER.replicas * databases
    pool = FLEET.region(region).database.pool_size
    assert pool - POOLER.replicas * databases < together <= pool
    # A surge would be a replica more, with connections of its own.
    assert POOLER.rolling_update.max_surge == 0


def test_each_database_goes_to_its_own_host() -> None:
    databases = _configuration("eu-central-1", HOSTS)["databases"]
    assert {name: dict(word.split("=") for word in databases[name].split())["host"] for name in databases} == HOSTS


def test_servers_are_verified_and_passwords_never_sent() -> None:
    settings = _configuration("us-east-1", HOSTS)["pgbouncer"]
    assert (settings["server_tls_sslmode"], settings["auth_type"]) == ("verify-ca", "scram-sha-256")
    assert settings["pool_mode"] == "transaction"


def test_the_server_ends_a_statement_before_the_pooler_gives_up_the_connection() -> None:
    for name, region in FLEET.regions.items():
        timeout = float(_configuration(name, HOSTS)["pgbouncer"]["query_timeout"])
        assert timeout * 1000 == region.database.query_timeout_ms + 5000


def test_a_pool_too_small_for_all_is_divided_no_further() -> None:
    database = FLEET.region("us-east-1").database.model_copy(update={"pool_size": 1})
    assert connections_each(POOLER, database, 3) == 1  # regions.checks refuses such a pool
