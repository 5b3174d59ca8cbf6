"""The parts that workloads are described with, in Kubernetes' own words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from regions.model.base import (
    AbsolutePath,
    Count,
    DnsLabel,
    Identifier,
    Labels,
    Model,
    Percent,
    Quantity,
    Seconds,
    Text,
)

Delay = Annotated[int, Field(ge=0, le=3600)]

POD_MONITOR = "proxies"
"""Name of the PodMonitor of a namespace; in that of the workloads the season scaler sets how often pods are read."""


class ComputeResources(Model):
    """CPU, memory and scratch space as Kubernetes quantities, e.g. "500m", "512Mi" and "1Gi"."""

    cpu: Quantity = Field(description="CPU, e.g. '500m'.")
    memory: Quantity = Field(description="Memory, e.g. '512Mi'.")
    ephemeral_storage: Quantity = Field(
        default="128Mi", description="Scratch space on the node: logs and what is not in a volume, e.g. '1Gi'."
    )

    def by_name(self) -> dict[str, str]:
        """The quantities by the names that Kubernetes gives these resources."""
        return {"cpu": self.cpu, "memory": self.memory, "ephemeral-storage": self.ephemeral_storage}


class Resources(Model):
    """What a container is promised and what it may take at most."""

    requests: ComputeResources = Field(description="What the scheduler reserves.")
    limits: ComputeResources = Field(description="What the container may take at most.")


class RollingUpdate(Model):
    """How many pods a rollout may add and take away at a time."""

    max_surge: int = Field(ge=0, le=1000, description="Pods above the wanted number during a rollout.")
    max_unavailable: int = Field(ge=0, le=1000, description="Pods that may be missing during a rollout.")

    @property
    def step(self) -> int:
        """Most pods that are replaced at the same time."""
        return self.max_surge + self.max_unavailable

    @model_validator(mode="after")
    def _goes_forward(self) -> RollingUpdate:
        if self.max_surge == self.max_unavailable == 0:
            raise PydanticCustomError("rollout", "must let a pod be added or missing, or no rollout ends")
        return self


class Probe(Model):
    """A probe on the container's port: an HTTP request, or only a connection."""

    path: AbsolutePath | None = Field(
        default=None, description="Path that answers 200 when all is well; without one, a connection is enough."
    )
    initial_delay_seconds: Annotated[int, Field(ge=0, le=3600)] = Field(
        description="Wait after the container's start, s."
    )
    period_seconds: Seconds = Field(description="Time between two probes, s.")
    timeout_seconds: Seconds = Field(description="A probe fails after this long, s.")
    failure_threshold: Count = Field(description="Failures in a row that count.")


class EnvSource(Model):
    """Where an environment variable's value comes from: one key of a ConfigMap or of a Secret, never a literal."""

    config_map: DnsLabel | None = Field(default=None, description="ConfigMap that holds the value; or give secret.")
    secret: DnsLabel | None = Field(default=None, description="Secret that holds the value; or give config_map.")
    key: Identifier = Field(description="Key in it.")
    optional: bool = Field(default=False, description="Whether the variable is left out where the key is not there.")

    @model_validator(mode="after")
    def _one_source(self) -> EnvSource:
        if (self.config_map is None) == (self.secret is None):
            raise PydanticCustomError("one_of", "must give either config_map or secret")
        return self


class VolumeMount(Model):
    """A volume in the container: a persistent volume claim, a ConfigMap or a Secret."""

    claim: DnsLabel | None = Field(default=None, description="Claim to mount (one of storage.claims), or …")
    config_map: DnsLabel | None = Field(default=None, description="… ConfigMap to mount, read-only, or …")
    secret: DnsLabel | None = Field(default=None, description="… Secret to mount, read-only.")
    mount_path: AbsolutePath = Field(description="Directory in the container.")

    @model_validator(mode="after")
    def _one_source(self) -> VolumeMount:
        if [self.claim, self.config_map, self.secret].count(None) != 2:
            raise PydanticCustomError("one_of", "must give one of claim, config_map and secret")
        return self


class PodsMetric(Model):
    """A metric of the pods themselves, averaged over them."""

    name: Identifier = Field(description="Name in custom.metrics.k8s.io.")
    average_value: Count = Field(description="Average over the pods that the autoscaler holds.")


class ScalingPolicy(Model):
    """At most this much change in this much time."""

    type: Literal["Percent", "Pods"] = Field(description="What value counts.")
    value: Count = Field(description="Percent of the replicas, or pods.")
    period_seconds: int = Field(
        ge=1, le=1800, description="Time the change is counted over, s; Kubernetes allows 1800."
    )


class ScalingRules(Model):
    """How fast an autoscaler may go in one direction; of several policies the one that allows most holds."""

    stabilization_window_seconds: int = Field(ge=0, le=3600, description="Recommendations looked back at, s.")
    policies: tuple[ScalingPolicy, ...] = Field(min_length=1, description="Limits of the pace.")


class Autoscaler(Model):
    """A HorizontalPodAutoscaler (autoscaling/v2): its bounds at creation, what it holds, and its pace."""

    name: DnsLabel = Field(description="The object's name.")
    min_replicas: Count = Field(description="Floor at creation; afterwards the season scaler owns it.")
    max_replicas: Count = Field(description="Ceiling at creation; afterwards the season scaler owns it.")
    cpu_percent: Percent = Field(description="CPU use it holds, percent of the requests.")
    memory_percent: Percent | None = Field(default=None, description="Memory use it holds, percent of the requests.")
    pods_metrics: tuple[PodsMetric, ...] = Field(default=(), description="Metrics of the pods it holds as well.")
    scale_up: ScalingRules = Field(description="The pace upward.")
    scale_down: ScalingRules = Field(description="The pace downward.")

    @field_validator("max_replicas")
    @classmethod
    def _not_below_the_floor(cls, max_replicas: int, info: ValidationInfo) -> int:
        floor = info.data.get("min_replicas")
        if floor is not None and max_replicas < floor:
            raise PydanticCustomError("range", "must not be below min_replicas ({floor})", {"floor": floor})
        return max_replicas


class PriorityClass(Model):
    """Who gives way when there is not enough room."""

    value: int = Field(ge=-1_000_000, le=1_000_000_000, description="Higher ones push lower ones out.")
    default: bool = Field(default=False, description="Whether it is that of pods that name none.")
    description: Text = Field(description="What it is for.")


class Namespace(Model):
    """The namespace that everything lives in."""

    name: DnsLabel = Field(description="The namespace's name in every region.")
    labels: Labels = Field(description="Its labels; the component adds environment and Pod Security.")
    pod_security: Literal["restricted", "baseline"] = Field(description="Pod Security level enforced.")


class Claim(Model):
    """A persistent volume claim."""

    name: DnsLabel = Field(description="The claim's name.")
    purpose: Text = Field(description="What is kept there.")
    size_gb: int = Field(ge=1, le=16_384, description="Size in GB (10^9 bytes).")
    access_mode: Literal["ReadWriteMany", "ReadWriteOnce"] = Field(
        description="ReadWriteMany where replicas share the volume."
    )
