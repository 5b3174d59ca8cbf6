"""The names under which regions are found in an environment's zone."""

from __future__ import annotations


def api_name(domain: str) -> str:
    """The name that clients use: the nearest healthy region answers."""
    return f"api.{domain}"


def regional_api_name(region: str, domain: str) -> str:
    """The name of one region's ingress; its health check asks there."""
    return f"{region}.api.{domain}"


def east_west_name(region: str, domain: str) -> str:
    """The name of the gateway through which other regions reach a region's mesh."""
    return f"eastwest.{region}.{domain}"


def coordinator_name(domain: str) -> str:
    """The name of the region that coordinates: the first healthy one of the failover order."""
    return f"coordinator.{domain}"


def write_name(group: str, domain: str) -> str:
    """The name of whoever writes for a worldwide replication group, in whichever region."""
    return f"write.{group}.db.{domain}"
