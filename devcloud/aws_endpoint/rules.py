"""Aurora's rules that moto does not know. Pure: request and state in, the service's own error out, or None.

A request's parameters go by the names of the RDS API, e.g. `DBClusterIdentifier`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ENGINE = "aurora-postgresql"
MAX_SECONDARIES = 10
RETENTION_DAYS = (1, 35)
_RESERVED_USERS = {"admin", "rdsadmin", "rds_superuser", "rds_iam"}

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class ServiceError:
    code: str
    message: str


@dataclass(frozen=True)
class GlobalView:
    """A global cluster: its members' ARNs, the primary first in rank, not in order."""

    identifier: str
    engine: str
    deletion_protection: bool
    members: tuple[str, ...]
    primary: str | None
    primary_has_available_writer: bool


@dataclass(frozen=True)
class ClusterView:
    identifier: str
    arn: str
    global_cluster: GlobalView | None

    @property
    def is_secondary(self) -> bool:
        return self.global_cluster is not None and self.global_cluster.primary != self.arn


@dataclass(frozen=True)
class View:
    """What the rules look at. Names are in lower case, as the service keeps them.

    Attributes:
        clusters: of the request's region, by identifier.
        global_clusters: by identifier.
        cluster_arns: of all regions.
        used_parameter_groups: the names of the groups that a cluster or an instance of the region has.
        used_subnet_groups: by name, a cluster that is in it.
        rejection: why PostgreSQL refuses parameter values that it knows, or None.
    """

    region: str
    clusters: Mapping[str, ClusterView]
    global_clusters: Mapping[str, GlobalView]
    cluster_arns: frozenset[str]
    cluster_parameter_groups: frozenset[str]
    subnet_groups: frozenset[str]
    used_parameter_groups: frozenset[str]
    used_subnet_groups: Mapping[str, str]
    rejection: Callable[[Mapping[str, str]], str | None]


Rule = Callable[[Parameters, View], ServiceError | None]


def violation(action: str, parameters: Parameters, view: View) -> ServiceError | None:
    """The first rule that a request breaks.

    Args:
        action: e.g. "CreateDBCluster".
    """
    if action in _NOT_LOCAL:
        return ServiceError("InvalidAction", f"{action} is not available on the local cloud: {_NOT_LOCAL[action]}")
    found = (rule(parameters, view) for rule in _RULES.get(action, ()))
    return next((error for error in found if error is not None), None)


# Each would make an API object without the PostgreSQL that it stands for.
_NOT_LOCAL = {
    "RestoreDBClusterFromSnapshot": "snapshots hold no data here",
    "RestoreDBClusterToPointInTime": "no WAL archive is kept here",
    "RestoreDBClusterFromS3": "it restores MySQL",
    "RestoreDBInstanceFromDBSnapshot": "only Aurora clusters are real here",
    "RestoreDBInstanceFromS3": "it restores MySQL",
    "RestoreDBInstanceToPointInTime": "only Aurora clusters are real here",
    "CreateDBInstanceReadReplica": "only Aurora clusters are real here; add an instance to the cluster",
    "CreateBlueGreenDeployment": "create a second cluster instead",
    "StopDBCluster": "stop the whole local cloud with `make down`",
    "StopDBInstance": "stop the whole local cloud with `make down`",
}  # fmt: skip


def _engine(parameters: Parameters, _view: View) -> ServiceError | None:
    engine = parameters.get("Engine")
    if engine == ENGINE:
        return None
    return _invalid(f"Invalid DB engine: {engine}. The local cloud runs {ENGINE} only.")


def _new_cluster(parameters: Parameters, view: View) -> ServiceError | None:
    if _name(parameters, "DBClusterIdentifier") in view.clusters:
        return ServiceError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    return None


def _known_cluster(parameters: Parameters, view: View) -> ServiceError | None:
    name = _name(parameters, "DBClusterIdentifier")
    if name in view.clusters:
        return None
    return ServiceError("DBClusterNotFoundFault", f"DBCluster {name} not found.")


