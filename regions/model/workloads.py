"""What runs in every region alike: the workloads, their bounds, and the settings they share."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from regions.model.base import Count, DnsLabel, FrozenMapping, Labels, Model, Port, Text
from regions.model.demand import (
    Demand,
    LoadTest,
    Rate,
    SaturdayProtection,
    SaturdayWindow,
    SeasonalJobs,
    SeasonFactors,
    WeddingDayMode,
)
from regions.model.kubernetes import (
    Autoscaler,
    Claim,
    EnvSource,
    Namespace,
    Probe,
    Resources,
    RollingUpdate,
    VolumeMount,
)


class Capacity(Model):
    """What a workload serves: a rate, and the replicas that it takes."""

    requests_per_second: Rate = Field(description="Rate served, requests/s.")
    replicas: Count = Field(description="Replicas that serve it.")

    @property
    def per_replica(self) -> float:
        """Requests a second that one replica serves."""
        return self.requests_per_second / self.replicas


class SeasonFloors(Model):
    """The monitor's fewest replicas in each phase of the year."""

    wedding_season: Count = Field(description="Floor in the wedding season.")
    engagement_season: Count = Field(description="Floor in the engagement season.")
    off_season: Count = Field(description="Floor in the other months.")
    maximum: Count = Field(description="Floor at protection level MAXIMUM and in an emergency.")


class LevelFloors(Model):
    """The API's fewest replicas at each protection level."""

    normal: Count = Field(description="Floor at level NORMAL.")
    high: Count = Field(description="Floor at level HIGH.")
    maximum: Count = Field(description="Floor at level MAXIMUM.")
    fallback: Count = Field(description="Floor kept when the plan or its inputs cannot be had.")


class PerformanceMonitor(Model):
    """The Deployment that watches and optimises the region's databases."""

    name: DnsLabel = Field(description="The Deployment's name.")
    labels: Labels = Field(description="Labels of its pods beside the name.")
    port: Port = Field(description="Port it serves HTTP on.")
    rolling_update: RollingUpdate = Field(description="How a rollout goes.")
    resources: Resources = Field(description="CPU and memory of its container.")
    liveness: Probe = Field(description="Restarts the container when it fails.")
    readiness: Probe = Field(description="Takes the pod out of the Service when it fails.")
    env: FrozenMapping[EnvSource] = Field(description="Environment variables by name.")
    volumes: FrozenMapping[VolumeMount] = Field(description="Volumes by name.")
    autoscaler: Autoscaler = Field(
        description="Its HPA; the Deployment starts with the floor and declares no replicas."
    )
    emergency_max_replicas: Count = Field(description="Ceiling at level MAXIMUM and in an emergency.")
    floors: SeasonFloors = Field(description="Floors that the season scaler plans with.")
    season_factors: SeasonFactors = Field(description="Demand by phase; also scaling_multipliers of the ConfigMap.")
    saturday: SaturdayWindow = Field(description="The booking surge.")
    capacity: Capacity = Field(description="What it serves.")

    @field_validator("emergency_max_replicas")
    @classmethod
    def _above_the_ceiling(cls, emergency: int, info: ValidationInfo) -> int:
        autoscaler = info.data.get("autoscaler")
        if isinstance(autoscaler, Autoscaler) and emergency < autoscaler.max_replicas:
            raise PydanticCustomError(
                "range", "must not be below autoscaler.max_replicas ({ceiling})", {"ceiling": autoscaler.max_replicas}
            )
        return emergency


class WeddingApi(Model):
    """The Deployment that serves the wedding day itself."""

    name: DnsLabel = Field(description="The Deployment's name.")
    labels: Labels = Field(description="Labels of its pods beside the name.")
    priority_class: DnsLabel = Field(description="Priority class of its pods.")
    node_labels: Labels = Field(description="Labels of the nodes that its pods go to.")
    port: Port = Field(description="Port that the application serves HTTP on.")
    containers: FrozenMapping[Resources] = Field(
        min_length=1, description="Its containers by name: the application first."
    )
    autoscaler: Autoscaler = Field(
        description="Its HPA; the Deployment starts with the floor and declares no replicas."
    )
    floors: LevelFloors = Field(description="Floors that the season scaler plans with.")
    season_factors: SeasonFactors = Field(description="Demand by phase.")
    saturday: SaturdayWindow = Field(description="The day itself.")
    capacity: Capacity = Field(description="What it serves.")


class Coordinator(Model):
    """The Deployment that coordinates optimisation with the other regions."""

    name: DnsLabel = Field(description="The Deployment's name.")
    replicas: Count = Field(description="Its replicas.")
    resources: Resources = Field(description="CPU and memory of its container.")
    config_map: DnsLabel = Field(description="ConfigMap with the regions, generated from their files.")
    config_key: Text = Field(description="Key in it.")


class SeasonConfig(Model):
    """The ConfigMap that workloads read; what differs by region is generated from the region files."""

    name: DnsLabel = Field(description="The ConfigMap's name.")
    optimization_frequency: Text = Field(
        pattern=r"^[0-9]+[smhd]$", description="How often the optimiser runs, e.g. '4h'."
    )
    performance_thresholds_ms: FrozenMapping[Count] = Field(description="Longest query time by kind of query, ms.")


class Storage(Model):
    """The volumes that workloads share."""

    claims: tuple[Claim, ...] = Field(min_length=1, description="Persistent volume claims in the namespace.")


class Cache(Model):
    """The region's Redis."""

    engine_version: Text = Field(pattern=r"^[0-9]+\.[0-9]+$", description="Redis version, quoted, e.g. '7.1'.")


class Workloads(Model):
    """workloads.yaml: every number that is the same in all regions, once."""

    namespace: Namespace = Field(description="The namespace that everything lives in.")
    performance_monitor: PerformanceMonitor = Field(description="database-performance-monitor and its HPA.")
    wedding_api: WeddingApi = Field(description="wedding-api and its HPA.")
    coordinator: Coordinator = Field(description="regional-optimization-coordinator.")
    season_config: SeasonConfig = Field(description="wedding-season-config.")
    seasonal_jobs: SeasonalJobs = Field(description="The CronJobs that run the season scaler.")
    storage: Storage = Field(description="Shared volumes.")
    cache: Cache = Field(description="The region's Redis.")
    demand: Demand = Field(description="What drives demand.")
    wedding_day_mode: WeddingDayMode = Field(description="How workloads run on a wedding day.")
    saturday_protection: SaturdayProtection = Field(description="When changes are blocked.")
    load_test: LoadTest = Field(description="The season load test.")
