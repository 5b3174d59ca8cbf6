"""The service mesh: how long requests may take, when they are tried again, and when a host is taken out."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from regions.model.base import Count, DnsLabel, Model, Percent, Port, Seconds
from regions.model.kubernetes import Autoscaler, Resources


class Retries(Model):
    """When a request is tried again; all attempts together stay within the timeout."""

    attempts: int = Field(ge=0, le=5, description="Tries after the first one.")
    per_try_timeout_seconds: Seconds = Field(description="Longest wait for one try, s.")


class Route(Model):
    """How requests to one workload are sent."""

    timeout_seconds: Seconds = Field(description="Longest wait for an answer, all tries together, s.")
    retries: Retries = Field(description="When a request is tried again.")

    @field_validator("retries")
    @classmethod
    def _within_the_timeout(cls, retries: Retries, info: ValidationInfo) -> Retries:
        timeout = info.data.get("timeout_seconds")
        longest = (retries.attempts + 1) * retries.per_try_timeout_seconds
        if timeout is not None and longest > timeout:
            raise PydanticCustomError(
                "range",
                "takes up to {longest} s ((attempts + 1) x per_try_timeout_seconds), more than timeout_seconds ({t})",
                {"longest": longest, "t": timeout},
            )
        return retries


class OutlierDetection(Model):
    """When a host that fails gets no more requests; without it no region would take over from another."""

    consecutive_errors: Count = Field(description="Errors in a row (5xx from the gateway on) that take a host out.")
    interval_seconds: Seconds = Field(description="Time between two looks, s.")
    ejection_seconds: Seconds = Field(description="Shortest time that a host stays out, s.")
    max_ejection_percent: Percent = Field(description="Most hosts that may be out at once, percent.")


class Connections(Model):
    """What one proxy may have open towards a workload."""

    max_connections: Count = Field(description="TCP connections to one host.")
    max_pending_requests: int = Field(ge=1, le=100_000, description="Requests waiting for a connection.")
    max_requests_per_connection: int = Field(ge=0, le=100_000, description="Then a new one is opened; 0 is never.")
    connect_timeout_seconds: Seconds = Field(description="Longest wait for a TCP connection, s.")


class Gateway(Model):
    """A proxy at the mesh's edge."""

    name: DnsLabel = Field(description="Name of its Deployment, Service and account.")
    port: Port = Field(description="Port that it listens on, unprivileged.")
    resources: Resources = Field(description="What each of its pods is promised and may take at most.")
    drain_seconds: Seconds = Field(
        description="Time that a leaving pod still serves, until its load balancer has sent it away, s."
    )
    autoscaler: Autoscaler = Field(description="Its HPA.")


class Mesh(Model):
    """Istio, multi-primary: a control plane a region, one trust, traffic between regions through gateways."""

    trust_domain: str = Field(pattern=r"^[a-z0-9.-]+$", description="What all identities of the mesh begin with.")
    control_namespace: DnsLabel = Field(description="Namespace of Istio's own pods.")
    gateway_namespace: DnsLabel = Field(description="Namespace of the gateways.")
    metrics_namespace: DnsLabel = Field(description="Namespace that Prometheus runs in.")
    sidecar: Resources = Field(description="What each pod's proxy is promised and may take at most.")
    ingress: Gateway = Field(description="Where requests from outside enter.")
    east_west: Gateway = Field(description="Where requests from other regions enter; they stay encrypted end to end.")
    wedding_api: Route = Field(description="Requests to wedding-api.")
    coordinator: Route = Field(description="Requests from region to region between coordinators.")
    outlier_detection: OutlierDetection = Field(description="When a host gets no more requests.")
    connections: Connections = Field(description="What one proxy may have open.")
