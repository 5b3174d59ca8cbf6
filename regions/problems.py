"""Mistakes in the data, one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Absent(Enum):
    """Stands for a value that is not there, where None would be a value."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
_LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake.

    Attributes:
        file: the file as people call it, e.g. "regions/us-east-1.yaml".
        field: path of the field, e.g. "markets[1].time_zone"; empty for the file as a whole.
        value: what the file says there; ABSENT where it says nothing.
        fix: what is allowed, or what to do.
    """

    file: str
    field: str
    value: object
    fix: str

    def __str__(self) -> str:
        """Return the sentence: file, field, value, and what is allowed."""
        where = f"{self.file}: {self.field}" if self.field else self.file
        if self.value is ABSENT:
            return f"{where}: {self.fix}"
        value = repr(self.value)
        if len(value) > _LONGEST_VALUE:
            value = value[:_LONGEST_VALUE] + "…"
        return f"{where} is {value}: {self.fix}"


Problems = tuple[Problem, ...]


class FleetError(Exception):
    """The region files hold mistakes; `problems` has all of them, of all files."""

    def __init__(self, problems: Problems) -> None:
        """Make the error of at least one problem."""
        self.problems = problems
        count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__("\n".join([f"{count} in the region files:", *(f"  {problem}" for problem in problems)]))


def field_path(location: tuple[str | int, ...]) -> str:
    """Join keys and indexes the way people write them: ("markets", 1, "name") is "markets[1].name".

    A key that would break the line, or that nobody would see, is quoted.
    """
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step and step.isprintable():
            path += f".{step}" if path else step
        else:
            path += f"[{step!r}]"
    return path
