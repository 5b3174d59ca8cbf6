"""A file as far as it is right: what checks over several fields or files may rely on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from regions.problems import ABSENT, Problem, field_path
from regions.sentences import sentences
from regions.yaml_reader import Location

M = TypeVar("M", bound=BaseModel)

WORLDWIDE: Location = ("replication",)
RESIDENT: Location = ("residency", "resident_cluster")


@dataclass(frozen=True)
class Draft(Generic[M]):
    """One file after its fields were checked, each by itself.

    A check over several fields asks with `get` and goes without where a field is missing or wrong: that mistake has
    its own sentence already, and a second one about the same value would be noise.
    """

    label: str
    stem: str
    raw: dict[str, object]
    wrong: frozenset[Location]
    model: M | None
    """The validated file, or None if any field is wrong."""

    def get(self, *location: str | int) -> object:
        """Return the value at `location`, or ABSENT if it is missing or anything on the way, or below, is wrong."""
        if any(_related(location, wrong) for wrong in self.wrong):
            return ABSENT
        value: object = self.raw
        for step in location:
            value = _below(value, step)
        return value

    def text(self, *location: str | int) -> str | None:
        """Return the string at `location`, or None if there is no right one."""
        value = self.get(*location)
        return value if isinstance(value, str) else None

    def texts(self, *location: str | int) -> tuple[str, ...]:
        """Return the strings of the list at `location`; those that are wrong are left out."""
        return tuple(text for index in range(self.length(*location)) if (text := self.text(*location, index)))

    def number(self, *location: str | int) -> float | None:
        """Return the number at `location`, or None if there is no right one."""
        value = self.get(*location)
        return float(value) if isinstance(value, int | float) else None

    def length(self, *location: str | int) -> int:
        """Return how many items the list at `location` has, right or wrong; 0 if there is no list."""
        value: object = self.raw
        for step in location:
            value = _below(value, step)
        return len(value) if isinstance(value, list) else 0

    def keys(self, *location: str | int) -> tuple[str, ...]:
        """Return the names in the mapping at `location`, or nothing if it is missing or anything in it is wrong."""
        value = self.get(*location)
        return tuple(value) if isinstance(value, dict) else ()

    def shares(self, list_name: str) -> tuple[float, ...] | None:
        """Return traffic_share of every item of a list, or None if one of them is missing or wrong."""
        shares = [self.number(list_name, index, "traffic_share") for index in range(self.length(list_name))]
        return tuple(share for share in shares if share is not None) if shares and None not in shares else None

    def problem(self, location: Location, fix: str) -> Problem:
        """Make the problem of the value at `location`."""
        return Problem(self.label, field_path(location), self.get(*location), fix)

    @property
    def places(self) -> tuple[Location, ...]:
        """Where the file says that the region has a cluster in a replication group: worldwide, then resident."""
        return tuple(place for place in (WORLDWIDE, RESIDENT) if self.text(*place, "group") is not None)

    @property
    def places_known(self) -> bool:
        """Whether `places` is all there is to know, as no place is missing or wrong."""
        groups = [(*place, "group") for place in (WORLDWIDE, RESIDENT)]
        return not any(_related(group, wrong) for group in groups for wrong in self.wrong)

    def place_in(self, group: str) -> Location | None:
        """Return where the file says that the region is in `group`, or None."""
        return next((place for place in self.places if self.text(*place, "group") == group), None)


def draft(kind: type[M], label: str, stem: str, raw: dict[str, object]) -> tuple[Draft[M], tuple[Problem, ...]]:
    """Check every field of a file by itself; return the draft and the problems found."""
    try:
        # By way of JSON, whose strict mode takes a list for a tuple and nothing else for anything else.
        model = kind.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        problems, wrong = sentences(error, kind, label)
        return Draft(label, stem, raw, wrong, None), problems
    return Draft(label, stem, raw, frozenset(), model), ()


def unreadable(label: str, stem: str) -> Draft[Any]:
    """Return the draft of a file of which nothing is known but its name."""
    return Draft(label, stem, {}, frozenset({()}), None)


def _below(value: object, step: str | int) -> object:
    if isinstance(value, dict):
        return value.get(step, ABSENT)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return ABSENT


def _related(location: tuple[str | int, ...], wrong: Location) -> bool:
    shared = min(len(location), len(wrong))
    return location[:shared] == wrong[:shared]
