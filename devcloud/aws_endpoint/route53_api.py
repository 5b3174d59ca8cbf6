"""Health checks: moto forgets which alarm or routing control they follow, and their children and regions on updates."""

from __future__ import annotations

from typing import Any

from moto.route53.models import HealthCheck
from moto.route53.responses import Route53

_KEPT = ("AlarmIdentifier", "InsufficientDataHealthStatus", "RoutingControlArn")
# What moto calls them -> the parameter; without it they stay as they are.
_LISTS = {"children": "ChildHealthChecks", "regions": "Regions"}


def install() -> None:
    """Change moto's classes. Once a process."""
    create: Any = Route53.create_health_check
    update: Any = Route53.update_health_check
    configuration: Any = HealthCheck.health_check_config

    def create_health_check(self: Any) -> Any:
        answer = create(self)
        _keep(answer.result["HealthCheck"], self._get_param("HealthCheckConfig"))
        return answer

    def update_health_check(self: Any) -> Any:
        before = self.backend.get_health_check(self._get_param("HealthCheckId"))
        lists = {name: getattr(before, name) for name, given in _LISTS.items() if self._get_param(given) is None}
        answer = update(self)
        health_check = answer.result["HealthCheck"]
        for name, value in lists.items():
            setattr(health_check, name, value)
        _keep(health_check, {name: self._get_param(name) for name in _KEPT})
        return answer

    def health_check_config(self: HealthCheck) -> dict[str, Any]:
        return configuration.fget(self) | getattr(self, "kept", {})

    for owner, name, replacement in (
        (Route53, "create_health_check", create_health_check),
        (Route53, "update_health_check", update_health_check),
        (HealthCheck, "health_check_config", property(health_check_config)),
    ):
        setattr(owner, name, replacement)


def _keep(health_check: Any, given: dict[str, Any]) -> None:
    """What is not given stays; saved with moto's object."""
    new = {name: given[name] for name in _KEPT if given.get(name) is not None}
    health_check.kept = getattr(health_check, "kept", {}) | new
