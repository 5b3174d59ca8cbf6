"""A real API server accepts everything that regions render, and every workload's pods are admitted and scheduled."""

from __future__ import annotations

import copy

import httpx
import pytest

from guard.in_cluster import CLOCK
from tests.stacks.conftest import FLEET, REGION_STACKS, Registers
from tests.stacks.rendering import Json, identity, of_kind, pod_templates, rendered

from .conftest import STACK, Apply, Eventually

pytestmark = pytest.mark.cluster

NAMESPACE = FLEET.workloads.namespace.name


def test_it_accepts_every_object_and_warns_of_none(applied: dict[str, httpx.Response]) -> None:
    refused = {name: answer.text for name, answer in applied.items() if answer.is_error}
    warned = {name: answer.headers["Warning"] for name, answer in applied.items() if "Warning" in answer.headers}
    assert refused == {}
    assert warned == {}
    assert len(applied) > 50


@pytest.mark.usefixtures("applied")
@pytest.mark.parametrize("stack", [each for each in REGION_STACKS if each != STACK])
def test_it_would_accept_every_object_of_every_other_region(stack: str, graph: Registers, apply: Apply) -> None:
    objects = rendered(graph(stack).resources)
    for each in of_kind(objects, "StorageClass"):  # this cluster has its own, of which no field may change
        each["metadata"]["name"] += "-as-rendered"
    answers = dict(zip(map(identity, objects), apply(objects, dryRun="All"), strict=True))
    assert {name: answer.text for name, answer in answers.items() if answer.is_error} == {}


@pytest.mark.usefixtures("applied")
def test_it_refuses_a_field_that_it_does_not_know(objects: list[Json], apply: Apply) -> None:
    broken = copy.deepcopy(of_kind(objects, "Deployment", "DestinationRule", "ExternalSecret"))
    for each in broken:
        each["spec"]["misspelt"] = "yes"
    answers = apply(broken, dryRun="All")
    assert all(answer.is_error and ".spec.misspelt" in answer.text for answer in answers)
    assert len({each["kind"] for each in broken}) == 3


@pytest.mark.usefixtures("applied")
def test_the_pods_of_every_deployment_are_admitted_and_run(
    api: httpx.Client, objects: list[Json], eventually: Eventually
) -> None:
    deployments = of_kind(objects, "Deployment")
    paths = [f"/apis/apps/v1/namespaces/{each['metadata']['namespace']}/deployments" for each in deployments]
    urls = [f"{path}/{each['metadata']['name']}" for path, each in zip(paths, deployments, strict=True)]
    least = FLEET.workloads.wedding_api.autoscaler.min_replicas

    def missing() -> dict[str, Json]:
        states = {url: api.get(url).raise_for_status().json()["status"] for url in urls}
        return {url: each for url, each in states.items() if not each.get("readyReplicas")}

    eventually(lambda: not missing())
    path = f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=app.kubernetes.io/name=wedding-api"
    eventually(lambda: len(api.get(path).json()["items"]) >= least)  # its HPA has taken over
    assert len(urls) == 7


@pytest.mark.usefixtures("applied")
def test_wedding_api_is_on_the_nodes_that_are_its_own(api: httpx.Client, eventually: Eventually) -> None:
    path = f"/api/v1/namespaces/{NAMESPACE}/pods?fieldSelector=status.phase=Running"
    eventually(lambda: {"wedding-api", "pgbouncer"} <= {_name(each) for each in api.get(path).json()["items"]})
    places = [(_name(each), each["spec"]["nodeName"].partition("-")[0]) for each in api.get(path).json()["items"]]
    assert {pool for name, pool in places if name == "wedding-api"} == {"wedding"}
    assert {pool for name, pool in places if name != "wedding-api"} == {"general"}


@pytest.mark.usefixtures("applied")
def test_the_pods_of_the_season_scaler_are_admitted(
    api: httpx.Client, objects: list[Json], eventually: Eventually
) -> None:
    jobs = f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"
    for each in of_kind(objects, "CronJob"):
        if each["metadata"]["name"] == CLOCK:  # its jobs have no pods
            continue
        name = f"now-{each['metadata']['name']}"
        api.post(jobs, json={"metadata": {"name": name}, **each["spec"]["jobTemplate"]}).raise_for_status()
        eventually(lambda url=f"{jobs}/{name}": api.get(url).json()["status"].get("succeeded") == 1)


@pytest.mark.usefixtures("applied")
def test_a_pod_that_is_not_restricted_is_refused(api: httpx.Client, objects: list[Json]) -> None:
    for owner, template in pod_templates(objects).items():
        pod = copy.deepcopy(template)
        pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
        namespace = owner.split(" ")[1].split("/")[0]
        pod["metadata"]["name"] = "escalating"
        answer = api.post(f"/api/v1/namespaces/{namespace}/pods", params={"dryRun": "All"}, json=pod)
        assert answer.status_code == 403, owner
        assert 'violates PodSecurity "restricted:latest": allowPrivilegeEscalation' in answer.json()["message"]


def _name(pod: Json) -> str:
    return pod["metadata"]["labels"]["app.kubernetes.io/name"]