def _identifiers(parameters: Parameters, _view: View) -> ServiceError | None:
    for field in ("DBClusterIdentifier", "NewDBClusterIdentifier", "GlobalClusterIdentifier"):
        value = parameters.get(field)
        if value is not None and not re.fullmatch(r"(?!.*--)[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", value):
            return _invalid(
                f"The parameter {field} is not a valid identifier. Identifiers must begin with a letter; must contain "
                "only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two in a row."
            )
    return None


def _retention(parameters: Parameters, _view: View) -> ServiceError | None:
    days = parameters.get("BackupRetentionPeriod")
    low, high = RETENTION_DAYS
    if days is None or low <= int(days) <= high:
        return None
    return _invalid(f"Invalid backup retention period: {days}. Must be between {low} and {high} days.")


def _groups_exist(parameters: Parameters, view: View) -> ServiceError | None:
    group = _name(parameters, "DBClusterParameterGroupName")
    if group and not group.startswith("default.") and group not in view.cluster_parameter_groups:
        return ServiceError("DBClusterParameterGroupNotFound", f"DBClusterParameterGroup not found: {group}")
    subnets = _name(parameters, "DBSubnetGroupName")
    if subnets and subnets != "default" and subnets not in view.subnet_groups:
        return ServiceError("DBSubnetGroupNotFoundFault", f"DB subnet group '{subnets}' does not exist.")
    return None


def _credentials(parameters: Parameters, view: View) -> ServiceError | None:
    """Of a cluster that has its own: standalone, or the first one of a global cluster."""
    joined = view.global_clusters.get(_name(parameters, "GlobalClusterIdentifier"))
    if joined is not None and joined.members:
        return None
    user = parameters.get("MasterUsername")
    managed = bool(parameters.get("ManageMasterUserPassword"))
    if not user:
        return _invalid("The parameter MasterUsername must be provided and must not be blank.")
    if user.lower() in _RESERVED_USERS or user.lower().startswith("pg_"):
        return _invalid(f"MasterUsername {user} cannot be used as it is a reserved word used by the engine")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", user):
        return _invalid("MasterUsername must begin with a letter and contain only letters, digits and underscores.")
    database = parameters.get("DatabaseName")
    if database is not None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", database):
        return _invalid("DatabaseName must begin with a letter and contain only alphanumeric characters.")
    if managed:
        return None
    if not parameters.get("MasterUserPassword"):
        return _invalid("The parameter MasterUserPassword must be provided and must not be blank.")
    return None


def _password(parameters: Parameters, _view: View) -> ServiceError | None:
    password = parameters.get("MasterUserPassword")
    if password is None:
        return None
    if parameters.get("ManageMasterUserPassword"):
        return _combination("You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.")
    if len(password) < 8:
        return _invalid(
            "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters."
        )
    if re.search(r"[^ -~]|[/\"@]", password):
        return _invalid(
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides "
            "'/', '@', '\"', ' ' may be used."
        )
    return None


def _joins(parameters: Parameters, view: View) -> ServiceError | None:
    """The rules of a cluster that joins a global cluster."""
    name = _name(parameters, "GlobalClusterIdentifier")
    if not name:
        return None
    joined = view.global_clusters.get(name)
    if joined is None:
        return ServiceError("GlobalClusterNotFoundFault", f"Global cluster {name} does not exist.")
    if joined.engine != parameters.get("Engine"):
        return _combination(f"The engine of global cluster {name} is {joined.engine}.")
    if parameters.get("ManageMasterUserPassword"):
        return _combination("ManageMasterUserPassword is not supported for members of a global cluster.")
    if not joined.members:
        return None
    return _joins_as_secondary(parameters, joined, view.region)


