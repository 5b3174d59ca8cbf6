"""What each service account may do in a region's cluster, asked of its API server: what it must, and no more."""

from __future__ import annotations

from typing import NamedTuple

import httpx
import pytest

from tests.stacks.conftest import FLEET
from tests.stacks.rendering import Json, of_kind

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("applied")]

NAMESPACE = FLEET.workloads.namespace.name
CONTROL, GATEWAYS = FLEET.workloads.mesh.control_namespace, FLEET.workloads.mesh.gateway_namespace
NAMESPACES = (NAMESPACE, CONTROL, GATEWAYS, "default", "kube-system")
OWN_AUTOSCALERS = (
    FLEET.workloads.performance_monitor.autoscaler.name,
    FLEET.workloads.wedding_api.autoscaler.name,
)
SCALER, READER = (NAMESPACE, "season-scaler"), (CONTROL, "istio-remote-reader")
INGRESS = (GATEWAYS, "istio-ingressgateway")
SILENT = {
    (NAMESPACE, "database-performance-monitor"),
    (NAMESPACE, "wedding-api"),
    (NAMESPACE, "regional-optimization-coordinator"),
    (NAMESPACE, "pgbouncer"),
    (GATEWAYS, "istio-eastwestgateway"),
}
"""The accounts of pods that ask the API server for nothing."""
NOBODY = ("default", "nobody")
"""An account that nothing is said of."""


class Question(NamedTuple):
    """May it? An empty namespace is the whole cluster; a resource may have a subresource: "pods/exec"."""

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""


ISTIO = (("networking", "workloadentries"), ("security", "peerauthentications"), ("telemetry", "telemetries"))
AUTOSCALERS = ("autoscaling", "horizontalpodautoscalers")
LEASES = ("coordination.k8s.io", "leases")
WINDOWS = ("wedsync.io", "freezewindows")
NEEDED = {
    SCALER: [
        *(Question(verb, *AUTOSCALERS, NAMESPACE, each) for verb in ("get", "patch") for each in OWN_AUTOSCALERS),
        *(Question(verb, "", "configmaps", NAMESPACE, "wedding-season-config") for verb in ("get", "patch")),
        *(Question(verb, "monitoring.coreos.com", "podmonitors", NAMESPACE, "proxies") for verb in ("get", "patch")),
        *(Question("get", "", "configmaps", NAMESPACE, each) for each in ("season-emergency", "freeze-override")),
        *(Question(verb, *WINDOWS, NAMESPACE, "region") for verb in ("get", "patch", "create")),
        Question("list", "batch", "jobs", NAMESPACE),
        *(Question(verb, *LEASES, NAMESPACE, "season-scaler") for verb in ("get", "update")),
        Question("create", *LEASES, NAMESPACE),
        Question("create", "events.k8s.io", "events", NAMESPACE),
    ],
    READER: [
        *(Question(verb, "", "pods") for verb in ("get", "list", "watch")),
        Question("watch", "", "services"),
        Question("watch", "", "nodes"),
        Question("list", "", "namespaces"),
        Question("watch", "discovery.k8s.io", "endpointslices", NAMESPACE),
        Question("get", "apps", "replicasets", NAMESPACE, "wedding-api-1"),
        Question("create", "authentication.k8s.io", "tokenreviews"),
        Question("create", "authorization.k8s.io", "subjectaccessreviews"),
        # Each of what istiod watches everywhere: of one that it may not, it never has a cluster in sync.
        *(Question("watch", "", each) for each in ("endpoints", "namespaces", "replicationcontrollers", "secrets")),
        *(Question("list", "", "secrets", each) for each in ("", *NAMESPACES)),
        *(Question("watch", "", "secrets", each) for each in NAMESPACES),
        Question("watch", "apiextensions.k8s.io", "customresourcedefinitions"),
        *(Question("watch", f"{each[0]}.istio.io", each[1]) for each in ISTIO),
    ],
    # The first is what istiod asks before it sends the certificate; the others are in Istio's own role.
    INGRESS: [Question(verb, "", "secrets", GATEWAYS) for verb in ("list", "get", "watch")],
}
FORBIDDEN = [
    *(Question(verb, "", "secrets", each) for verb in ("get", "list", "watch") for each in NAMESPACES),
    *(Question("get", "", "configmaps", each) for each in NAMESPACES),
    *(Question(verb, "", "pods", each) for verb in ("create", "delete", "patch") for each in NAMESPACES),
    *(Question("create", "", f"pods/{what}", NAMESPACE) for what in ("exec", "attach", "portforward", "eviction")),
    Question("get", "", "pods/log", NAMESPACE),
    *(
        Question(verb, "apps", "deployments", NAMESPACE, "wedding-api")
        for verb in ("get", "update", "patch", "delete", "create", "deletecollection")
    ),
    Question("patch", "apps", "deployments/scale", NAMESPACE, "wedding-api"),
    Question("patch", *AUTOSCALERS, NAMESPACE),
    Question("list", *AUTOSCALERS, NAMESPACE),
    *(Question(verb, *AUTOSCALERS, NAMESPACE, each) for verb in ("update", "delete") for each in OWN_AUTOSCALERS),
    Question("patch", *AUTOSCALERS, NAMESPACE, "regional-coordinator-hpa"),
    *(Question("patch", *AUTOSCALERS, each, OWN_AUTOSCALERS[0]) for each in NAMESPACES if each != NAMESPACE),
    *(Question("patch", "", "configmaps", NAMESPACE, each) for each in ("season-emergency", "pgbouncer-config")),
    *(Question(verb, "", "configmaps", NAMESPACE, "wedding-season-config") for verb in ("update", "delete")),
    *(Question(verb, *LEASES, NAMESPACE, "season-scaler") for verb in ("patch", "delete")),
    Question("update", *LEASES, NAMESPACE, "another"),
    Question("create", *WINDOWS, NAMESPACE),
    *(Question(verb, *WINDOWS, NAMESPACE, "region") for verb in ("update", "delete")),
    *(Question(verb, "batch", "jobs", NAMESPACE) for verb in ("get", "patch", "delete")),
    Question("patch", "", "configmaps", NAMESPACE, "freeze-override"),
    *(Question(verb, "admissionregistration.k8s.io", "validatingadmissionpolicies") for verb in ("patch", "delete")),
    *(Question("create", group, each, "kube-system") for group, each in (LEASES, ("events.k8s.io", "events"))),
    Question("get", "events.k8s.io", "events", NAMESPACE),
    *(Question("create", "batch", each, NAMESPACE) for each in ("jobs", "cronjobs")),
    *(Question("delete", "", each, NAMESPACE) for each in ("services", "persistentvolumeclaims")),
    Question("delete", "policy", "poddisruptionbudgets", NAMESPACE),
    *(Question(verb, "networking.k8s.io", "networkpolicies", NAMESPACE) for verb in ("create", "patch", "delete")),
    *(Question("create", "rbac.authorization.k8s.io", each, NAMESPACE) for each in ("roles", "rolebindings")),
    *(Question(verb, "rbac.authorization.k8s.io", "clusterroles") for verb in ("bind", "escalate", "patch")),
    *(Question("impersonate", "", each) for each in ("users", "groups", "serviceaccounts")),
    Question("create", "", "serviceaccounts/token", NAMESPACE, "season-scaler"),
    Question("delete", "", "namespaces", "", NAMESPACE),
    *(Question(verb, "", "nodes") for verb in ("patch", "delete")),
    Question("get", "", "nodes/proxy"),
    Question("patch", "security.istio.io", "authorizationpolicies", NAMESPACE),
    Question("get", "external-secrets.io", "externalsecrets", NAMESPACE),
    Question("*", "*", "*"),
]
ACCOUNTS = sorted([*SILENT, SCALER, READER, INGRESS])


