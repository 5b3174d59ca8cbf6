"""Checks over several fields of one file."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from regions.capacity import floors
from regions.draft import RESIDENT, WORLDWIDE, Draft
from regions.model import Region, Workloads
from regions.model.base import shares_problem, suggestion
from regions.node_pools import cramped_pools
from regions.problems import ABSENT, Problem, Problems
from regions.special_day_checks import special_day_problems, subdivision_problems

_DEPLOYMENTS = ("performance_monitor", "wedding_api", "coordinator")
_FIXED = ("pooler", "season_scaler")
# An environment's file has an image for each.
_CONTAINERS = {"performance_monitor": 1, "wedding_api": 2, "coordinator": 1, "pooler": 1, "season_scaler": 1}


def region_problems(region: Draft[Region], workloads: Draft[Workloads]) -> Problems:
    """Return what does not fit together inside one region file."""
    return (
        *_name(region),
        *_zones(region),
        *_services(region, workloads),
        *_markets(region),
        *_cultures(region, workloads),
        *subdivision_problems(region),
        *_parameters(region, workloads),
        *_pool(region, workloads),
        *_residency(region),
    )


def workload_problems(workloads: Draft[Workloads]) -> Problems:
    """Return what does not fit together inside workloads.yaml."""
    return (
        *_containers(workloads),
        *_claims(workloads),
        *_priority_classes(workloads),
        *_floors(workloads),
        *special_day_problems(workloads),
        *_disruptions(workloads),
        *_pools(workloads),
    )


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


def _services(region: Draft[Region], workloads: Draft[Workloads]) -> Iterator[Problem]:
    """An address of both would never be reached: every node sends it to a Service."""
    vpc, services = region.text("network", "vpc_cidr"), workloads.text("cluster", "service_cidr")
    if vpc is not None and services is not None and IPv4Network(vpc).overlaps(IPv4Network(services)):
        fix = f"must not overlap {services}, the Services' addresses ({workloads.label}, cluster.service_cidr)"
        yield region.problem(("network", "vpc_cidr"), fix)


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


def _parameters(region: Draft[Region], workloads: Draft[Workloads]) -> Iterator[Problem]:
    standard = workloads.keys("database", "cluster_parameters")
    for group in ("cluster_parameters", "instance_parameters"):
        for name in region.keys("database", group):
            if name in standard:
                fix = "is set for all regions, in workloads.yaml; remove one of them"
                yield region.problem(("database", group, name), fix)


def _pool(region: Draft[Region], workloads: Draft[Workloads]) -> Iterator[Problem]:
    pool_size, replicas = region.number("database", "pool_size"), workloads.number("pooler", "replicas")
    if pool_size is None or replicas is None:
        return
    databases = 1 + len(region.places)  # the worldwide one by its writer and by its readers, and the resident one
    if pool_size < replicas * databases:
        fix = f"must be {replicas * databases:g} or more: a connection for each replica of the pooler to each database"
        yield region.problem(("database", "pool_size"), fix)


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


def _containers(workloads: Draft[Workloads]) -> Iterator[Problem]:
    for workload, wanted in _CONTAINERS.items():
        names = workloads.keys(workload, "containers")
        if names and len(names) != wanted:
            fix = f"must name {wanted}, as many as there are images for it in Pulumi.<environment>.yaml"
            yield Problem(workloads.label, f"{workload}.containers", list(names), fix)


def _claims(workloads: Draft[Workloads]) -> Iterator[Problem]:
    names = [workloads.text("storage", "claims", i, "name") for i in range(workloads.length("storage", "claims"))]
    known = tuple(name for name in names if name is not None)
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            fix = "is the name of two claims; give each its own"
            yield workloads.problem(("storage", "claims", index, "name"), fix)
    if len(known) < len(names):
        return
    for workload in _DEPLOYMENTS:
        for container in workloads.keys(workload, "containers"):
            for volume in workloads.keys(workload, "containers", container, "volumes"):
                location = (workload, "containers", container, "volumes", volume, "claim")
                claim = workloads.text(*location)
                if claim is not None and claim not in known:
                    yield workloads.problem(location, f"is not a claim of storage.claims{suggestion(claim, known)}")


def _priority_classes(workloads: Draft[Workloads]) -> Iterator[Problem]:
    known = workloads.keys("priority_classes")
    if not known:
        return
    for workload in (*_DEPLOYMENTS, *_FIXED):
        name = workloads.text(workload, "priority_class")
        if name is not None and name not in known:
            yield workloads.problem((workload, "priority_class"), f"is no priority class{suggestion(name, known)}")


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


def _disruptions(workloads: Draft[Workloads]) -> Iterator[Problem]:
    if workloads.model is None:
        return
    fewest = floors(workloads.model)
    for workload in (*_DEPLOYMENTS, *_FIXED):
        deployment, replicas = fewest[getattr(workloads.model, workload).name]
        if (taken := deployment.disrupted(replicas)) * 2 > replicas:
            fix = f"would let maintenance take {taken} of the fewest replicas ({replicas}); leave half of them"
            yield workloads.problem((workload, "disruptions"), fix)


def _pools(workloads: Draft[Workloads]) -> Iterator[Problem]:
    """The fields are added up, so this needs all of them to be right."""
    if workloads.model is None:
        return
    labels = workloads.model.wedding_api.node_labels
    for name in ("performance_monitor", "coordinator", *_FIXED):
        if getattr(workloads.model, name).node_labels not in ({}, labels):
            yield workloads.problem(
                (name, "node_labels"), "must be wedding_api's, or left out: no other nodes have labels"
            )
    for name in cramped_pools(workloads.model):
        fix = "must have room for two of the pool's largest pods beside cluster.node_reserve; take a larger type"
        yield workloads.problem(("cluster", "pools", name.replace("-", "_"), "instance"), fix)
