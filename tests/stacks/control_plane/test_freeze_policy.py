"""The lock in the cluster, on a real API server with real controllers: who may change what, and when."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import timedelta

import httpx
import pytest

from guard.in_cluster import CLOCK, EMERGENCY_GROUP
from tests.stacks.conftest import FLEET, Registers
from tests.stacks.rendering import Json, identity, of_kind, rendered

from .conftest import Apply, Eventually
from .lock import (
    APPLY,
    AUTOSCALER,
    BASE,
    COLLECTOR,
    CONFIG_MAPS,
    CONTROL,
    DEPLOYER,
    DEPLOYMENTS,
    EARLIER,
    EMERGENCY,
    GATEWAYS,
    JOBS,
    LATER,
    MERGE,
    NAMESPACE,
    SCALER,
    WINDOW,
    Caller,
    Lock,
    controller,
    instant,
)

pytestmark = pytest.mark.cluster

FROZEN = "staging-eu-central-1"
"""A stack of an environment that freezes."""
POLICY_API = "/apis/admissionregistration.k8s.io/v1"
POLICIES = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
API = FLEET.workloads.wedding_api
AUTOSCALER_NAME = API.autoscaler.name
HPAS = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers"
MONITORS = f"/apis/monitoring.coreos.com/v1/namespaces/{NAMESPACE}/podmonitors"
ROUTES = f"/apis/networking.istio.io/v1/namespaces/{NAMESPACE}/virtualservices"
REPLICA_SETS = f"/apis/apps/v1/namespaces/{NAMESPACE}/replicasets"
LABEL: Json = {"metadata": {"annotations": {"touched": "yes"}}}
_OWN_LABEL = "kubernetes.io/metadata.name"
BLOCKED = "Blocked until "
STALE = "The season scaler has not renewed the freeze window, which counted until "

Ask = Callable[[Lock, Caller], httpx.Response]


@pytest.fixture(scope="module")
def lock(api: httpx.Client, applied: dict[str, httpx.Response], apply: Apply, graph: Registers) -> Generator[Lock]:
    """The lock over everything that a region has; what the window says stays from test to test."""
    assert not any(each.is_error for each in applied.values())
    made = Lock(api)
    made.stand()
    policies = of_kind(rendered(graph(FROZEN).resources), *POLICIES)
    for kind in POLICIES:
        for answer in apply(of_kind(policies, kind)):
            answer.raise_for_status()
            assert "Warning" not in answer.headers
    made.wait_until(lambda answer: STALE in answer.text)  # it is born so
    yield made
    for each in of_kind(policies, POLICIES[1]):
        api.delete(f"{POLICY_API}/validatingadmissionpolicybindings/{each['metadata']['name']}").raise_for_status()
    made.wait_until(lambda answer: answer.is_success)


def closed(lock: Lock, *, renewed: bool = True, by: Json | None = None) -> None:
    more = {"override": by} if by else {}
    lock.says(renewed=renewed, valid=LATER, reasons=(), closed=True, opensAt=instant(timedelta(days=1)), **more)


def override(expires: timedelta) -> Json:
    people = ["ada@wedsync.example", "grace@wedsync.example"]
    return {"name": "overrides/a.yaml", "approvers": people, "ticket": "OPS-1", "expires": instant(expires)}


def where(each: Json) -> str:
    version, metadata = each["apiVersion"], each["metadata"]
    plural = f"{each['kind'].lower()}s"
    if plural.endswith(("cys", "rys")):
        plural = f"{plural[:-2]}ies"
    base = f"/apis/{version}" if "/" in version else f"/api/{version}"
    return f"{base}/namespaces/{metadata['namespace']}/{plural}"


def test_the_rules_are_understood_by_the_api_server(lock: Lock, eventually: Eventually) -> None:
    def status() -> list[Json]:
        items = lock.api.get(f"{POLICY_API}/validatingadmissionpolicies").json()["items"]
        return [each.get("status", {}) for each in items]

    eventually(lambda: all("typeChecking" in each for each in status()))
    assert [each["typeChecking"] for each in status()] == [{}, {}]


def test_closed_nothing_that_the_stack_renders_can_be_changed(lock: Lock, objects: list[Json]) -> None:
    closed(lock)
    inside = [each for each in objects if each["metadata"].get("namespace") in (NAMESPACE, GATEWAYS)]
    watched = [each for each in inside if each["kind"] not in ("PersistentVolumeClaim", "FreezeWindow")]
    let_through: list[str] = []
    for each in watched:
        path, name = where(each), each["metadata"]["name"]
        copy = {**each, "metadata": {**each["metadata"], "name": f"{name}-2"}}
        for answer in (
            lock.ask(DEPLOYER, "PATCH", f"{path}/{name}", LABEL),
            lock.ask(DEPLOYER, "PATCH", f"{path}/{name}", {**each, **LABEL}, APPLY, fieldManager="x", force="true"),
            lock.ask(DEPLOYER, "DELETE", f"{path}/{name}"),
            lock.ask(DEPLOYER, "POST", path, copy),
        ):
            if answer.status_code != 403 or BLOCKED not in answer.text:
                let_through.append(f"{answer.request.method} {identity(each)}: {answer.text}")
    assert let_through == []
    assert len(watched) > 70


def test_closed_the_mesh_s_own_rules_and_the_namespaces_cannot_be_changed(lock: Lock) -> None:
    closed(lock)
    strict = f"/apis/security.istio.io/v1/namespaces/{CONTROL}/peerauthentications/default"
    claims = f"/api/v1/namespaces/{NAMESPACE}/persistentvolumeclaims"
    claim = lock.api.get(claims).json()["items"][0]["metadata"]["name"]
    for method, path in (
        ("DELETE", strict),
        ("DELETE", f"{claims}/{claim}"),
        ("DELETE", CONFIG_MAPS),  # a whole collection
        *(("DELETE", f"/api/v1/namespaces/{each}") for each in (NAMESPACE, GATEWAYS, CONTROL)),
    ):
        answer = lock.ask(DEPLOYER, method, path)
        assert (answer.status_code, BLOCKED in answer.text) == (403, True), f"{path}: {answer.text}"
    # What the lock finds namespaces by cannot be taken away, not even by who may change namespaces.
    lock.ask(EMERGENCY, "PATCH", f"/api/v1/namespaces/{NAMESPACE}", {"metadata": {"labels": {_OWN_LABEL: None}}})
    assert lock.api.get(f"/api/v1/namespaces/{NAMESPACE}").json()["metadata"]["labels"][_OWN_LABEL] == NAMESPACE


REQUESTS: dict[str, Ask] = {
    "change": lambda lock, who: lock.touch("changed", who),
    "change a route": lambda lock, who: lock.ask(who, "PATCH", f"{ROUTES}/{_route(lock)}", LABEL),
    "scale": lambda lock, who: lock.ask(who, "PATCH", f"{DEPLOYMENTS}/pgbouncer/scale", {"spec": {"replicas": 3}}),
    "delete": lambda lock, who: lock.ask(who, "DELETE", f"{CONFIG_MAPS}/deleted"),
    "make": lambda lock, who: lock.ask(who, "POST", CONFIG_MAPS, {"metadata": {"name": "made"}}),
    "change an autoscaler": lambda lock, who: lock.ask(who, "PATCH", f"{HPAS}/{AUTOSCALER_NAME}", LABEL),
    "change a replica set": lambda lock, who: lock.ask(who, "PATCH", f"{REPLICA_SETS}/{_set(lock)}", LABEL),
    "repair": lambda lock, who: lock.ask(who, "PATCH", f"{DEPLOYMENTS}/season-scaler", LABEL),
}
ALL = set(REQUESTS)
OPEN, CLOSED, UNKNOWN = ALL, set[str](), {"repair"}
STATES: dict[str, tuple[Callable[[Lock], None], set[str]]] = {
    "open": (lambda lock: lock.says(), OPEN),
    "closed": (closed, CLOSED),
    "open and stale": (lambda lock: lock.says(renewed=False), UNKNOWN),
    "closed and stale": (lambda lock: closed(lock, renewed=False), CLOSED),
    "overridden": (lambda lock: closed(lock, by=override(LATER)), OPEN),
    "overridden and stale": (lambda lock: closed(lock, by=override(LATER), renewed=False), UNKNOWN),
}
"""What the window says, and what a deployer may do then."""
WRITERS: dict[str, tuple[Caller, set[str]]] = {
    "the emergency role": (EMERGENCY, ALL),
    "the season scaler": (SCALER, {"change", "make", "delete", "change an autoscaler"}),
    "the autoscaler": (AUTOSCALER, {"scale"}),
    "the deployment controller": (controller("deployment-controller"), {"repair", "change a replica set"}),
    "the garbage collector": (COLLECTOR, ALL),
    "another controller": (controller("disruption-controller"), set()),
    "a workload": (controller("wedding-api", NAMESPACE), set()),
    "another's scaler": (controller("season-scaler"), set()),
}
"""What somebody may do whatever the window says. What the season scaler may change is held to names by its Role."""


@pytest.mark.parametrize("writer", ["a deployer", *WRITERS])
@pytest.mark.parametrize("state", STATES)
def test_who_may_do_what_and_when(state: str, writer: str, lock: Lock) -> None:
    say, by_window = STATES[state]
    who, always = WRITERS.get(writer, (DEPLOYER, set[str]()))
    for name in ("changed", "deleted"):
        if lock.api.get(f"{CONFIG_MAPS}/{name}").status_code == 404:
            lock.config_map(name)
    lock.ask(EMERGENCY, "DELETE", f"{CONFIG_MAPS}/made")
    say(lock)
    answers = {name: ask(lock, who) for name, ask in REQUESTS.items()}
    assert {name for name, each in answers.items() if each.is_success} == by_window | always, answers
    told = {BLOCKED, STALE}
    assert all(each.is_success or any(text in each.text for text in told) for each in answers.values())


def _route(lock: Lock) -> str:
    return lock.api.get(ROUTES).json()["items"][0]["metadata"]["name"]


def _set(lock: Lock) -> str:
    return lock.api.get(REPLICA_SETS).json()["items"][0]["metadata"]["name"]


def test_a_denial_says_why_until_when_and_what_to_do(lock: Lock) -> None:
    until = instant(timedelta(hours=9))
    lock.says(closed=True, opensAt=until, reasons=["Saturday in Berlin", "Diwali in Mumbai"])
    told = lock.touch("sentinel").json()["message"]
    assert told.endswith(
        f"denied request: Blocked until {until}, because of Saturday in Berlin; Diwali in Mumbai. In an emergency two"
        " approvers can open it: wedops override request, then wedops override apply (overrides/README.md)."
    )
    lock.says(closed=True, opensAt=until, reasons=["R" * 300] * 4)
    assert "R" * 300 + ". In an emergency" in lock.touch("sentinel").json()["message"]
    lock.says(valid=EARLIER, renewed=False)
    assert "docs/runbooks/frozen-cluster.md says what to do." in lock.touch("sentinel").json()["message"]


@pytest.mark.parametrize("say", [closed, lambda lock: lock.says(renewed=False)], ids=["closed", "stale"])
def test_a_dry_run_is_a_preview_and_passes(say: Callable[[Lock], None], lock: Lock, objects: list[Json]) -> None:
    say(lock)
    for each in of_kind(objects, "Deployment", "VirtualService", "HorizontalPodAutoscaler"):
        path = f"{where(each)}/{each['metadata']['name']}"
        answer = lock.ask(
            DEPLOYER, "PATCH", path, each, APPLY, dryRun="All", fieldManager="pulumi-kubernetes", force="true"
        )
        assert answer.is_success, answer.text
    assert lock.ask(DEPLOYER, "DELETE", f"{CONFIG_MAPS}/sentinel", dryRun="All").is_success
    assert lock.api.get(f"{CONFIG_MAPS}/sentinel").is_success


def test_what_people_declare_is_not_held_up(lock: Lock) -> None:
    closed(lock)
    for name in ("season-emergency", "freeze-override"):
        assert lock.ask(DEPLOYER, "POST", CONFIG_MAPS, {"metadata": {"name": name}}).is_success
        assert lock.ask(DEPLOYER, "DELETE", f"{CONFIG_MAPS}/{name}").is_success
    assert lock.ask(DEPLOYER, "DELETE", f"{CONFIG_MAPS}/kube-root-ca.crt").status_code == 403
    pod = lock.api.get(f"/api/v1/namespaces/{NAMESPACE}/pods").json()["items"][0]["metadata"]["name"]
    assert lock.ask(DEPLOYER, "DELETE", f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}").is_success


FORGED = {"manager": "x", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {}}
FORGERIES: dict[str, object] = {
    "none": None,
    "empty": [],
    "reset": [{}],
    "old": [FORGED | {"time": "2020-01-01T00:00:00Z", "fieldsV1": {"f:data": {"f:kept": {}}}}],
    "without a time": [FORGED | {"fieldsV1": {"f:data": {"f:kept": {}}}}],
    "of another request": [FORGED | {"subresource": "status", "time": "2020-01-01T00:00:00Z"}],
    "nonsense": [{"manager": "x", "operation": "Nope"}],
}
EDITS: dict[str, Json] = {
    "adds": {"data": {"new": "1"}},
    "sets": {"data": {"kept": "2"}},
    "removes": {"data": {"gone": None}},
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("forgery", FORGERIES)
def test_no_forged_time_makes_a_stale_window_fresh(forgery: str, edit: str, lock: Lock) -> None:
    lock.ask(EMERGENCY, "DELETE", f"{CONFIG_MAPS}/forged")
    lock.config_map("forged", kept="1", gone="1")
    lock.says(renewed=False)
    body = {**EDITS[edit], **({} if forgery == "none" else {"metadata": {"managedFields": FORGERIES[forgery]}})}
    answer = lock.ask(DEPLOYER, "PATCH", f"{CONFIG_MAPS}/forged", body)
    assert (answer.status_code, STALE in answer.text) == (403, True)
    whole = lock.api.get(f"{CONFIG_MAPS}/forged").json()
    changed = {**whole, "data": {name: each for name, each in (whole["data"] | body["data"]).items() if each}}
    changed["metadata"] = {**whole["metadata"], **body.get("metadata", {})}
    assert lock.ask(DEPLOYER, "PUT", f"{CONFIG_MAPS}/forged", changed).status_code == 403
    assert lock.api.get(f"{CONFIG_MAPS}/forged").json()["data"] == {"kept": "1", "gone": "1"}


@pytest.mark.parametrize("forgery", [each for each in FORGERIES if each not in ("empty", "reset")])
def test_a_request_with_a_time_of_its_own_is_late_before_the_clock_is(forgery: str, lock: Lock) -> None:
    """The instants of the window hold to the second for what adds or sets something; forged times do not hide that."""
    lock.config_map(name := f"late-{list(FORGERIES).index(forgery)}", kept="1")
    metadata: Json = {} if forgery == "none" else {"metadata": {"managedFields": FORGERIES[forgery]}}
    body = {**EDITS["adds"], **metadata}
    lock.says()
    lock.says(valid=EARLIER)
    assert STALE in lock.ask(DEPLOYER, "PATCH", f"{CONFIG_MAPS}/{name}", body).text
    assert STALE in lock.ask(DEPLOYER, "POST", CONFIG_MAPS, {"metadata": {"name": "new"}}).text


def test_an_override_and_an_open_window_end_to_the_second(lock: Lock) -> None:
    lock.says()
    began = instant(EARLIER)
    lock.write({"closed": False, "reasons": [], "validUntil": instant(LATER), "closesAt": began}, f"{CLOCK}-lasting")
    lock.wait_until(lambda answer: f"Blocked since {began}" in answer.text)
    closed(lock, by=override(LATER))
    ended = {"closed": True, "reasons": ["over"], "opensAt": instant(LATER), "override": override(EARLIER)}
    lock.write({**ended, "validUntil": instant(LATER)}, f"{CLOCK}-lasting")
    lock.wait_until(lambda answer: "because of over" in answer.text)


def test_the_window_goes_stale_by_the_cluster_s_own_clock(lock: Lock, eventually: Eventually) -> None:
    """Nobody renews it: Kubernetes ends the Job, and the collector takes its name out of the window."""
    lock.says()
    lock.job(name := f"{CLOCK}-short", 4)
    lock.write({"closed": False, "reasons": [], "validUntil": instant(LATER)}, name)
    assert lock.touch("sentinel").is_success
    eventually(lambda: lock.owners() == ["CronJob"])
    lock.wait_until(lambda answer: STALE in answer.text)
    lock.says()  # and is renewed as if nothing had been


def test_the_cron_job_makes_jobs_without_pods(lock: Lock, objects: list[Json], eventually: Eventually) -> None:
    (clock,) = [each for each in of_kind(objects, "CronJob") if each["metadata"]["name"] == CLOCK]
    spec = clock["spec"]["jobTemplate"]["spec"]
    body = {"metadata": {"name": f"{CLOCK}-real"}, "spec": {**spec, "activeDeadlineSeconds": 2}}
    lock.ask(controller("cronjob-controller"), "POST", JOBS, body).raise_for_status()
    eventually(lambda: lock.api.get(f"{JOBS}/{CLOCK}-real").status_code == 404)
    pods = lock.api.get(f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=job-name={CLOCK}-real").json()["items"]
    assert pods == []


def test_the_season_scaler_alone_writes_windows_and_nobody_deletes_them(lock: Lock) -> None:
    lock.says()
    body: Json = {"spec": {"reasons": ["by hand"]}}
    allowed = {
        name
        for name, who in {"deployer": DEPLOYER, "hpa": AUTOSCALER, "emergency": EMERGENCY, "scaler": SCALER}.items()
        if lock.ask(who, "PATCH", WINDOW, body).is_success
    }
    assert allowed == {"scaler", "emergency"}
    for who in (DEPLOYER, EMERGENCY, SCALER):
        answer = lock.ask(who, "DELETE", WINDOW)
        assert (answer.status_code, "nobody deletes them" in answer.text) == (403, True)
        assert lock.ask(who, "DELETE", BASE).status_code == 403


def test_the_clock_s_jobs_are_kubernetes_own(lock: Lock, eventually: Eventually) -> None:
    lock.says()
    name = f"{JOBS}/{CLOCK}-lasting"
    longer: Json = {"spec": {"activeDeadlineSeconds": 999999}}
    eventually(lambda: lock.api.get(name).json()["status"].get("startTime"))
    started: Json = {"status": {"terminating": 1}}
    for who in (DEPLOYER, SCALER):
        for answer in (
            lock.ask(who, "PATCH", name, longer),
            lock.ask(who, "PATCH", f"{name}/status", started),
            lock.ask(who, "DELETE", name),
            lock.ask(who, "POST", JOBS, {"metadata": {"name": f"{CLOCK}-9"}, "spec": _job(lock)}),
        ):
            assert (answer.status_code, "are the clock of freeze windows" in answer.text) == (403, True), answer.text
    assert lock.ask(DEPLOYER, "POST", JOBS, {"metadata": {"name": "another"}, "spec": _job(lock)}).is_success


def _job(lock: Lock) -> Json:
    spec = lock.api.get(f"{JOBS}/{CLOCK}-lasting").json()["spec"]
    return {name: spec[name] for name in ("parallelism", "activeDeadlineSeconds", "ttlSecondsAfterFinished")} | {
        "template": {"spec": spec["template"]["spec"]}
    }


def test_without_a_window_everything_is_denied_until_there_is_one(lock: Lock) -> None:
    lock.says()
    lock.ask(COLLECTOR, "DELETE", WINDOW).raise_for_status()
    lock.wait_until(lambda answer: "no params found" in answer.text)
    told = lock.touch("sentinel").json()["message"]
    assert "closed-unless-the-season-scaler-says-open" in told
    assert "no params found" in lock.ask(DEPLOYER, "DELETE", f"{CONFIG_MAPS}/sentinel").text
    for who in (DEPLOYER, EMERGENCY, AUTOSCALER):
        answer = lock.ask(who, "PATCH", f"{DEPLOYMENTS}/pgbouncer/scale", {"spec": {"replicas": 2}})
        assert "no params found" in answer.text
    # Who is not the scaler can only make one that is born stale.
    body: Json = {"apiVersion": "wedsync.io/v1", "kind": "FreezeWindow", "metadata": {"name": "region"}}
    body["spec"] = {"closed": False, "reasons": [], "validUntil": instant(LATER)}
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": f"{CLOCK}-lasting", "uid": "u"}
    forged = {**body, "metadata": {"name": "region", "ownerReferences": [owner]}}
    assert lock.ask(DEPLOYER, "POST", BASE, forged).status_code == 403
    assert lock.ask(DEPLOYER, "POST", BASE, body).is_success
    lock.wait_until(lambda answer: STALE in answer.text)
    lock.ask(COLLECTOR, "DELETE", WINDOW).raise_for_status()
    lock.wait_until(lambda answer: "no params found" in answer.text)
    lock.says()  # the scaler makes it again


def test_closed_a_rollout_goes_on_and_the_autoscaler_scales(lock: Lock, eventually: Eventually) -> None:
    lock.says()
    url = f"{DEPLOYMENTS}/{API.name}"
    # Too big to be scheduled, so that it is still under way when the window closes.
    stuck = {"spec": {"template": {"spec": {"nodeSelector": {"nobody": "here"}}}}}
    before = lock.api.get(url).raise_for_status().json()
    lock.ask(DEPLOYER, "PATCH", url, stuck).raise_for_status()
    eventually(lambda: lock.api.get(url).json()["status"].get("updatedReplicas", 0) >= 1)
    closed(lock)
    # Its new pods find a node now; the rest of the rollout is the deployment controller's.
    nodes = lock.api.get("/api/v1/nodes").json()["items"]
    for each in nodes:
        name = each["metadata"]["name"]
        lock.api.patch(
            f"/api/v1/nodes/{name}", json={"metadata": {"labels": {"nobody": "here"}}}, headers={"Content-Type": MERGE}
        ).raise_for_status()
    eventually(lambda: _rolled_out(lock.api.get(url).json()))
    floor = before["spec"]["replicas"] + 1
    hpa = f"{HPAS}/{AUTOSCALER_NAME}"
    lock.ask(SCALER, "PATCH", hpa, {"spec": {"minReplicas": floor}}).raise_for_status()
    eventually(lambda: lock.api.get(url).json()["spec"]["replicas"] == floor)
    eventually(lambda: lock.api.get(url).json()["status"].get("readyReplicas") == floor)


def _rolled_out(deployment: Json) -> bool:
    wanted, status = deployment["spec"]["replicas"], deployment["status"]
    return status.get("updatedReplicas") == status.get("readyReplicas") == status["replicas"] == wanted


def test_the_emergency_role_is_in_its_group(graph: Registers) -> None:
    entries = graph(FROZEN).all("aws:eks/accessEntry:AccessEntry")
    groups = {each.inputs["principalArn"].rpartition("/")[2]: each.inputs.get("kubernetesGroups") for each in entries}
    assert {name: each for name, each in groups.items() if each} == {"wedsync-staging-emergency": [EMERGENCY_GROUP]}
