"""What the season scaler is told of its place: environment variables, all checked before anything is done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_METRICS_PORT, _METRICS_HOST = "9090", "127.0.0.1"


class SettingsError(Exception):
    """Variables are missing or make no sense; the message has a sentence for each."""

    def __init__(self, sentences: list[str]) -> None:
        """Make the error of at least one sentence."""
        self.sentences = tuple(sentences)
        super().__init__("\n".join(sentences))


@dataclass(frozen=True, slots=True)
class Settings:
    """Where it runs and what it may change.

    Attributes:
        environment: REGION's environment, e.g. "prod": its name is part of the audit trail's keys.
        regions: the fleet's regions that are on, the own one among them.
        freezes: whether the environment has freeze windows.
        pod: who holds the lease, and who the audit trail and events name.
        databases: identifiers of Aurora clusters.
        node_groups: names of EKS managed node groups by pool; empty where `eks_cluster` is.
        audit_table: the audit trail's table; empty in a dry run alone.
    """

    environment: str
    region: str
    regions: tuple[str, ...]
    freezes: bool
    namespace: str
    pod: str
    aws_region: str
    databases: tuple[str, ...]
    eks_cluster: str
    node_groups: Mapping[str, str]
    audit_table: str
    metrics_host: str
    metrics_port: int


def read_settings(environ: Mapping[str, str], *, dry_run: bool) -> Settings:
    """Read the variables.

    Raises:
        SettingsError: with all mistakes at once.
    """
    wrong: list[str] = []
    region, regions = _required(environ, "REGION", wrong), _listed(environ, "REGIONS", wrong)
    if not regions:
        wrong.append("REGIONS is empty: list the regions that are on, separated by commas, REGION among them.")
    elif region and region not in regions:
        wrong.append(
            f"REGION is {region!r}, which is not one of REGIONS ({', '.join(regions)}): add it, or correct it."
        )
    if not dry_run and not environ.get("AUDIT_TABLE"):
        wrong.append("AUDIT_TABLE is empty: every change is audited; name the table, or use --dry-run.")
    settings = Settings(
        environment=_required(environ, "ENVIRONMENT", wrong),
        region=region,
        regions=regions,
        freezes=_freezes(environ, wrong),
        namespace=_required(environ, "NAMESPACE", wrong),
        pod=_required(environ, "POD_NAME", wrong),
        aws_region=_required(environ, "AWS_REGION", wrong),
        databases=_listed(environ, "DATABASE_CLUSTERS", wrong),
        eks_cluster=environ.get("EKS_CLUSTER", ""),
        node_groups=_node_groups(environ, wrong),
        audit_table=environ.get("AUDIT_TABLE", ""),
        metrics_host=environ.get("METRICS_HOST") or _METRICS_HOST,
        metrics_port=_port(environ, wrong),
    )
    if wrong:
        raise SettingsError(wrong)
    return settings


def _required(environ: Mapping[str, str], name: str, wrong: list[str]) -> str:
    value = environ.get(name, "")
    if not _NAME.fullmatch(value):
        wrong.append(f"{name} is {value!r}: give a name of letters, digits, '.', '_' and '-'.")
    return value


def _freezes(environ: Mapping[str, str], wrong: list[str]) -> bool:
    value = environ.get("FREEZES", "")
    if value not in ("true", "false"):
        wrong.append(f"FREEZES is {value!r}: give 'true' where the environment has freeze windows, else 'false'.")
    return value == "true"


def _listed(environ: Mapping[str, str], name: str, wrong: list[str]) -> tuple[str, ...]:
    value = environ.get(name, "")
    names = tuple(value.split(",")) if value else ()
    bad = [each for each in names if not _NAME.fullmatch(each)]
    if bad or len(set(names)) < len(names):
        wrong.append(f"{name} is {value!r}: give names separated by commas, without spaces and each once.")
    return names


def _node_groups(environ: Mapping[str, str], wrong: list[str]) -> Mapping[str, str]:
    pairs = [each.partition("=") for each in _entries(environ.get("NODE_GROUPS", ""))]
    groups = {pool: group for pool, _, group in pairs}
    if len(groups) < len(pairs) or not all(_NAME.fullmatch(name) for pair in groups.items() for name in pair):
        wrong.append(
            f"NODE_GROUPS is {environ['NODE_GROUPS']!r}: give <pool>=<node group> separated by commas, each pool once."
        )
    if groups and not environ.get("EKS_CLUSTER"):
        wrong.append("NODE_GROUPS is given and EKS_CLUSTER is not: name the cluster that the node groups are in.")
    return groups


def _entries(value: str) -> list[str]:
    return value.split(",") if value else []


def _port(environ: Mapping[str, str], wrong: list[str]) -> int:
    value = environ.get("METRICS_PORT") or _METRICS_PORT
    if value.isascii() and value.isdecimal() and len(value) <= 5 and 0 < int(value) < 65536:
        return int(value)
    wrong.append(f"METRICS_PORT is {value!r}: give a port between 1 and 65535.")
    return 0
