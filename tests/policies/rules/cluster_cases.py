"""What runs in a cluster: replicas, bounds, priorities, disruption budgets, cron jobs, the namespace."""

from __future__ import annotations

from typing import Any

from policies import tokens
from policies.rules import (
    budget_disruptions,
    keep_autoscaler_bounds,
    label_namespace,
    leave_replicas_to_autoscaler,
    prioritise_wedding_critical,
    zone_cron_jobs,
)
from policies.subject import Subject
from tests.policies.rules.case import ABSENT, Bad, Case, resource

_APPS = "database-optimization"
_APP = "app.kubernetes.io/name"


def _deployment(name: str, **spec: Any) -> Subject:
    labels = {_APP: name, "wedding-critical": "true"}
    return resource(
        tokens.DEPLOYMENTS[0],
        {
            "metadata": {"name": name, "namespace": _APPS, "labels": labels},
            "spec": {
                "template": {"metadata": {"labels": labels}, "spec": {"priorityClassName": "wedding-critical"}},
                **spec,
            },
        },
    )


def _autoscaler(namespace: str, target: str, fewest: int, most: int) -> Subject:
    return resource(
        tokens.AUTOSCALERS[0],
        {
            "metadata": {"name": "hpa", "namespace": namespace},
            "spec": {
                "minReplicas": fewest,
                "maxReplicas": most,
                "scaleTargetRef": {"kind": "Deployment", "name": target},
            },
        },
    )


_REPLICAS = (
    Case(
        leave_replicas_to_autoscaler.RULE,
        (
            _autoscaler(_APPS, "wedding-api", 10, 50),
            _deployment("wedding-api"),
            _deployment("pgbouncer", replicas=3),
            _autoscaler("elsewhere", "pgbouncer", 1, 2),
        ),
        (
            Bad("spec>replicas", 10, "Deployment wedding-api declares 10 replicas, and an autoscaler scales it.", of=1),
            Bad(
                "metadata>namespace",
                _APPS,
                "Deployment pgbouncer declares 3 replicas, and an autoscaler scales it.",
                of=3,
            ),
        ),
    ),
    Case(
        keep_autoscaler_bounds.RULE,
        (
            _autoscaler(_APPS, "wedding-api", 10, 50),
            # As the season scaler has them: off season, and on a day of level MAXIMUM.
            _autoscaler(_APPS, "database-performance-monitor", 4, 24),
            _autoscaler(_APPS, "database-performance-monitor", 24, 36),
            _autoscaler("elsewhere", "another", 1, 1),
        ),
        (
            Bad("spec>minReplicas", 9, "minReplicas is 9: the lowest floor of wedding-api is 10."),
            Bad("spec>maxReplicas", 49, "maxReplicas is 49: the ceiling of wedding-api is 50."),
            Bad("spec>minReplicas", 51, "minReplicas is 51, above maxReplicas, 50."),
            Bad("spec>minReplicas", ABSENT, "minReplicas is absent: it would be 1."),
            Bad("spec>maxReplicas", ABSENT, "maxReplicas is absent."),
            Bad(
                "spec>minReplicas", 3, "minReplicas is 3: the lowest floor of database-performance-monitor is 4.", of=1
            ),
            Bad("spec>maxReplicas", 0, "minReplicas is 1, above maxReplicas, 0.", of=3),
        ),
    ),
    Case(
        keep_autoscaler_bounds.RULE,
        (
            _autoscaler(_APPS, "regional-optimization-coordinator", 3, 6),
            _autoscaler("istio-ingress", "istio-ingressgateway", 3, 12),
            _autoscaler("istio-ingress", "istio-eastwestgateway", 3, 6),
        ),
        (
            Bad(
                "spec>minReplicas",
                2,
                "minReplicas is 2: the lowest floor of regional-optimization-coordinator is 3.",
            ),
            Bad("spec>minReplicas", 1, "minReplicas is 1: the lowest floor of istio-ingressgateway is 3.", of=1),
            Bad("spec>maxReplicas", 5, "maxReplicas is 5: the ceiling of istio-eastwestgateway is 6.", of=2),
        ),
    ),
)

_UNPRIORITISED = "it must be wedding-critical."
_LABELS = "spec>template>metadata>labels>wedding-critical"
_PRIORITIES = (
    Case(
        prioritise_wedding_critical.RULE,
        (
            _deployment("wedding-api"),
            resource(
                tokens.DEPLOYMENTS[0],
                {
                    "metadata": {"name": "wedding-api", "namespace": "elsewhere"},
                    "spec": {"template": {"spec": {"priorityClassName": "wedding-critical"}}},
                },
            ),
            resource(tokens.STATEFUL_SETS[0], {"metadata": {"name": "another", "namespace": _APPS}}),
        ),
        (
            Bad(
                "spec>template>spec>priorityClassName",
                "wedding-standard",
                f"priorityClassName is 'wedding-standard': {_UNPRIORITISED}",
            ),
            Bad("spec>template>spec>priorityClassName", ABSENT, f"priorityClassName is absent: {_UNPRIORITISED}"),
            Bad(
                _LABELS,
                ABSENT,
                "Its pods have no label wedding-critical=true: what protects critical pods would not know them.",
            ),
            Bad(
                "metadata>labels",
                {"wedding-critical": "true"},
                "Its pods have no label wedding-critical=true: what protects critical pods would not know them.",
                of=1,
            ),
        ),
    ),
)


