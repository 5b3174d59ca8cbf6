"""workloads.yaml carries the numbers of the requirements."""

from __future__ import annotations

import pytest

from regions.capacity import JOB_PODS, ceilings, floors, namespace_ceiling
from regions.load import load_fleet
from regions.model import Workloads


@pytest.fixture(scope="module")
def workloads() -> Workloads:
    return load_fleet().workloads


def test_namespace(workloads: Workloads) -> None:
    namespace = workloads.namespace
    assert namespace.name == "database-optimization"
    assert dict(namespace.labels) == {"wedding-platform": "true", "component": "database-optimization"}
    assert namespace.pod_security == "restricted"


def test_performance_monitor(workloads: Workloads) -> None:
    monitor = workloads.performance_monitor
    _, container = monitor.application
    requests, limits = container.resources.requests, container.resources.limits
    assert container.liveness is not None
    assert container.readiness is not None
    assert (monitor.name, container.port) == ("database-performance-monitor", 3000)
    assert dict(monitor.labels) == {"wedding-critical": "true"}
    assert (monitor.rolling_update.max_surge, monitor.rolling_update.max_unavailable) == (3, 1)
    assert (requests.cpu, requests.memory, limits.cpu, limits.memory) == ("500m", "512Mi", "2000m", "2Gi")
    assert tuple(container.liveness.model_dump().values()) == ("/health/database-metrics", 30, 15, 10, 3)
    assert tuple(container.readiness.model_dump().values()) == ("/ready/optimization-engine", 15, 10, 5, 2)
    assert {name: (e.config_map or e.secret, e.key) for name, e in container.env.items()} == {
        "WEDDING_SEASON_MODE": ("wedding-season-config", "season_active"),
        "DATABASE_URL": ("database-secrets", "primary_url"),
        "REDIS_URL": ("redis-secrets", "cluster_url"),
    }
    assert {v.claim or v.config_map: v.mount_path for v in container.volumes.values()} == {
        "optimization-logs-pvc": "/app/logs",
        "optimization-cache-pvc": "/app/cache",
        "optimization-metrics-pvc": "/app/metrics",
        "optimization-analysis-pvc": "/app/analysis",
        "wedding-season-config": "/app/config/wedding-season",
    }


def test_performance_monitor_bounds(workloads: Workloads) -> None:
    monitor = workloads.performance_monitor
    hpa = monitor.autoscaler
    assert (hpa.name, hpa.min_replicas, hpa.max_replicas) == ("database-performance-hpa", 6, 24)
    assert (hpa.cpu_percent, hpa.memory_percent) == (70, 80)
    assert [(m.name, m.average_value) for m in hpa.pods_metrics] == [("database_optimization_queue_length", 10)]
    up = [(p.type, p.value, p.period_seconds) for p in hpa.scale_up.policies]
    down = [(p.type, p.value, p.period_seconds) for p in hpa.scale_down.policies]
    assert (hpa.scale_up.stabilization_window_seconds, up) == (180, [("Percent", 100, 60), ("Pods", 4, 60)])
    assert (hpa.scale_down.stabilization_window_seconds, down) == (600, [("Percent", 50, 300)])
    assert monitor.emergency_max_replicas == 36
    assert monitor.floors.model_dump() == {
        "wedding_season": 12,
        "engagement_season": 6,
        "off_season": 4,
        "maximum": 24,
        "fallback": 12,
    }
    assert monitor.capacity.per_replica == pytest.approx(10_000 / 24)
    assert tuple(monitor.saturday.model_dump().values()) == (6.0, 8, 12)
    assert tuple(monitor.season_factors.model_dump().values()) == (4.0, 2.5, 1.0)


def test_wedding_api(workloads: Workloads) -> None:
    api = workloads.wedding_api
    assert (api.name, api.priority_class, list(api.containers)) == (
        "wedding-api",
        "wedding-critical",
        ["app", "metrics"],
    )
    assert (api.autoscaler.min_replicas, api.autoscaler.max_replicas, api.autoscaler.cpu_percent) == (10, 50, 80)
    assert tuple(api.floors.model_dump().values()) == (10, 35, 50, 20)
    assert tuple(api.saturday.model_dump().values()) == (8.0, 0, 24)
    assert tuple(api.season_factors.model_dump().values()) == (2.5, 1.0, 1.0)


def test_coordinator(workloads: Workloads) -> None:
    coordinator = workloads.coordinator
    requests, limits = coordinator.application[1].resources.requests, coordinator.application[1].resources.limits
    assert (coordinator.name, coordinator.autoscaler.min_replicas) == ("regional-optimization-coordinator", 3)
    assert (requests.cpu, requests.memory, limits.cpu, limits.memory) == ("1000m", "1Gi", "3000m", "4Gi")
    assert (coordinator.config_map, coordinator.config_key) == ("regional-optimization-config", "regions.yaml")