def _joins_as_secondary(parameters: Parameters, joined: GlobalView, region: str) -> ServiceError | None:
    for field, words in (
        ("MasterUsername", "user name"), ("MasterUserPassword", "password"), ("DatabaseName", "database name"),
    ):  # fmt: skip
        if parameters.get(field):
            return _combination(f"Cannot specify {words} for cross region replication cluster")
    if any(arn.split(":")[3] == region for arn in joined.members):
        return ServiceError(
            "InvalidGlobalClusterStateFault", f"Global cluster {joined.identifier} already has a cluster in {region}."
        )
    if not joined.primary_has_available_writer:
        return ServiceError(
            "InvalidDBClusterStateFault",
            f"Source cluster: {joined.primary} is in a state which is not valid for physical replication",
        )
    if len(joined.members) > MAX_SECONDARIES:
        return ServiceError(
            "DBClusterQuotaExceededFault",
            f"Global cluster {joined.identifier} has {MAX_SECONDARIES} secondary clusters, which is the limit.",
        )
    return None


def _member_keeps_its_credentials(parameters: Parameters, view: View) -> ServiceError | None:
    cluster = view.clusters[_name(parameters, "DBClusterIdentifier")]
    if cluster.global_cluster is not None and parameters.get("ManageMasterUserPassword"):
        return _combination("ManageMasterUserPassword is not supported for members of a global cluster.")
    if cluster.is_secondary and parameters.get("MasterUserPassword"):
        return _combination("Cannot specify password for cross region replication cluster")
    return None


def _rename(parameters: Parameters, view: View) -> ServiceError | None:
    new = _name(parameters, "NewDBClusterIdentifier")
    if new and new in view.clusters:
        return ServiceError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    return None


def _not_a_member(parameters: Parameters, view: View) -> ServiceError | None:
    if view.clusters[_name(parameters, "DBClusterIdentifier")].global_cluster is None:
        return None
    return ServiceError(
        "InvalidDBClusterStateFault",
        "This cluster is a part of a global cluster, please remove it from globalcluster first",
    )


def _final_snapshot(parameters: Parameters, _view: View) -> ServiceError | None:
    if parameters.get("SkipFinalSnapshot") or parameters.get("FinalDBSnapshotIdentifier"):
        return None
    return _combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")


def _in_a_cluster(parameters: Parameters, view: View) -> ServiceError | None:
    name = _name(parameters, "DBClusterIdentifier")
    if not name:
        return _combination(f"The engine mode {ENGINE} needs a DBClusterIdentifier.")
    if name not in view.clusters:
        return ServiceError("DBClusterNotFoundFault", f"The source cluster could not be found: {name}")
    return None


def _new_global_cluster(parameters: Parameters, view: View) -> ServiceError | None:
    name = _name(parameters, "GlobalClusterIdentifier")
    if name in view.global_clusters:
        return ServiceError("GlobalClusterAlreadyExistsFault", f"Global cluster {name} already exists.")
    source = parameters.get("SourceDBClusterIdentifier")
    if not source:
        return _engine(parameters, view)
    if source not in view.cluster_arns:
        return ServiceError("DBClusterNotFoundFault", f"DBCluster {source} not found.")
    if any(source in known.members for known in view.global_clusters.values()):
        return ServiceError("InvalidDBClusterStateFault", f"{source} is a member of a global cluster already.")
    return None


def _known_global_cluster(parameters: Parameters, view: View) -> ServiceError | None:
    name = _name(parameters, "GlobalClusterIdentifier")
    if name in view.global_clusters:
        return None
    return ServiceError("GlobalClusterNotFoundFault", f"Global cluster {name} does not exist.")


def _unprotected_global_cluster(parameters: Parameters, view: View) -> ServiceError | None:
    if not view.global_clusters[_name(parameters, "GlobalClusterIdentifier")].deletion_protection:
        return None
    return _combination("Cannot delete protected Global Cluster, please disable deletion protection and try again.")


