"""Steps of a command that can be repeated: each looks, decides what is left to do, and does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class InputError(Exception):
    """What a command was given is wrong; nothing was changed. The message lists every mistake."""


class StepError(Exception):
    """Something is in the way of a step that it must not clear by itself; the message says what to do."""


class State(StrEnum):
    """What became of a step; in a dry run, what would."""

    MADE = "made"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MISSING = "missing"


@dataclass(frozen=True)
class Call:
    """A call to AWS as data: the client's method, its arguments, and what it does in a word or two."""

    operation: str
    arguments: Mapping[str, Any]
    says: str


@dataclass(frozen=True)
class Plan:
    """What a step found and decided.

    `exists`: the thing was there; `changes`: what is left to do, in words, nothing where it is empty; `act` does it;
    `missing`: why it cannot be done, with what to do about it.
    """

    exists: bool
    changes: tuple[str, ...]
    act: Callable[[], None]
    missing: str = ""


@dataclass(frozen=True)
class Step:
    """One thing that is to be there. `plan` only looks."""

    what: str
    plan: Callable[[], Plan]


@dataclass(frozen=True)
class Outcome:
    """What became of one step."""

    what: str
    state: State
    detail: str


def of_calls(client: Any, calls: Iterable[Call], *, exists: bool) -> Plan:
    """A plan that is a list of calls, in their order."""
    wanted = tuple(calls)

    def act() -> None:
        for call in wanted:
            getattr(client, call.operation)(**call.arguments)

    return Plan(exists, tuple(call.says for call in wanted), act)


def run(steps: Iterable[Step], *, dry_run: bool) -> Iterator[Outcome]:
    """Do what is left of each step, in order; with `dry_run`, only look."""
    for step in steps:
        plan = step.plan()
        if plan.changes and not dry_run:
            plan.act()
        yield _outcome(step.what, plan)


def _outcome(what: str, plan: Plan) -> Outcome:
    if plan.missing:
        return Outcome(what, State.MISSING, plan.missing)
    if not plan.changes:
        return Outcome(what, State.UNCHANGED, "")
    # What is new has everything: only of what was there before, the difference is news.
    return Outcome(what, State.CHANGED, ", ".join(plan.changes)) if plan.exists else Outcome(what, State.MADE, "")
