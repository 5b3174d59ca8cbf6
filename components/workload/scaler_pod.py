"""The pods of the season scaler: a job's, and a replica of the controller's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi

from components.workload import pod_security
from components.workload.pod import NAME_LABEL, container_spec, pod_spec
from regions.model.deployment import FixedDeployment

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import EnvVarArgsDict, PodTemplateSpecArgsDict
    from pulumi_kubernetes.meta.v1 import ObjectMetaArgsDict

NAME = "season-scaler"
# It talks to the API server and to AWS alone, which are not in the mesh.
_OUTSIDE_THE_MESH = {"sidecar.istio.io/inject": "false"}


def metadata(name: str, namespace: pulumi.Input[str]) -> ObjectMetaArgsDict:
    """Metadata of one of the scaler's objects."""
    return {"name": name, "namespace": namespace, "labels": {NAME_LABEL: NAME}}


def job_pod(
    workload: FixedDeployment, image: str, account: pulumi.Input[str], environment: Mapping[str, pulumi.Input[str]]
) -> PodTemplateSpecArgsDict:
    """A pod that applies the plan of the moment and ends."""
    resources = workload.application[1].resources
    return {
        "metadata": {"labels": {NAME_LABEL: NAME, **_OUTSIDE_THE_MESH}},
        "spec": {
            "service_account_name": account,
            "automount_service_account_token": True,
            "enable_service_links": False,
            "priority_class_name": workload.priority_class,
            "restart_policy": "Never",
            "security_context": pod_security.POD,
            "containers": [
                {
                    "name": NAME,
                    "image": image,
                    "args": ["--once"],
                    "env": _environment(environment),
                    "resources": {"requests": resources.requests.by_name(), "limits": resources.limits.by_name()},
                    "security_context": pod_security.CONTAINER,
                }
            ],
        },
    }


def replica(
    workload: FixedDeployment,
    image: str,
    account: pulumi.Input[str],
    environment: Mapping[str, pulumi.Input[str]],
    labels: Mapping[str, str],
) -> PodTemplateSpecArgsDict:
    """A pod that keeps to the plan, or waits to take over from the one that does."""
    name, container = workload.application
    # In its pod alone.
    metrics = {"METRICS_HOST": "0.0.0.0", "METRICS_PORT": str(container.port)}  # noqa: S104
    made = container_spec(name, container, image)
    made["env"] = _environment({**environment, **metrics})
    spec = pod_spec(workload, {name: image}, account)
    spec["automount_service_account_token"] = True
    spec["containers"] = [made]
    return {"metadata": {"labels": {**labels, **_OUTSIDE_THE_MESH}}, "spec": spec}


def _environment(values: Mapping[str, pulumi.Input[str]]) -> list[EnvVarArgsDict]:
    own: list[EnvVarArgsDict] = [
        {"name": name, "value_from": {"field_ref": {"field_path": path}}}
        for name, path in (("NAMESPACE", "metadata.namespace"), ("POD_NAME", "metadata.name"))
    ]
    return [*own, *({"name": name, "value": value} for name, value in sorted(values.items()))]
