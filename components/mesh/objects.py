"""How the mesh's components make Istio's objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as k8s

NETWORKING, SECURITY = "networking.istio.io/v1", "security.istio.io/v1"


def service_host(service: str, namespace: str) -> str:
    """The name by which the mesh knows a Service."""
    return f"{service}.{namespace}.svc.cluster.local"


def istio_object(
    parent: pulumi.Resource,
    name: str,
    kind: tuple[str, str],
    title: str,
    namespace: pulumi.Input[str],
    spec: Mapping[str, Any],
) -> k8s.apiextensions.CustomResource:
    """A custom resource of Istio.

    Args:
        name: in Pulumi; `title` is the object's own.
        kind: (NETWORKING or SECURITY, kind).
    """
    return k8s.apiextensions.CustomResource(
        name,
        api_version=kind[0],
        kind=kind[1],
        metadata={"name": title, "namespace": namespace},
        spec=dict(spec),
        opts=pulumi.ResourceOptions(parent=parent),
    )
