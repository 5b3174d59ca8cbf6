"""Everything in AWS says whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from policies import tokens
from policies.context import Context
from policies.reading import Fields, at, mappings, written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject

_PREFIX = "wedsync-"


def _check(subject: Subject, context: Context) -> Iterator[str]:
    if not subject.type.startswith(tokens.AWS) or subject.type in tokens.UNTAGGED:
        return
    yield from _wrong("Tag", subject.get("tags", {}), context)
    if subject.type == tokens.LAUNCH_TEMPLATE:
        for each in mappings(subject.get("tagSpecifications")):
            yield from _wrong(f"On each {each.get('resourceType')}, tag", at(each, "tags", {}), context)


def _wrong(what: str, tags: Any, context: Context) -> Iterator[str]:
    if not isinstance(tags, Mapping):  # a preview may not know them
        return
    given, environment = cast("Fields", tags), context.environment.name
    required = {
        "wedsync:environment": environment,
        "wedsync:stack": context.stack,
        "wedsync:managed-by": "pulumi",
    }
    for tag, value in required.items():
        if given.get(tag) not in (value, UNKNOWN):
            yield f"{what} {tag} is {written(given.get(tag))}: it must be {value!r}."
    name = given.get("Name")
    if name is not UNKNOWN and not str(name).startswith(_PREFIX):
        yield f"{what} Name is {written(name)}: it must begin with {_PREFIX!r}."


RULE = Rule(
    id="tag-everything",
    why="Bills are split by tags, roles may touch what carries their environment's, and what an interrupted update left"
    " behind is found by its Name.",
    fix="Give it `tags=scope.tags(name)` (components/scope.py). A type that takes no tags goes into UNTAGGED of"
    " policies/tokens.py.",
    check=_check,
)
