"""Checks over several fields of one file."""

from __future__ import annotations

from collections.abc import Iterator

from regions.draft import RESIDENT, WORLDWIDE, Draft
from regions.model import Region, Workloads
from regions.model.base import shares_problem, suggestion
from regions.problems import ABSENT, Problem, Problems


def region_problems(region: Draft[Region], workloads: Draft[Workloads]) -> Problems:
    """Return what does not fit together inside one region file."""
    return (
        *_name(region),
        *_zones(region),
        *_markets(region),
        *_cultures(region, workloads),
        *_residency(region),
    )


def workload_problems(workloads: Draft[Workloads]) -> Problems:
    """Return what does not fit together inside workloads.yaml."""
    return (*_claims(workloads), *_floors(workloads))


def _name(region: Draft[Region]) -> Iterator[Problem]:
    name = region.text("name")
    if name is not None and name != region.stem:
        yield region.problem(("name",), f"must be the file's name, {region.stem!r}; rename one of them")


def _zones(region: Draft[Region]) -> Iterator[Problem]:
    aws_region = region.text("aws_region")
    if aws_region is None:
        return
    for index in range(region.length("network", "zones")):
        zone = region.text("network", "zones", index)
        if zone is not None and zone[:-1] != aws_region:
            fix = f"must be a zone of aws_region {aws_region}, such as '{aws_region}a'"
            yield region.problem(("network", "zones", index), fix)


def _markets(region: Draft[Region]) -> Iterator[Problem]:
    shares = region.shares("markets")
    if shares and (reason := shares_problem(shares)):
        yield Problem(region.label, "markets[*].traffic_share", list(shares), reason)
    seen: set[str] = set()
    for index in range(region.length("markets")):
        name = region.text("markets", index, "name")
        if name in seen:
            yield region.problem(("markets", index, "name"), "is the name of two markets; give each its own")
        if name is not None:
            seen.add(name)


def _cultures(region: Draft[Region], workloads: Draft[Workloads]) -> Iterator[Problem]:
    known = workloads.keys("demand", "cultures")
    if not known:
        return
    for index in range(region.length("markets")):
        for culture in region.keys("markets", index, "cultures"):
            if culture not in known:
                fix = f"is not a culture of workloads.yaml{suggestion(culture, known)}"
                yield Problem(region.label, f"markets[{index}].cultures.{culture}", ABSENT, fix)


def _residency(region: Draft[Region]) -> Iterator[Problem]:
    aws_region = region.text("aws_region")
    lawful = region.texts("residency", "aws_regions")
    if aws_region is not None and lawful and aws_region not in lawful:
        fix = f"must contain the region's own aws_region, {aws_region}: its data would be stored outside"
        yield region.problem(("residency", "aws_regions"), fix)
    worldwide, resident = region.text(*WORLDWIDE, "group"), region.text(*RESIDENT, "group")
    if resident is not None and resident == worldwide:
        fix = "must differ from replication.group: residents' data would be replicated worldwide"
        yield region.problem((*RESIDENT, "group"), fix)


def _claims(workloads: Draft[Workloads]) -> Iterator[Problem]:
    names = [workloads.text("storage", "claims", i, "name") for i in range(workloads.length("storage", "claims"))]
    known = tuple(name for name in names if name is not None)
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            fix = "is the name of two claims; give each its own"
            yield workloads.problem(("storage", "claims", index, "name"), fix)
    if len(known) < len(names):
        return
    for volume in workloads.keys("performance_monitor", "volumes"):
        location = ("performance_monitor", "volumes", volume, "claim")
        claim = workloads.text(*location)
        if claim is not None and claim not in known:
            yield workloads.problem(location, f"is not a claim of storage.claims{suggestion(claim, known)}")


def _floors(workloads: Draft[Workloads]) -> Iterator[Problem]:
    for workload, ceilings in {
        "performance_monitor": {"maximum": ("emergency_max_replicas",)},
        "wedding_api": {},
    }.items():
        for floor in workloads.keys(workload, "floors"):
            ceiling_at = (workload, *ceilings.get(floor, ("autoscaler", "max_replicas")))
            ceiling, value = workloads.number(*ceiling_at), workloads.number(workload, "floors", floor)
            if ceiling is not None and value is not None and value > ceiling:
                fix = f"must not be above {'.'.join(ceiling_at)} ({ceiling:g})"
                yield workloads.problem((workload, "floors", floor), fix)