def _leaves(parameters: Parameters, view: View) -> ServiceError | None:
    found = view.global_clusters[_name(parameters, "GlobalClusterIdentifier")]
    arn = parameters.get("DbClusterIdentifier")
    if arn not in found.members:
        return ServiceError("DBClusterNotFoundFault", f"{arn} is not a member of global cluster {found.identifier}.")
    if arn == found.primary and len(found.members) > 1:
        return ServiceError(
            "InvalidGlobalClusterStateFault",
            f"{arn} is the primary of global cluster {found.identifier}: remove its secondaries first.",
        )
    return None


def _switches_to_a_secondary(parameters: Parameters, view: View) -> ServiceError | None:
    found = view.global_clusters[_name(parameters, "GlobalClusterIdentifier")]
    target = parameters.get("TargetDbClusterIdentifier")
    if target not in found.members:
        return ServiceError("DBClusterNotFoundFault", f"{target} is not a member of {found.identifier}.")
    if target == found.primary:
        return ServiceError("InvalidDBClusterStateFault", f"{target} is the primary cluster already.")
    return None


def _values_are_valid(parameters: Parameters, view: View) -> ServiceError | None:
    entries = parameters.get("Parameters") or []
    values = {entry["ParameterName"]: str(entry["ParameterValue"]) for entry in entries if "ParameterValue" in entry}
    reason = view.rejection(values)
    return None if reason is None else _invalid(reason)


def _unused_parameter_group(parameters: Parameters, view: View) -> ServiceError | None:
    name = _name(parameters, "DBClusterParameterGroupName") or _name(parameters, "DBParameterGroupName")
    if name not in view.used_parameter_groups:
        return None
    return ServiceError(
        "InvalidDBParameterGroupState", f"One or more databases are still members of this parameter group {name}"
    )


def _unused_subnet_group(parameters: Parameters, view: View) -> ServiceError | None:
    name = _name(parameters, "DBSubnetGroupName")
    user = view.used_subnet_groups.get(name)
    if user is None:
        return None
    return ServiceError(
        "InvalidDBSubnetGroupStateFault",
        f"Cannot delete the subnet group '{name}' because at least one database: {user} is still using it.",
    )


_RULES: dict[str, tuple[Rule, ...]] = {
    "CreateDBCluster": (
        _engine, _identifiers, _new_cluster, _retention, _groups_exist, _joins, _credentials, _password,
    ),
    "ModifyDBCluster": (
        _known_cluster, _identifiers, _rename, _retention, _groups_exist, _member_keeps_its_credentials, _password,
    ),
    "DeleteDBCluster": (_known_cluster, _not_a_member, _final_snapshot),
    "CreateDBInstance": (_engine, _in_a_cluster),
    "CreateGlobalCluster": (_identifiers, _new_global_cluster),
    "ModifyGlobalCluster": (_known_global_cluster, _identifiers),
    "DeleteGlobalCluster": (_known_global_cluster, _unprotected_global_cluster),
    "RemoveFromGlobalCluster": (_known_global_cluster, _leaves),
    "FailoverGlobalCluster": (_known_global_cluster, _switches_to_a_secondary),
    "SwitchoverGlobalCluster": (_known_global_cluster, _switches_to_a_secondary),
    "ModifyDBClusterParameterGroup": (_values_are_valid,),
    "ModifyDBParameterGroup": (_values_are_valid,),
    "DeleteDBClusterParameterGroup": (_unused_parameter_group,),
    "DeleteDBParameterGroup": (_unused_parameter_group,),
    "DeleteDBSubnetGroup": (_unused_subnet_group,),
}  # fmt: skip


def checked_actions() -> Iterator[str]:
    """The actions that have a rule."""
    yield from _RULES
    yield from _NOT_LOCAL


def _name(parameters: Parameters, field: str) -> str:
    return str(parameters.get(field) or "").lower()


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValue", message)


def _combination(message: str) -> ServiceError:
    return ServiceError("InvalidParameterCombination", message)