def test_every_account_is_asked_for(objects: list[Json]) -> None:
    made = of_kind(objects, "ServiceAccount")
    assert sorted((each["metadata"]["namespace"], each["metadata"]["name"]) for each in made) == ACCOUNTS


@pytest.mark.parametrize("account", ACCOUNTS, ids="/".join)
def test_it_may_do_what_it_needs_and_nothing_that_is_forbidden(account: tuple[str, str], api: httpx.Client) -> None:
    needed = NEEDED.get(account, [])
    assert [question for question in needed if not _may(api, account, question)] == []
    forbidden = [question for question in FORBIDDEN if question not in needed]
    assert [question for question in forbidden if _may(api, account, question)] == []


@pytest.mark.parametrize("account", sorted(SILENT), ids="/".join)
def test_a_silent_account_has_no_more_rules_than_any_other(account: tuple[str, str], api: httpx.Client) -> None:
    for namespace in NAMESPACES:
        assert _rules(api, account, namespace) == _rules(api, NOBODY, namespace)


def test_the_season_scaler_has_these_rules_of_its_own(api: httpx.Client) -> None:
    added = [rule for rule in _rules(api, SCALER, NAMESPACE) if rule not in _rules(api, NOBODY, NAMESPACE)]
    found = {
        (group, resource, name, verb)
        for rule in added
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", [""])
        for verb in rule["verbs"]
    }
    assert found == {(each.group, each.resource, each.name, each.verb) for each in NEEDED[SCALER]}


def test_pods_have_a_token_only_where_they_ask(api: httpx.Client, objects: list[Json]) -> None:
    for each in of_kind(objects, "ServiceAccount"):
        assert each["automountServiceAccountToken"] is False
    for namespace in (NAMESPACE, GATEWAYS):
        default = api.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/default").raise_for_status().json()
        assert _rules(api, (namespace, default["metadata"]["name"]), namespace) == _rules(api, NOBODY, namespace)


def _may(api: httpx.Client, account: tuple[str, str], question: Question) -> bool:
    resource, _, subresource = question.resource.partition("/")
    review = {
        "spec": {
            "user": _user(account),
            "groups": _groups(account),
            "resourceAttributes": {
                "verb": question.verb,
                "group": question.group,
                "resource": resource,
                "subresource": subresource,
                "namespace": question.namespace,
                "name": question.name,
            },
        },
    }
    answer = api.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", json=review).raise_for_status().json()
    assert "evaluationError" not in answer["status"]
    return answer["status"]["allowed"]


def _rules(api: httpx.Client, account: tuple[str, str], namespace: str) -> list[Json]:
    """All that it may do in a namespace, by the API server's own list."""
    review = {"spec": {"namespace": namespace}}
    who = [("Impersonate-User", _user(account)), *(("Impersonate-Group", each) for each in _groups(account))]
    answer = api.post("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", json=review, headers=who)
    status = answer.raise_for_status().json()["status"]
    assert not status["incomplete"]
    return status["resourceRules"]


def _user(account: tuple[str, str]) -> str:
    return f"system:serviceaccount:{account[0]}:{account[1]}"


def _groups(account: tuple[str, str]) -> list[str]:
    return ["system:serviceaccounts", f"system:serviceaccounts:{account[0]}", "system:authenticated"]
