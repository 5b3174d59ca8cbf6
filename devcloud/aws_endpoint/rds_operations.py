"""RDS operations that moto lacks, or does only half of: each takes moto's method and may call it.

State only: what has to run for it is derived by `clusters.desired_state`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import RDSClientError

from devcloud.aws_endpoint import clusters
from devcloud.aws_endpoint.clusters import Assignments
from devcloud.processes import StartError

Operation = Callable[[Any, Any, Assignments], ActionResult]
_CREDENTIALS = ("master_username", "database_name", "_master_user_password")
# moto takes these for a cluster and forgets them.
_INSIGHTS = {
    "DatabaseInsightsMode": "database_insights_mode",
    "EnablePerformanceInsights": "performance_insights_enabled",
    "PerformanceInsightsKMSKeyId": "performance_insights_kms_key_id",
    "PerformanceInsightsRetentionPeriod": "performance_insights_retention_period",
}


def _create_db_cluster(response: Any, original: Any, assignments: Assignments) -> ActionResult:
    result = original(response)
    parameters, backend = response.params, response.backend
    cluster = backend.clusters[parameters["DBClusterIdentifier"]]
    if not parameters.get("DBClusterParameterGroupName"):
        cluster.parameter_group = f"default.{cluster.engine}{cluster.engine_version.split('.')[0]}"
    if parameters.get("MasterUserPassword"):  # moto drops it for a member of a global cluster
        cluster.master_user_password = parameters["MasterUserPassword"]
    _keep_insights(cluster, parameters)
    primary = clusters.primary_of(cluster)
    for attribute in _CREDENTIALS if primary is not cluster else ():
        setattr(cluster, attribute, getattr(primary, attribute))
    try:
        assignments.add_cluster(cluster, parameters.get("Port"))
    except StartError as error:
        _forget(backend, cluster)
        raise RDSClientError("InvalidParameterValue", str(error)) from error
    return result


def _modify_db_cluster(response: Any, original: Any, _assignments: Assignments) -> ActionResult:
    parameters, backend = response.params, response.backend
    cluster = backend.clusters[parameters["DBClusterIdentifier"]]
    instances = clusters.members_of(cluster)
    name = cluster.db_cluster_identifier
    try:
        result = original(response)
    except Exception:
        backend.clusters[name] = cluster  # moto takes it out before it looks at the request
        raise
    for instance in instances:
        instance.db_cluster_identifier = cluster.db_cluster_identifier
    if parameters.get("EnableIAMDatabaseAuthentication") is not None:
        cluster.iam_auth = parameters["EnableIAMDatabaseAuthentication"]
    _keep_insights(cluster, parameters)
    joined = clusters.global_cluster_of(cluster)
    for member in joined.members if joined is not None else ():
        for attribute in _CREDENTIALS:
            setattr(member, attribute, getattr(cluster, attribute))
    return result


def _keep_insights(cluster: Any, parameters: Any) -> None:
    for parameter, attribute in _INSIGHTS.items():
        if parameters.get(parameter) is not None:
            setattr(cluster, attribute, parameters[parameter])


def _delete_db_cluster(response: Any, original: Any, _assignments: Assignments) -> ActionResult:
    result = original(response)
    name = response.params["DBClusterIdentifier"].lower()
    snapshots = response.backend.cluster_snapshots
    for key, snapshot in list(snapshots.items()):
        if snapshot.snapshot_type == "automated" and snapshot.db_cluster_identifier == name:
            del snapshots[key]
    return result


def _create_db_instance(response: Any, original: Any, assignments: Assignments) -> ActionResult:
    result = original(response)
    databases = response.backend.databases
    try:
        assignments.add_instance(databases[response.params["DBInstanceIdentifier"]])
    except StartError as error:
        del databases[response.params["DBInstanceIdentifier"]]
        raise RDSClientError("InvalidParameterValue", str(error)) from error
    return result


def _delete_db_instance(response: Any, original: Any, assignments: Assignments) -> ActionResult:
    instance = response.backend.databases.get(response.params["DBInstanceIdentifier"])
    result = original(response)
    if instance is not None:
        assignments.follow_writer(instance.cluster)
    return result


def _failover_db_cluster(response: Any, original: Any, assignments: Assignments) -> ActionResult:
    result = original(response)
    assignments.follow_writer(response.backend.clusters[response.params["DBClusterIdentifier"]])
    return result


def _modify_db_subnet_group(response: Any, original: Any, _assignments: Assignments) -> ActionResult:
    name, backend = response.params["DBSubnetGroupName"], response.backend
    (group,) = backend.describe_db_subnet_groups(name)
    try:
        return original(response)
    finally:
        backend.subnet_groups[name] = group  # moto changes it, but takes it out for good


def _create_global_cluster(response: Any, original: Any, _assignments: Assignments) -> ActionResult:
    parameters = response.params
    source = None
    if arn := parameters.get("SourceDBClusterIdentifier"):
        source = _cluster_with(arn)
        del parameters["SourceDBClusterIdentifier"]  # moto looks for it in one region only
        parameters["Engine"], parameters["EngineVersion"] = source.engine, source.engine_version
    result = original(response)
    created = _global_cluster(response)
    created.tags = parameters.get("Tags")
    if source is not None:
        source.is_writer = True
        source.global_cluster_identifier = created.global_cluster_identifier
        created.members.append(source)
    return result


def _describe_global_clusters(response: Any, _original: Any, _assignments: Assignments) -> ActionResult:
    found = response.global_backend.describe_global_clusters()
    if name := response.params.get("GlobalClusterIdentifier"):
        found = [entry for entry in found if entry.global_cluster_identifier == name.lower()]
        if not found:
            raise RDSClientError("GlobalClusterNotFoundFault", f"Global cluster {name} does not exist.")
    return ActionResult({"GlobalClusters": found})


def _remove_from_global_cluster(response: Any, _original: Any, _assignments: Assignments) -> ActionResult:
    left = _global_cluster(response)
    cluster = _cluster_with(response.params["DbClusterIdentifier"])
    left.members.remove(cluster)
    cluster.global_cluster_identifier = None
    cluster.is_writer = False
    return ActionResult({"GlobalCluster": left})


def _modify_global_cluster(response: Any, _original: Any, _assignments: Assignments) -> ActionResult:
    parameters, known = response.params, response.global_backend.global_clusters
    changed = _global_cluster(response)
    if parameters.get("DeletionProtection") is not None:
        changed.deletion_protection = parameters["DeletionProtection"]
    if parameters.get("EngineVersion"):
        changed.engine_version = parameters["EngineVersion"]
    if name := parameters.get("NewGlobalClusterIdentifier"):
        del known[changed.global_cluster_identifier]
        changed.global_cluster_identifier = name
        known[name] = changed
        for member in changed.members:
            member.global_cluster_identifier = changed.global_cluster_identifier
    return ActionResult({"GlobalCluster": changed})


def _switch_primary(response: Any, _original: Any, _assignments: Assignments) -> ActionResult:
    changed = _global_cluster(response)
    for member in changed.members:
        member.is_writer = member.arn == response.params["TargetDbClusterIdentifier"]
    return ActionResult({"GlobalCluster": changed})


def _reset_cluster_parameter_group(response: Any, _original: Any, _assignments: Assignments) -> ActionResult:
    name = response.params["DBClusterParameterGroupName"]
    _reset(response.backend.describe_db_cluster_parameter_groups(name)[0], response.params)
    return ActionResult({"DBClusterParameterGroupName": name})


def _reset_parameter_group(response: Any, _original: Any, _assignments: Assignments) -> ActionResult:
    name = response.params["DBParameterGroupName"]
    if name not in response.backend.db_parameter_groups:
        raise RDSClientError("DBParameterGroupNotFound", f"DB Parameter Group {name} not found.")
    _reset(response.backend.db_parameter_groups[name], response.params)
    return ActionResult({"DBParameterGroupName": name})


OPERATIONS: dict[str, Operation] = {
    "CreateDBCluster": _create_db_cluster,
    "ModifyDBCluster": _modify_db_cluster,
    "DeleteDBCluster": _delete_db_cluster,
    "CreateDBInstance": _create_db_instance,
    "DeleteDBInstance": _delete_db_instance,
    "FailoverDBCluster": _failover_db_cluster,
    "ModifyDBSubnetGroup": _modify_db_subnet_group,
    "CreateGlobalCluster": _create_global_cluster,
    "DescribeGlobalClusters": _describe_global_clusters,
    "RemoveFromGlobalCluster": _remove_from_global_cluster,
    "ModifyGlobalCluster": _modify_global_cluster,
    "FailoverGlobalCluster": _switch_primary,
    "SwitchoverGlobalCluster": _switch_primary,
    "ResetDBClusterParameterGroup": _reset_cluster_parameter_group,
    "ResetDBParameterGroup": _reset_parameter_group,
}


def _reset(group: Any, parameters: Any) -> None:
    names = [entry["ParameterName"] for entry in parameters.get("Parameters") or []]
    for name in list(group.parameters) if parameters.get("ResetAllParameters") or not names else names:
        group.parameters.pop(name, None)


def _global_cluster(response: Any) -> Any:
    return response.global_backend.global_clusters[response.params["GlobalClusterIdentifier"]]


def _cluster_with(arn: str) -> Any:
    return next(cluster for cluster in clusters.all_clusters() if cluster.arn == arn)


def _forget(backend: Any, cluster: Any) -> None:
    joined = clusters.global_cluster_of(cluster)
    if joined is not None:
        joined.members.remove(cluster)
    del backend.clusters[cluster.db_cluster_identifier]
