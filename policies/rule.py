"""What a rule is: an id, why it is there, what to do, and a pure function that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from policies.context import Context
from policies.subject import Subject

Level = Literal["advisory", "mandatory"]
"""Whether it is said only, or stops the preview or update."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in one sentence with the values, at a level that the rule chose."""

    level: Level
    sentence: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about each resource for itself.

    `check` is pure. It yields a sentence for each thing that is wrong, which is then mandatory, or a `Finding`. What is
    not known yet is not wrong: it is asked again in the update, where it is known.
    """

    id: str
    """Stable, in words with dashes; the module has the same name with underscores."""
    why: str
    """What would happen without it, in a sentence or two."""
    fix: str
    """What to do about a finding, in a sentence or two."""
    check: Callable[[Subject, Context], Iterable[str | Finding]]
    types: tuple[str, ...] = ()
    """Type tokens of the resources that it is about; none: all of them."""


@dataclass(frozen=True, slots=True)
class StackRule:
    """A rule about all resources of a stack together; otherwise as `Rule`."""

    id: str
    why: str
    fix: str
    check: Callable[[Sequence[Subject], Context], Iterable[str | Finding]]
    prepare: Callable[[Context], object] | None = None
    """Works out what does not depend on the resources, while they are registered; `check` does without it, too."""
