"""What runs in every region alike: the workloads, their bounds, and the settings they share."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from regions.model.alarms import Alarms
from regions.model.base import Count, DnsLabel, FrozenMapping, Model, Seconds, Text
from regions.model.cache import CacheStandard
from regions.model.cluster import ClusterStandard
from regions.model.database import DatabaseStandard
from regions.model.demand import (
    Demand,
    LoadTest,
    Planning,
    ProtectionLevels,
    Rate,
    SaturdayProtection,
    SaturdayWindow,
    SeasonalJobs,
    SeasonFactors,
    WeddingDayMode,
)
from regions.model.deployment import Container, Deployment, FixedDeployment
from regions.model.kubernetes import Autoscaler, Claim, Namespace, PriorityClass
from regions.model.mesh import Mesh
from regions.model.network import NetworkStandard
from regions.model.operations import BudgetAlerts, Entry, ImageRetention


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
    fallback: Count = Field(description="Floor kept when the plan or its inputs cannot be had.")


class LevelFloors(Model):
    """The API's fewest replicas at each protection level."""

    normal: Count = Field(description="Floor at level NORMAL.")
    high: Count = Field(description="Floor at level HIGH.")
    maximum: Count = Field(description="Floor at level MAXIMUM.")
    fallback: Count = Field(description="Floor kept when the plan or its inputs cannot be had.")


class PerformanceMonitor(Deployment):
    """The Deployment that watches and optimises the region's databases."""

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


class WeddingApi(Deployment):
    """The Deployment that serves the wedding day itself."""

    autoscaler: Autoscaler = Field(
        description="Its HPA; the Deployment starts with the floor and declares no replicas."
    )
    floors: LevelFloors = Field(description="Floors that the season scaler plans with.")
    season_factors: SeasonFactors = Field(description="Demand by phase.")
    saturday: SaturdayWindow = Field(description="The day itself.")
    capacity: Capacity = Field(description="What it serves.")
    canary_replicas: Count = Field(description="Replicas of its canary, where an environment has one.")

    @field_validator("containers")
    @classmethod
    def _health_is_asked_by_path(cls, value: FrozenMapping[Container]) -> FrozenMapping[Container]:
        readiness = next(iter(value.values())).readiness
        if readiness is None or readiness.path is None:
            raise PydanticCustomError(
                "readiness", "must give the application a readiness probe with a path: health checks ask for it too"
            )
        return value

    @property
    def canary_name(self) -> str:
        """The name of the canary's Deployment."""
        return f"{self.name}-canary"

    @property
    def canary_share(self) -> int:
        """Most of the requests that the canary can take, percent: its replicas' part of all at the ceiling."""
        return 100 * self.canary_replicas // self.autoscaler.max_replicas

    @property
    def health_path(self) -> str:
        """The path that answers 2xx while a replica, and so its region, can serve."""
        readiness = self.application[1].readiness
        assert readiness is not None and readiness.path is not None  # noqa: S101, PT018 - validated
        return readiness.path


class Coordinator(Deployment):
    """The Deployment that coordinates optimisation with the other regions."""

    autoscaler: Autoscaler = Field(description="Its HPA; nobody but the program changes its bounds.")
    config_map: DnsLabel = Field(description="ConfigMap with the regions, generated from their files.")
    config_key: Text = Field(description="Key in it.")


class Pooler(FixedDeployment):
    """PgBouncer, between the workloads and the database."""

    query_timeout_margin_seconds: Seconds = Field(
        description="Wait for an answer beyond the server's own statement timeout, s."
    )
    max_client_connections: int = Field(ge=1, le=100_000, description="Clients that one replica takes.")

    @property
    def port(self) -> int:
        """The port that clients connect to."""
        return self.application[1].port


class SeasonConfig(Model):
    """The ConfigMap that workloads read; what differs by region is generated from the region files."""

    name: DnsLabel = Field(description="The ConfigMap's name.")
    emergency: DnsLabel = Field(
        description="ConfigMap that declares an emergency while it is there: active_until (an instant) and reason."
    )
    optimization_frequency: Text = Field(
        pattern=r"^[0-9]+[smhd]$", description="How often the optimiser runs, e.g. '4h'."
    )
    performance_thresholds_ms: FrozenMapping[Count] = Field(description="Longest query time by kind of query, ms.")


class Storage(Model):
    """The volumes that workloads share."""

    claims: tuple[Claim, ...] = Field(min_length=1, description="Persistent volume claims in the namespace.")


class Workloads(Model):
    """workloads.yaml: every number that is the same in all regions, once."""

    namespace: Namespace = Field(description="The namespace that everything lives in.")
    priority_classes: FrozenMapping[PriorityClass] = Field(description="Priority classes by name.")
    performance_monitor: PerformanceMonitor = Field(description="database-performance-monitor and its HPA.")
    wedding_api: WeddingApi = Field(description="wedding-api and its HPA.")
    coordinator: Coordinator = Field(description="regional-optimization-coordinator.")
    pooler: Pooler = Field(description="pgbouncer.")
    mesh: Mesh = Field(description="Istio.")
    cluster: ClusterStandard = Field(description="What every Kubernetes cluster has alike.")
    season_config: SeasonConfig = Field(description="wedding-season-config.")
    season_scaler: FixedDeployment = Field(description="The season scaler's controller, and its jobs' containers.")
    seasonal_jobs: SeasonalJobs = Field(description="The CronJobs that run the season scaler.")
    storage: Storage = Field(description="Shared volumes.")
    database: DatabaseStandard = Field(description="What every database cluster has alike.")
    cache: CacheStandard = Field(description="What every region's Redis has alike.")
    network: NetworkStandard = Field(description="What every region's network has alike.")
    alarms: Alarms = Field(description="When somebody is told.")
    entry: Entry = Field(description="How clients find a healthy region.")
    images: ImageRetention = Field(description="What is kept of the images in the registry.")
    budgets: BudgetAlerts = Field(description="When a budget tells somebody.")
    demand: Demand = Field(description="What drives demand.")
    protection: ProtectionLevels = Field(description="What raises the protection level.")
    planning: Planning = Field(description="How floors are planned.")
    wedding_day_mode: WeddingDayMode = Field(description="How workloads run on a wedding day.")
    saturday_protection: SaturdayProtection = Field(description="When changes are blocked.")
    load_test: LoadTest = Field(description="The season load test.")
