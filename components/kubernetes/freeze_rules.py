"""What the lock in the cluster watches, and its rules in CEL. Literals are written as JSON, which CEL reads too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.cluster.add_ons import EXTERNAL_SECRETS, LOAD_BALANCERS
from components.workload.scaler_pod import NAME as SCALER
from guard.in_cluster import CLOCK, EMERGENCY_GROUP, GROUP, PLURAL

if TYPE_CHECKING:
    from pulumi_kubernetes.admissionregistration.v1 import (
        MatchConditionArgsDict,
        ValidationArgsDict,
        VariableArgsDict,
    )

_CHANGES = ("CREATE", "UPDATE", "DELETE")
Watched = Sequence[tuple[str, Sequence[str], Sequence[str]]]
"""(API group, resources, operations)."""
WATCHED: Watched = (
    ("", ("configmaps", "limitranges", "resourcequotas", "serviceaccounts", "services"), _CHANGES),
    ("", ("namespaces",), ("UPDATE", "DELETE")),
    # The binder and its kin write claims at any time; who deletes one deletes data.
    ("", ("persistentvolumeclaims",), ("DELETE",)),
    ("apps", ("deployments", "deployments/scale", "replicasets", "replicasets/scale"), _CHANGES),
    ("autoscaling", ("horizontalpodautoscalers",), _CHANGES),
    ("batch", ("cronjobs",), _CHANGES),
    ("external-secrets.io", ("externalsecrets",), _CHANGES),
    ("monitoring.coreos.com", ("podmonitors",), _CHANGES),  # autoscalers see by them
    (
        "networking.istio.io",
        ("destinationrules", "envoyfilters", "gateways", "serviceentries", "sidecars", "virtualservices"),
        _CHANGES,
    ),
    ("networking.k8s.io", ("networkpolicies",), _CHANGES),
    ("policy", ("poddisruptionbudgets",), _CHANGES),
    ("rbac.authorization.k8s.io", ("rolebindings", "roles"), _CHANGES),
    ("security.istio.io", ("authorizationpolicies", "peerauthentications", "requestauthentications"), _CHANGES),
)
"""Not watched, since controllers need them at any time: pods and their evictions,
jobs, secrets, leases, events, endpoints, and the status of everything."""

KEPT: Watched = (
    (GROUP, (PLURAL,), _CHANGES),
    ("batch", ("jobs", "jobs/status"), _CHANGES),
)

_ALL = "*"
_CONTROLLERS: Mapping[str, Sequence[str]] = {
    "cronjob-controller": ["batch/cronjobs"],
    "deployment-controller": ["apps/deployments", "apps/replicasets"],
    "generic-garbage-collector": [_ALL],  # it ends what was begun: nobody can give it something new to do
    "horizontal-pod-autoscaler": ["apps/deployments/scale"],
    "namespace-controller": [_ALL],
    "replicaset-controller": ["apps/replicasets"],
    "root-ca-cert-publisher": ["/configmaps"],
    "service-account-controller": ["/serviceaccounts"],
}
"""Kubernetes' own, and what each writes."""
_CLOCKMAKERS = (
    "cronjob-controller",
    "generic-garbage-collector",
    "job-controller",
    "namespace-controller",
    "ttl-after-finished-controller",
)
_RUNBOOK = "docs/runbooks/frozen-cluster.md"


@dataclass(frozen=True)
class Places:
    """Names of a cluster that the rules have in them.

    `namespace` has the window and the workloads, `mesh_namespace` the mesh's control plane. `declarations` are the
    ConfigMaps of the former that people declare something by at any time.
    """

    namespace: str
    mesh_namespace: str
    declarations: Sequence[str]


def lock_conditions(places: Places) -> list[MatchConditionArgsDict]:
    """What changes nothing is not held up, and of the mesh's own namespace only its rules are watched."""
    return [
        {"name": "not-a-dry-run", "expression": "!(has(request.dryRun) && request.dryRun)"},
        {
            "name": "workloads-and-rules",
            "expression": f"request.namespace != {json.dumps(places.mesh_namespace)}"
            " || request.resource.group.endsWith('.istio.io') || request.resource.resource == 'namespaces'",
        },
    ]


def lock_variables(places: Places) -> list[VariableArgsDict]:
    """Who asks for what, and what the window says.

    Times are those that the API server has put into the object. A request that creates, adds or sets something has its
    own among them, whatever else is forged; one that removes, deletes or scales has none, and is held to the clock.
    """
    resource = "request.resource.group + '/' + request.resource.resource"
    object_times = "object.metadata.managedFields.filter(each, has(each.time)).map(each, timestamp(each.time))"
    declarations = [f"/configmaps/{name}" for name in places.declarations]
    return _variables(
        {
            "resource": f"{resource} + (has(request.subResource) && request.subResource != ''"
            " ? '/' + request.subResource : '')",
            "name": "object == null ? oldObject.metadata.name : object.metadata.name",
            "writers": json.dumps(_writers(places)),
            "allowed": f"{_EMERGENCY} || variables.resource + '/' + variables.name in {json.dumps(declarations)}"
            " || request.userInfo.username in variables.writers && variables.writers[request.userInfo.username]"
            f".exists(each, each in ['{_ALL}', variables.resource])",
            "times": "(request.operation == 'CREATE' ? [timestamp(object.metadata.creationTimestamp)] : [])"
            f" + (object == null || !has(object.metadata.managedFields) ? [] : {object_times})",
            "renewed": "has(params.metadata.ownerReferences) && params.metadata.ownerReferences.exists(each,"
            f" each.kind == 'Job' && each.name.startsWith('{CLOCK}-'))",
            "stale": f"!variables.renewed || {_later('validUntil')}",
            "overridden": f"has(params.spec.override) && !{_later('override.expires')}",
            "closed": f"params.spec.closed ? !variables.overridden : has(params.spec.closesAt) && {_later('closesAt')}",
            "repair": f"!variables.closed && object != null && variables.name in {json.dumps([SCALER, CLOCK])}",
        }
    )


