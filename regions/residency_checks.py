"""Checks that no replication takes residents' data out of its jurisdiction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from regions.draft import RESIDENT, WORLDWIDE, Draft
from regions.model import Region
from regions.problems import Problem, Problems


def residency_problems(regions: Sequence[Draft[Region]]) -> Problems:
    """Return every replication that a residency rule forbids."""
    residents = [region for region in regions if region.text(*RESIDENT, "group")]
    return (*_kept_apart(regions, residents), *_kept_inside(residents))


def _kept_apart(regions: Sequence[Draft[Region]], residents: list[Draft[Region]]) -> Iterator[Problem]:
    """A group holds residents' data or worldwide data, never both."""
    owners = {region.text(*RESIDENT, "group"): region for region in residents}
    for region in regions:
        owner = owners.get(region.text(*WORLDWIDE, "group"))
        if owner is not None and owner is not region:  # inside one file another check says it
            fix = f"is the resident group of {owner.stem}; worldwide data needs another group"
            yield region.problem((*WORLDWIDE, "group"), fix)


def _kept_inside(residents: list[Draft[Region]]) -> Iterator[Problem]:
    """Every member of a resident group is where the law of every other member lets its data be."""
    for holder in residents:
        group = holder.text(*RESIDENT, "group")
        for owner in residents:
            if owner is holder or owner.text(*RESIDENT, "group") != group:
                continue
            yield from _may_hold(holder, owner, group or "")


def _may_hold(holder: Draft[Region], owner: Draft[Region], group: str) -> Iterator[Problem]:
    theirs, ours = owner.text("residency", "jurisdiction"), holder.text("residency", "jurisdiction")
    lawful, aws_region = owner.texts("residency", "aws_regions"), holder.text("aws_region")
    if theirs is not None and ours is not None and theirs != ours:
        fix = f"must be {theirs}, as {owner.stem}'s: resident group {group!r} may not leave its jurisdiction"
        yield holder.problem(("residency", "jurisdiction"), fix)
    elif aws_region is not None and lawful and aws_region not in lawful:
        fix = (
            f"is not where {owner.stem} allows copies of resident group {group!r} "
            f"({', '.join(lawful)}); leave the group or move"
        )
        yield holder.problem(("aws_region",), fix)