def _budget(name: str, **spec: Any) -> Subject:
    return resource(
        tokens.DISRUPTION_BUDGETS[0],
        {
            "metadata": {"name": name, "namespace": _APPS},
            "spec": {"selector": {"matchLabels": {_APP: name}}, **spec},
        },
    )


_BUDGETS = (
    Case(
        budget_disruptions.RULE,
        (
            _deployment("wedding-api"),
            _budget("wedding-api", maxUnavailable="10%"),
            _budget("another", minAvailable=1),
            resource(tokens.DEPLOYMENTS[0], {"metadata": {"name": "not-critical", "namespace": _APPS}}),
        ),
        (
            Bad("metadata>namespace", "elsewhere", "wedding-api has no PodDisruptionBudget.", of=1),
            Bad(
                "spec>selector",
                {"matchExpressions": [{"key": _APP, "operator": "NotIn", "values": ["wedding-api"]}]},
                "wedding-api has no PodDisruptionBudget.",
                of=1,
            ),
            Bad(
                "spec>selector>matchLabels",
                {"wedding-critical": "true"},
                "wedding-api has more than one PodDisruptionBudget (another, wedding-api): Kubernetes then refuses"
                " every eviction.",
                of=2,
            ),
            Bad("spec>selector", None, "wedding-api has no PodDisruptionBudget.", of=1),
            Bad(
                "spec>maxUnavailable",
                None,
                "PodDisruptionBudget wedding-api lets all pods of wedding-api go at once.",
                of=1,
            ),
            Bad(
                "spec>maxUnavailable",
                "100%",
                "PodDisruptionBudget wedding-api lets all pods of wedding-api go at once.",
                of=1,
            ),
            Bad(
                "spec>maxUnavailable",
                0,
                "PodDisruptionBudget wedding-api lets no pod of wedding-api go: no node could be renewed.",
                of=1,
            ),
        ),
    ),
)

_CRON = resource(
    tokens.CRON_JOBS[0],
    {"spec": {"timeZone": "Europe/Dublin", "concurrencyPolicy": "Forbid", "schedule": "0 8 * 5,6 *"}},
)
_CLOCK = resource(
    tokens.CRON_JOBS[0],
    {
        "spec": {
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Allow",
            "schedule": "* * * * *",
            "jobTemplate": {"spec": {"parallelism": 0}},
        }
    },
)
_JOBS = (
    Case(
        zone_cron_jobs.RULE,
        (_CRON, _CLOCK),
        (
            Bad("spec>timeZone", ABSENT, "timeZone is absent: it would be that of a machine of AWS."),
            Bad("spec>timeZone", "Europe/Dubln", "timeZone is 'Europe/Dubln', which is no IANA time zone."),
            Bad("spec>concurrencyPolicy", ABSENT, "concurrencyPolicy is absent: it must be 'Forbid'."),
            Bad("spec>concurrencyPolicy", "Allow", "concurrencyPolicy is 'Allow': it must be 'Forbid'."),
            Bad("spec>schedule", "30 2 * * *", "schedule '30 2 * * *' runs at 02 o'clock."),
            Bad("spec>schedule", "0 */1 * * *", "schedule '0 */1 * * *' runs at 01, 02 o'clock."),
            Bad("spec>schedule", "@hourly", "schedule '@hourly' runs at 01, 02 o'clock."),
            Bad("spec>jobTemplate>spec>parallelism", 1, "concurrencyPolicy is 'Allow': it must be 'Forbid'.", of=1),
            Bad("spec>timeZone", "Europe/Dublin", "schedule '* * * * *' runs at 01, 02 o'clock.", of=1),
            Bad("spec>schedule", "0 8", "schedule '0 8' cannot be read: it has 2 fields, not 5."),
        ),
    ),
)

_NAMESPACE = (
    Case(
        label_namespace.RULE,
        (
            resource(
                tokens.NAMESPACES[0],
                {
                    "metadata": {
                        "name": _APPS,
                        "labels": {
                            "wedding-platform": "true",
                            "component": "database-optimization",
                            "environment": "prod",
                            "pod-security.kubernetes.io/enforce": "restricted",
                        },
                    }
                },
            ),
            resource(tokens.NAMESPACES[0], {"metadata": {"name": "istio-system"}}),
        ),
        (
            Bad("metadata>labels>environment", "staging", "Label environment is 'staging': it must be 'prod'."),
            Bad("metadata>labels>wedding-platform", ABSENT, "Label wedding-platform is absent: it must be 'true'."),
            Bad(
                "metadata>labels>pod-security.kubernetes.io/enforce",
                "baseline",
                "Label pod-security.kubernetes.io/enforce is 'baseline': it must be 'restricted'.",
            ),
        ),
    ),
)

CASES: tuple[Case, ...] = (*_REPLICAS, *_PRIORITIES, *_BUDGETS, *_JOBS, *_NAMESPACE)
