"""The lock of a region's cluster, as its stack renders it, and what people and controllers ask of it."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from guard.in_cluster import CLOCK, EMERGENCY_GROUP, GROUP, KIND, NAME, PLURAL, VERSION
from tests.stacks.conftest import FLEET
from tests.stacks.rendering import Json

NAMESPACE = FLEET.workloads.namespace.name
GATEWAYS, CONTROL = FLEET.workloads.mesh.gateway_namespace, FLEET.workloads.mesh.control_namespace
BASE = f"/apis/{GROUP}/{VERSION}/namespaces/{NAMESPACE}/{PLURAL}"
WINDOW = f"{BASE}/{NAME}"
CRON_JOB = f"/apis/batch/v1/namespaces/{NAMESPACE}/cronjobs/{CLOCK}"
JOBS = f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"
CONFIG_MAPS = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
MERGE, APPLY = "application/merge-patch+json", "application/apply-patch+yaml"
LATER, EARLIER = timedelta(minutes=10), timedelta(minutes=-1)
_SENTINEL = "sentinel"
_DEADLINE_SECONDS = 60.0


@dataclass(frozen=True)
class Caller:
    """Somebody whom RBAC lets do everything, so that only the lock is left to refuse."""

    user: str
    groups: tuple[str, ...] = ("system:masters", "system:authenticated")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [("Impersonate-User", self.user), *(("Impersonate-Group", each) for each in self.groups)]


def controller(name: str, namespace: str = "kube-system") -> Caller:
    return Caller(f"system:serviceaccount:{namespace}:{name}")


DEPLOYER = Caller("deployer")
EMERGENCY = Caller("person", ("system:masters", EMERGENCY_GROUP))
SCALER = controller("season-scaler", NAMESPACE)
AUTOSCALER, COLLECTOR = controller("horizontal-pod-autoscaler"), controller("generic-garbage-collector")


def instant(distance: timedelta) -> str:
    return f"{datetime.now(UTC) + distance:%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class Lock:
    """The lock in a cluster that `api` is an administrator's client of."""

    api: httpx.Client
    numbers: Any = field(default_factory=itertools.count)

    def ask(
        self, who: Caller, method: str, path: str, body: Json | None = None, kind: str = MERGE, **parameters: str
    ) -> httpx.Response:
        """One request; `kind` is the body's, where it is a patch."""
        content = kind if method == "PATCH" else "application/json"
        headers = [*who.headers, ("Content-Type", content)]
        text = None if body is None else json.dumps(body)
        return self.api.request(method, path, params=parameters, headers=headers, content=text)

    def says(
        self, *, renewed: bool = True, valid: timedelta = LATER, reasons: Sequence[str] = (), **spec: object
    ) -> None:
        """Let the window say this, owned by a Job that lives or by none, and wait until admission knows it."""
        why = reasons or (f"case {next(self.numbers)}",)
        whole = {"closed": False, "reasons": list(why), "validUntil": instant(valid), **spec}
        self.write(whole, self._lasting() if renewed else None)
        opens = renewed and valid > timedelta() and (not whole["closed"] or "override" in whole)
        told = why[0] if renewed and valid > timedelta() else str(whole["validUntil"])
        self.wait_until(lambda answer: answer.is_success if opens else told in answer.text)

    def wait_until(self, condition: Callable[[httpx.Response], bool]) -> None:
        """Wait until a change of an object that nobody needs is answered so."""
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while not condition(answer := self.touch(_SENTINEL)):
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.1)

    def touch(self, name: str, who: Caller = DEPLOYER) -> httpx.Response:
        """Set a key of a ConfigMap to what it never was."""
        body = {"data": {"touched": str(next(self.numbers))}}
        return self.ask(who, "PATCH", f"{CONFIG_MAPS}/{name}", body)

    def config_map(self, name: str, **data: str) -> None:
        """Make a ConfigMap, whatever the window says."""
        self.ask(EMERGENCY, "POST", CONFIG_MAPS, {"metadata": {"name": name}, "data": data}).raise_for_status()

    def stand(self) -> None:
        self.config_map(_SENTINEL, touched="")  # with a field: the API server keeps no times of an object born empty

    def owners(self) -> list[str]:
        """The kinds that own the window."""
        metadata = self.api.get(WINDOW).raise_for_status().json()["metadata"]
        return sorted(each["kind"] for each in metadata.get("ownerReferences", []))

    def job(self, name: str, seconds: int) -> None:
        """A Job as the clock makes them."""
        maker = self._owner("CronJob", CRON_JOB)
        template: Mapping[str, Any] = {
            "spec": {"restartPolicy": "Never", "containers": [{"name": "none", "image": "none"}]}
        }
        spec = {"parallelism": 0, "activeDeadlineSeconds": seconds, "ttlSecondsAfterFinished": 0, "template": template}
        body = {"metadata": {"name": name, "ownerReferences": [maker]}, "spec": spec}
        self.ask(controller("cronjob-controller"), "POST", JOBS, body).raise_for_status()

    def write(self, spec: Mapping[str, object], job: str | None) -> None:
        """Write the window as the season scaler does."""
        owners = [self._owner("CronJob", CRON_JOB), *([self._owner("Job", f"{JOBS}/{job}")] if job else [])]
        metadata = {"name": NAME, "ownerReferences": owners}
        body = {"apiVersion": f"{GROUP}/{VERSION}", "kind": KIND, "metadata": metadata, "spec": dict(spec)}
        self.ask(SCALER, "PATCH", WINDOW, body, APPLY, fieldManager="season-scaler", force="true").raise_for_status()

    def _lasting(self) -> str:
        """A Job that outlives the tests."""
        name = f"{CLOCK}-lasting"
        if self.api.get(f"{JOBS}/{name}").status_code == 404:
            self.job(name, 3600)
        return name

    def _owner(self, kind: str, path: str) -> Json:
        metadata = self.api.get(path).raise_for_status().json()["metadata"]
        return {"apiVersion": "batch/v1", "kind": kind, "name": metadata["name"], "uid": metadata["uid"]}