def lock_validations(places: Places) -> list[ValidationArgsDict]:
    """Stale first: then nobody knows whether it is closed. What keeps windows may be repaired meanwhile."""
    pods = f"kubectl --namespace {places.namespace} get pods --selector app.kubernetes.io/name={SCALER}"
    return [
        {
            "expression": "variables.allowed || !variables.stale || variables.repair",
            "message_expression": "'The season scaler has not renewed the freeze window, which counted until '"
            " + string(params.spec.validUntil)"
            f" + ': so it counts as closed. Look at its pods ({pods}); {_RUNBOOK} says what to do.'",
            "message": f"The season scaler has not renewed the freeze window: it counts as closed. {_RUNBOOK}",
            "reason": "Forbidden",
        },
        {
            "expression": "variables.allowed || !variables.closed",
            "message_expression": "(has(params.spec.opensAt) ? 'Blocked until ' + string(params.spec.opensAt)"
            " + ', because of ' + params.spec.reasons.join('; ') : 'Blocked since '"
            " + (has(params.spec.closesAt) ? string(params.spec.closesAt) : 'now'))"
            " + '. In an emergency two approvers can open it: wedops override request, then wedops override apply"
            " (overrides/README.md).'",
            "message": f"A freeze window blocks this. {_RUNBOOK}",
            "reason": "Forbidden",
        },
    ]


def keeper_conditions() -> list[MatchConditionArgsDict]:
    """Of all jobs, those of the clock."""
    return [
        {
            "name": "windows-and-their-clock",
            "expression": f"request.resource.group == {json.dumps(GROUP)}"
            f" || (object == null ? oldObject : object).metadata.name.startsWith('{CLOCK}-')",
        }
    ]


def keeper_validations(places: Places) -> list[ValidationArgsDict]:
    """The season scaler writes windows, Kubernetes the clock's Jobs; people neither, but for the emergency role.

    No role deletes a window.
    """
    scaler, collector = _account(places.namespace, SCALER), _account(_SYSTEM, "generic-garbage-collector")
    namespaces = _account(_SYSTEM, "namespace-controller")
    clockmakers = [_account(_SYSTEM, each) for each in _CLOCKMAKERS]
    by = {"CREATE": [scaler], "UPDATE": [scaler, collector], "DELETE": [collector, namespaces]}
    owned = "has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(each, each.kind == 'Job')"
    return [
        {
            "expression": f"request.resource.group != {json.dumps(GROUP)}"
            f" || request.userInfo.username in {json.dumps(by)}[request.operation]"
            f" || request.operation == 'CREATE' && !({owned})"  # born stale, as by the program
            f" || request.operation != 'DELETE' && {_EMERGENCY}",
            "message": "The season scaler alone writes freeze windows, and nobody deletes them: without one, everything"
            f" is denied, to controllers too. {_RUNBOOK}",
            "reason": "Forbidden",
        },
        {
            "expression": f"request.resource.group == {json.dumps(GROUP)} || {_EMERGENCY}"
            f" || request.userInfo.username in {json.dumps(clockmakers)}",
            "message": f"Jobs called {CLOCK}-… are the clock of freeze windows: Kubernetes makes and ends them.",
            "reason": "Forbidden",
        },
    ]


_SYSTEM = "kube-system"
_EMERGENCY = f"{json.dumps(EMERGENCY_GROUP)} in request.userInfo.groups"


def _writers(places: Places) -> Mapping[str, Sequence[str]]:
    return {_account(_SYSTEM, name): list(resources) for name, resources in _CONTROLLERS.items()} | {
        _account(places.mesh_namespace, "istiod"): ["/configmaps"],
        _account(LOAD_BALANCERS.namespace, LOAD_BALANCERS.name): ["/services"],
        _account(EXTERNAL_SECRETS.namespace, EXTERNAL_SECRETS.name): ["external-secrets.io/externalsecrets"],
        # Which of these it may change is its Role's business.
        _account(places.namespace, SCALER): [
            "autoscaling/horizontalpodautoscalers",
            "/configmaps",
            "monitoring.coreos.com/podmonitors",
        ],
    }


def _account(namespace: str, name: str) -> str:
    return f"system:serviceaccount:{namespace}:{name}"


def _later(field: str) -> str:
    return f"variables.times.exists(each, each >= timestamp(params.spec.{field}))"


def _variables(expressions: Mapping[str, str]) -> list[VariableArgsDict]:
    return [{"name": name, "expression": expression} for name, expression in expressions.items()]
