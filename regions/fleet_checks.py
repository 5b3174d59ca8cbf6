"""Checks over all region files together: replication, addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from itertools import combinations

from regions.draft import Draft
from regions.model import Region
from regions.model.base import suggestion
from regions.problems import Problem, Problems
from regions.residency_checks import residency_problems
from regions.yaml_reader import Location

MAX_SECONDARIES = 10  # Aurora's limit for a global cluster

Drafts = Sequence[Draft[Region]]


def fleet_problems(regions: Drafts, directory: str) -> Problems:
    """Return what does not fit together between region files.

    Args:
        regions: every region file, readable or not: a name is known even where its file is not.
        directory: what problems of no file in particular are filed under.
    """
    return (
        *_geographies(regions),
        *_addresses(regions),
        *_failover_orders(regions),
        *(problem for group in _groups(regions) for problem in _group(regions, group, directory)),
        *residency_problems(regions),
    )


def _geographies(regions: Drafts) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for region in regions:
        geography = region.text("geography")
        if geography in owners:
            fix = f"is the geography of {owners[geography]} already; regional_optimizations needs a key for each region"
            yield region.problem(("geography",), fix)
        elif geography is not None:
            owners[geography] = region.stem


def _addresses(regions: Drafts) -> Iterator[Problem]:
    at = ("network", "vpc_cidr")
    known = [(region, IPv4Network(cidr)) for region in regions if (cidr := region.text(*at))]
    for (first, taken), (second, cidr) in combinations(known, 2):
        if taken.overlaps(cidr):
            fix = f"must not overlap {taken} of {first.stem}; choose a range that no region has"
            yield second.problem(at, fix)


def _failover_orders(regions: Drafts) -> Iterator[Problem]:
    by_name = {region.stem: region for region in regions}
    for region in regions:
        for place in region.places:
            group = region.text(*place, "group")
            for index in range(region.length(*place, "failover_order")):
                at = (*place, "failover_order", index)
                name = region.text(*at)
                if name is not None and group is not None and (fix := _cannot_take_over(region, name, group, by_name)):
                    yield region.problem(at, fix)


def _cannot_take_over(region: Draft[Region], name: str, group: str, by_name: dict[str, Draft[Region]]) -> str | None:
    """Return why the region called `name` cannot take over from `region` in `group`, or None if it can."""
    if name == region.stem:
        return "must not be the region itself; name the regions that take over from it"
    if name not in by_name:
        others = tuple(known for known in by_name if known != region.stem)
        return f"is not a region{suggestion(name, others)}"
    other = by_name[name]
    if not other.places_known:
        return None  # what is wrong there has a sentence of its own
    place = other.place_in(group)
    if place is None:
        return f"is not in replication group {group!r}; name regions of the group"
    if other.get(*place, "failover_target") is False:
        return "is no failover target (failover_target: false in its file); leave it out or make it one"
    return None


def _groups(regions: Drafts) -> tuple[str, ...]:
    names = [region.text(*place, "group") for region in regions for place in region.places]
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _group(regions: Drafts, group: str, directory: str) -> Iterator[Problem]:
    members = [(region, place) for region in regions if (place := region.place_in(group))]
    yield from _one_writer(regions, members, group, directory)
    if len(members) - 1 > MAX_SECONDARIES:
        fix = (
            f"has {len(members) - 1} secondaries and Aurora allows {MAX_SECONDARIES}; "
            "put some of the regions into another replication group"
        )
        yield Problem(f"{directory}/*.yaml", "replication.group", group, fix)
    yield from _one_each(members, group)
    yield from _same_major_version(members, group)


def _one_writer(
    regions: Drafts, members: list[tuple[Draft[Region], Location]], group: str, directory: str
) -> Iterator[Problem]:
    flags = [(region, place, region.get(*place, "bootstrap_writer")) for region, place in members]
    writers = [(region, place) for region, place, flag in flags if flag is True]
    for region, place in writers[1:]:
        fix = f"replication group {group!r} has its bootstrap writer in {writers[0][0].stem} already; set one to false"
        yield region.problem((*place, "bootstrap_writer"), fix)
    # The writer may be in a file, or a flag, that is wrong: then that is the mistake.
    all_known = all(region.model is not None for region in regions)
    if not writers and all_known:
        names = ", ".join(region.stem for region, _ in members)
        fix = f"has no bootstrap writer; set bootstrap_writer: true in one of {names}"
        yield Problem(f"{directory}/*.yaml", "replication.group", group, fix)


def _one_each(members: list[tuple[Draft[Region], Location]], group: str) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for region, _ in members:
        aws_region = region.text("aws_region")
        if aws_region in owners:
            fix = f"{owners[aws_region]} of group {group!r} is there already; Aurora allows one member an AWS region"
            yield region.problem(("aws_region",), fix)
        elif aws_region is not None:
            owners[aws_region] = region.stem


def _same_major_version(members: list[tuple[Draft[Region], Location]], group: str) -> Iterator[Problem]:
    at = ("database", "engine_version")
    versions = [(region, version) for region, _ in members if (version := region.text(*at))]
    for region, version in versions[1:]:
        first, wanted = versions[0]
        if version.split(".")[0] != wanted.split(".")[0]:
            fix = f"must have the major version of {first.stem} ({wanted}), as all of replication group {group!r}"
            yield region.problem(at, fix)