def test_maintenance_leaves_most_of_the_fewest_pods(workloads: Workloads) -> None:
    taken = {name: deployment.disrupted(fewest) for name, (deployment, fewest) in floors(workloads).items()}
    assert set(taken.values()) == {1}
    assert set(taken) == set(ceilings(workloads)) - {workloads.wedding_api.canary_name}
    assert workloads.coordinator.disrupted(workloads.coordinator.autoscaler.max_replicas) == 1


def test_a_share_of_pods_is_rounded_up_as_kubernetes_does(workloads: Workloads) -> None:
    third = workloads.pooler.model_copy(update={"disruptions": "34%"})
    assert [third.disrupted(replicas) for replicas in (1, 2, 3, 6, 100)] == [1, 1, 2, 3, 34]


def test_the_canary_is_a_part_of_the_ceiling(workloads: Workloads) -> None:
    api = workloads.wedding_api
    assert (api.canary_replicas, api.canary_share) == (5, 10)
    assert ceilings(workloads)[api.canary_name] == (api, 5 + api.rolling_update.max_surge)


def test_the_quota_counts_pods_that_end_their_work(workloads: Workloads) -> None:
    running = sum(most for _, most in ceilings(workloads).values())
    steps = {
        "monitor": 3 + 1,
        "wedding-api and its canary": 2 * (5 + 0),
        "coordinator": 1 + 1,
        "pooler": 0 + 1,
        "scaler": 1 + 0,
    }
    assert namespace_ceiling(workloads).pods == running + sum(steps.values()) + JOB_PODS


def test_four_shared_claims_of_500_gb_together(workloads: Workloads) -> None:
    claims = workloads.storage.claims
    assert [claim.purpose for claim in claims] == ["logs", "cache", "metrics", "analysis"]
    assert sum(claim.size_gb for claim in claims) == 500
    assert {claim.access_mode for claim in claims} == {"ReadWriteMany"}


def test_season_config_and_jobs(workloads: Workloads) -> None:
    config, jobs = workloads.season_config, workloads.seasonal_jobs
    assert (config.name, config.optimization_frequency) == ("wedding-season-config", "4h")
    assert dict(config.performance_thresholds_ms) == {
        "booking_queries": 50,
        "vendor_search": 100,
        "payment_processing": 20,
        "timeline_updates": 30,
    }
    assert (jobs.season_name, jobs.off_season_name, jobs.hour) == ("wedding-season-scaling", "off-season-scaling", 8)
    assert workloads.cache.engine_version.startswith("7.")


def test_demand(workloads: Workloads) -> None:
    demand = workloads.demand
    assert round(demand.mean_operations_per_second) == 579
    assert (demand.emergency_factor, demand.headroom_factor) == (10.0, 1.25)
    assert [(e.month, e.day, e.factor) for e in demand.events] == [(2, 14, 6.0), (12, 31, 8.0)]
    assert {name: (c.factor, c.guests, c.days) for name, c in demand.cultures.items() if name != "other"} == {
        "indian": (2.0, 600, 3),
        "nigerian": (1.8, 400, 2),
        "chinese": (1.5, 350, 2),
        "greek": (1.4, 300, 1),
        "jewish": (1.3, 250, 1),
        "british": (1.0, 150, 1),
    }
    assert [name for name, culture in demand.cultures.items() if culture.keeps_sabbath] == ["jewish"]


def test_protection_and_load_test(workloads: Workloads) -> None:
    assert tuple(workloads.saturday_protection.model_dump().values()) == (2, 4, 30)
    assert tuple(workloads.wedding_day_mode.model_dump().values()) == (2, 10, 30, 60, 20)
    load_test = workloads.load_test
    assert (load_test.name, load_test.requests_per_second, load_test.minutes) == (
        "wedding-season-load-test",
        10_000,
        60,
    )
    assert load_test.scenarios == ("booking_surge", "vendor_search", "payment_spike")


def test_protection(workloads: Workloads) -> None:
    assert tuple(workloads.protection.model_dump().values()) == (6.0, 8.0)
    assert [(event.name, event.title, event.month, event.day, event.factor) for event in workloads.demand.events] == [
        ("valentines_day", "Valentine's Day", 2, 14, 6.0),
        ("new_years_eve", "New Year's Eve", 12, 31, 8.0),
    ]
    assert workloads.wedding_day_mode.lead_hours == 2
    assert workloads.planning.settle_hours == 2


def test_cultures(workloads: Workloads) -> None:
    cultures = workloads.demand.cultures
    assert {name: (each.factor, each.guests, each.days) for name, each in cultures.items() if name != "other"} == {
        "indian": (2.0, 600, 3),
        "nigerian": (1.8, 400, 2),
        "chinese": (1.5, 350, 2),
        "greek": (1.4, 300, 1),
        "jewish": (1.3, 250, 1),
        "british": (1.0, 150, 1),
    }
    assert [name for name, each in cultures.items() if each.keeps_sabbath] == ["jewish"]
    assert {name: each.calendar for name, each in cultures.items() if each.calendar} == {
        "nigerian": "islamic",
        "chinese": "chinese",
    }
