"""Changes moto's RDS: it gets Aurora's rules, real endpoints, and the operations it lacks.

All of it runs inside a request, while `server.Endpoint` holds the state lock; the processes follow in
`Fleet.reconcile`, after the state was saved.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.rds.exceptions import RDSClientError
from moto.rds.models import DBCluster, DBInstance, MasterUserSecret, RDSBackend
from moto.rds.responses import RDSResponse

from devcloud.aws_endpoint import clusters, rules
from devcloud.aws_endpoint.fleet import Fleet
from devcloud.aws_endpoint.rds_operations import OPERATIONS
from devcloud.aws_endpoint.rds_view import view_of
from devcloud.aws_endpoint.records import record_of

Rejection = Callable[[Mapping[str, str]], str | None]


def install(fleet: Fleet, assignments: clusters.Assignments, rejection: Rejection, default_version: str) -> None:
    """Change moto's classes. Once a process.

    Args:
        rejection: why PostgreSQL refuses values of a parameter group, or None.
        default_version: the engine version of a cluster that asks for none.
    """
    _report_real_state(fleet)
    _keep_real_passwords()
    _replace([(DBCluster, "default_engine_version", staticmethod(lambda _engine: default_version))])
    for action in sorted({*rules.checked_actions(), *OPERATIONS}):
        name = camelcase_to_underscores(action)
        original = getattr(RDSResponse, name, None)
        operation = OPERATIONS.get(action)
        setattr(RDSResponse, name, _checked(action, original, operation, assignments, rejection))


def _checked(action: str, original: Any, operation: Any, assignments: Any, rejection: Rejection) -> Any:
    """moto's method of an action, or ours around it, behind the rules."""

    def method(self: RDSResponse) -> ActionResult:
        error = rules.violation(action, self.params, view_of(self.backend, rejection))
        if error is not None:
            raise RDSClientError(error.code, error.message)
        return original(self) if operation is None else operation(self, original, assignments)

    return method


def _report_real_state(fleet: Fleet) -> None:
    """Endpoints and statuses come from the servers, not from moto's inventions."""

    def state(server: str) -> str:
        if fleet.failure(server) is not None:
            return "failed"
        return "available" if fleet.is_ready(server) else "creating"

    def cluster_status(cluster: Any) -> str:
        stored: str = cluster._status
        return state(record_of(cluster).writer.server) if stored in ("creating", "available") else stored

    def set_cluster_status(cluster: Any, value: str) -> None:
        cluster._status = value

    def instance_status(instance: Any) -> str:
        stored: str = instance.stored_status
        return state(record_of(instance).server) if stored == "available" else stored

    def set_instance_status(instance: Any, value: str) -> None:
        instance.stored_status = value

    def members(cluster: Any) -> list[dict[str, Any]]:
        secondary = clusters.primary_of(cluster) is not cluster
        return [
            {
                "DBInstanceIdentifier": member.db_instance_identifier,
                "IsClusterWriter": member.is_cluster_writer and not secondary,
                "DBClusterParameterGroupStatus": "in-sync",
                "PromotionTier": member.promotion_tier,
            }
            for member in cluster.members
        ]

    tagged = vars(RDSBackend)["_get_resource_for_tagging"]
    replaced: list[tuple[type, str, object]] = [
        (DBCluster, "status", property(cluster_status, set_cluster_status)),
        (DBCluster, "endpoint", property(lambda cluster: record_of(cluster).writer_host)),
        (DBCluster, "reader_endpoint", property(lambda cluster: record_of(cluster).reader_host)),
        (DBCluster, "db_cluster_members", property(members)),
        (DBInstance, "status", property(instance_status, set_instance_status)),
        (DBInstance, "address", property(lambda instance: record_of(instance).host)),
        (RDSBackend, "_get_resource_for_tagging", _with_global_clusters(tagged)),
    ]
    _replace(replaced)


def _with_global_clusters(original: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """moto finds no tags of a global cluster."""

    def find(backend: Any, arn: str) -> Any:
        if ":global-cluster:" not in arn:
            return original(backend, arn)
        return next((found for found in clusters.global_clusters(backend.account_id) if found.arn == arn), None)

    return find


def _keep_real_passwords() -> None:
    """A managed master password is random, of the cluster's user, and another one after a rotation."""

    def secret_string(secret: Any) -> str:
        return json.dumps({"username": secret.resource.master_username, "password": secrets.token_urlsafe(24)})

    def rotate(secret: Any) -> None:
        secret.secretsmanager.put_secret_value(
            secret_id=secret.secret.arn,
            secret_string=secret_string(secret),
            secret_binary="",
            client_request_token=str(uuid.uuid4()),
            version_stages=["AWSCURRENT"],
        )

    _replace(
        [
            (MasterUserSecret, "_generate_secret_string", secret_string),
            (MasterUserSecret, "rotate_secret", rotate),
        ]
    )


def _replace(attributes: list[tuple[type, str, object]]) -> None:
    for owner, name, replacement in attributes:
        setattr(owner, name, replacement)
