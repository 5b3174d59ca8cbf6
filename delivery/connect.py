"""What a region still needs once its stack is up: credentials that no program may know, handed to who uses them.

Everything can be repeated at any time: to finish what was cut off, or to pass a new password on.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg

from components.cache.regional_cache import user_group_id
from components.database.regional_database import cluster_identifier
from components.scope import Scope
from components.security.secret_names import remote_access, secrets_key_alias
from delivery.aws import Clients
from delivery.cache_access import ensure_cache_access
from delivery.database_roles import ensure_database_roles, read_role_credentials
from delivery.kubeconfig import ApiServer
from delivery.master_password import ensure_master_password, secret_name
from delivery.remote_access import ensure_remote_access
from delivery.steps import Outcome, State, StepError
from delivery.stored_secrets import StoredSecret
from regions.fleet import Fleet
from regions.model import Region, Replication
from stacks.environment import Environment

_CONNECT_SECONDS = 30


@dataclass(frozen=True)
class Connection:
    """A region of an environment whose stack is up; `fleet` is of the regions that are on."""

    environment: Environment
    fleet: Fleet
    region: Region
    clients: Clients
    cluster: ApiServer

    def outcomes(self) -> Iterator[Outcome]:
        """Do it all, in order.

        Raises:
            StepError: the stack is not up, or is another one than the files say.
        """
        for place in self.region.replications:
            # Aurora takes credentials from a group's first writer alone; the others replicate them.
            if place.bootstrap_writer:
                yield from self._database(place)
        yield self._cache()
        yield self._remote_access()

    @property
    def _scope(self) -> Scope:
        return Scope(self.environment.name, self.region.name)

    def _client(self, service: str) -> Any:
        return self.clients(service, self.region.aws_region)

    def _database(self, place: Replication) -> Iterator[Outcome]:
        secrets, cluster = self._client("secretsmanager"), cluster_identifier(self._scope, place.group)
        made = ensure_master_password(self._client("rds"), secrets, cluster)
        yield Outcome(f"master password of {cluster}", State.MADE if made else State.UNCHANGED, "")
        credentials = read_role_credentials(secrets, self.environment.name, place.group)
        with _master(secrets, cluster) as connection:
            extensions = self.fleet.workloads.database.preload_libraries
            new = ensure_database_roles(connection, place.group, credentials, extensions)
        # Grants and passwords are set anew each time: PostgreSQL does not tell whether they were as they should be.
        yield Outcome(f"roles of {cluster}", State.MADE if new else State.UNCHANGED, "as their secrets say")

    def _cache(self) -> Outcome:
        elasticache, group = self._client("elasticache"), user_group_id(self._scope)
        try:
            elasticache.describe_user_groups(UserGroupId=group)
        except elasticache.exceptions.UserGroupNotFoundFault as error:
            raise StepError(f"There is no cache {group}: `pulumi up` the region's stack first.") from error
        try:
            changed = ensure_cache_access(elasticache, self._client("secretsmanager"), self._scope)
        except TimeoutError as error:
            raise StepError(f"{error}. Run the same command again.") from error
        return Outcome(f"user of {group}", State.CHANGED if changed else State.UNCHANGED, "")

    def _remote_access(self) -> Outcome:
        environment, own = self.environment.name, self.region.aws_region
        to = StoredSecret(
            remote_access(environment, self.region.name),
            f"How the mesh of other regions reads the cluster of {self.region.name}",
            str,
            tuple(each for each in self.fleet.aws_regions if each != own),
            secrets_key_alias(environment),
        )
        namespace = self.fleet.workloads.mesh.control_namespace
        try:
            with self.cluster.client() as api:
                return ensure_remote_access(api, self.cluster, namespace, self._client("secretsmanager"), to)
        except httpx.HTTPError as error:
            raise StepError(f"The API server {self.cluster.server} does not do as asked: {error}") from error


@contextmanager
def _master(secrets: Any, cluster: str) -> Generator[psycopg.Connection[Any]]:
    """The master user's connection to the database on the writer.

    Raises:
        StepError: it is out of reach, or not the writer any more.
    """
    value = json.loads(secrets.get_secret_value(SecretId=secret_name(cluster))["SecretString"])
    host = value["host"]
    try:
        with psycopg.connect(
            host=host,
            port=value["port"],
            dbname=value["dbname"],
            user=value["username"],
            password=value["password"],
            sslmode="require",
            connect_timeout=_CONNECT_SECONDS,
            autocommit=True,
        ) as connection:
            yield connection
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise StepError(
            f"{host} is not the writer of its group any more: it takes no roles. Switch over first."
        ) from error
    except psycopg.OperationalError as error:
        raise StepError(f"{host}: cannot be reached from here ({error}). Run this inside of its VPC.") from error
    except psycopg.Error as error:
        raise StepError(f"{host} refused: {error}") from error
