"""Which stacks an edit touches. Pure, and it fails safe: a file that nothing is known of touches every stack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guard.target import Target

NONE = (
    *(".ci/", ".github/", "bench/", "delivery/", "devcloud/", "docs/", "overrides/", "tests/"),
    "services/",  # what runs in the cluster comes there as an image, by the digest in an environment's settings
    *(".gitignore", ".pre-commit-config.yaml", "Makefile", "bootstrap.lock"),
)
"""Files and directories of which no stack is made."""
ALL = (
    *("components/", "costs/", "guard/", "policies/", "regions/", "seasons/", "stacks/"),
    *("Pulumi.yaml", "pyproject.toml", "requirements.lock"),
)
"""Files and directories of which every stack is made, or by which it is judged."""
OWN_FIELDS = (
    "cache",
    *("database.min_acu", "database.max_acu", "database.readers"),
    *("database.backup_window", "database.maintenance_window"),
    *("database.cluster_parameters", "database.instance_parameters"),
)
"""Fields of a region's file that no other stack reads. The others are in what all regions know of each other: the
coordinators' configuration, network policies, the global stack's routes and checks."""

_REGION = re.compile(r"regions/([a-z0-9-]+)\.yaml")
_SETTINGS = re.compile(r"Pulumi\.([a-z0-9]+)(?:-([a-z0-9-]+))?\.yaml")
_NOT_REGIONS = ("workloads",)


@dataclass(frozen=True, slots=True)
class Edit:
    """A file that differs, by its path in the checkout.

    `fields`: which of its fields do, as in "database.min_acu", where that is known of a file that is there before and
    after; else None.
    """

    path: str
    fields: frozenset[str] | None = None


def touched(edits: Iterable[Edit], environment: str, regions: Sequence[str]) -> tuple[str, ...]:
    """Return the environment's stacks that an edit touches, the global one first.

    Args:
        edits: what differs.
        environment: its name.
        regions: those that are on in it.
    """
    every = tuple(Target(environment, region).stack for region in (None, *regions))
    found = {stack for edit in edits for stack in _touched(edit, environment, regions, every)}
    return tuple(stack for stack in every if stack in found)


def _touched(edit: Edit, environment: str, regions: Sequence[str], every: Sequence[str]) -> Sequence[str]:
    if settings := _SETTINGS.fullmatch(edit.path):
        owner, region = settings.groups()
        return () if owner != environment else every if region is None else (Target(environment, region).stack,)
    if (place := _REGION.fullmatch(edit.path)) and (name := place[1]) not in _NOT_REGIONS and edit.fields is not None:
        if name not in regions:
            return ()
        return (Target(environment, name).stack,) if all(map(_is_own, edit.fields)) else every
    return () if edit.path.endswith(".md") or _is_below(edit.path, NONE) else every


def _is_own(field: str) -> bool:
    return any(field == own or field.startswith(f"{own}.") for own in OWN_FIELDS)


def _is_below(path: str, places: Sequence[str]) -> bool:
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)
