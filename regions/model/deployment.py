"""A Deployment: its containers, where its pods go, and how many may be missing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from regions.model.base import AbsolutePath, Count, Disruptions, DnsLabel, FrozenMapping, Labels, Model, Port, Seconds
from regions.model.kubernetes import EnvSource, Probe, Resources, RollingUpdate, VolumeMount

PortName = Literal["http", "metrics", "tcp-postgres"]
"""Istio takes the protocol from what comes before the first `-`: of PostgreSQL's it knows none but TCP."""


class Container(Model):
    """One container of a pod: non-root, with a read-only root file system."""

    port_name: PortName = Field(description="What its port speaks; the Service's port has the same name.")
    port: Port = Field(description="Port it listens on, unprivileged.")
    resources: Resources = Field(description="What it is promised and may take at most.")
    startup: Probe | None = Field(default=None, description="Holds the other probes back until it succeeds once.")
    liveness: Probe | None = Field(default=None, description="Restarts the container when it fails.")
    readiness: Probe | None = Field(default=None, description="Takes the pod out of the Service when it fails.")
    env: FrozenMapping[EnvSource] = Field(default={}, description="Environment variables by name.")
    volumes: FrozenMapping[VolumeMount] = Field(default={}, description="Volumes by name.")


class Metrics(Model):
    """Where Prometheus reads a workload's metrics."""

    port_name: PortName = Field(description="The container port that serves them.")
    path: AbsolutePath = Field(description="Path that answers in the Prometheus text format.")


class Deployment(Model):
    """What runs as equal replicas behind a Service of the same name."""

    name: DnsLabel = Field(description="The Deployment's name, and that of its Service, account and budget.")
    labels: Labels = Field(description="Labels of its pods beside the name.")
    priority_class: DnsLabel = Field(description="Priority class of its pods.")
    node_labels: Labels = Field(
        default={}, description="Labels of the nodes that its pods go to; a taint of the same key and value is let be."
    )
    rolling_update: RollingUpdate = Field(description="How a rollout goes.")
    grace_seconds: Seconds = Field(description="Time that a pod has to end its work before it is killed, s.")
    disruptions: Disruptions = Field(
        description="Pods that maintenance may take away at once: a number ('1'), or a share of the replicas ('25%'),"
        " which Kubernetes rounds up."
    )
    containers: FrozenMapping[Container] = Field(
        min_length=1, description="Its containers by name: the application first."
    )
    metrics: Metrics | None = Field(default=None, description="Where Prometheus reads its metrics, if it has any.")

    @model_validator(mode="after")
    def _ports_are_told_apart(self) -> Deployment:
        names = [container.port_name for container in self.containers.values()]
        if len(set(names)) < len(names):
            raise PydanticCustomError("ports", "must give each container a port_name of its own")
        if self.metrics is not None and self.metrics.port_name not in names:
            raise PydanticCustomError(
                "metrics", "metrics.port_name must be a container's ({names})", {"names": ", ".join(names)}
            )
        return self

    @property
    def application(self) -> tuple[str, Container]:
        """Name and description of the container that the workload is about."""
        return next(iter(self.containers.items()))

    def disrupted(self, replicas: int) -> int:
        """Most of so many pods that maintenance takes away at once."""
        share = self.disruptions.removesuffix("%")
        return int(share) if share == self.disruptions else -(-replicas * int(share) // 100)


class FixedDeployment(Deployment):
    """A Deployment whose number of replicas nobody changes."""

    replicas: Count = Field(description="Its replicas.")
