"""An override's document: what two approvers sign. It has one form, byte for byte, in which nothing can be hidden."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from guard.signers import PERSON
from guard.target import target_of
from regions.draft import draft
from regions.model.base import Model, UniqueTuple
from regions.problems import ABSENT, Problem, Problems

LONGEST = timedelta(hours=4)
_HEAD = "# Opens a freeze window in an emergency: overrides/README.md. An edit makes every signature void."
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def _instant(value: object) -> object:
    if isinstance(value, datetime):
        return value
    try:
        instant = datetime.strptime(str(value), _TIME).replace(tzinfo=UTC)
    except ValueError:
        instant = None
    if instant is None or instant_text(instant) != value:
        raise PydanticCustomError("instant", "must be an instant in UTC such as '2026-11-28T18:30:00Z'")
    return instant


def instant_text(instant: datetime) -> str:
    """Return an instant in UTC as documents have it, to the second."""
    return instant.strftime(_TIME)


def _printable(text: str) -> str:
    # Also keeps out what would turn a line around or break it before the eyes of an approver.
    if not text.isprintable() or text != text.strip():
        raise PydanticCustomError("line", "must be one line of visible characters, without spaces around it")
    return text


Instant = Annotated[datetime, BeforeValidator(_instant)]
Reason = Annotated[str, StringConstraints(min_length=10, max_length=500), AfterValidator(_printable)]
Ticket = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_/#-]*$", max_length=40), Field(examples=["OPS-1234"])
]
Person = Annotated[str, StringConstraints(pattern=f"^{PERSON}$", max_length=200), Field(examples=["ada@example.org"])]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*$", max_length=12)]
StackName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$"), Field(examples=["prod-eu-central-1"])]
TreeHash = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class Override(Model):
    """What is to be deployed though it is blocked: why, where, when, and exactly which tree."""

    reason: Reason = Field(description="Why it cannot wait; the audit trail keeps it.")
    ticket: Ticket = Field(description="The incident's ticket.")
    requested_by: Person = Field(description="Who asks, by their address: they cannot approve it.")
    environment: EnvironmentName = Field(description="The environment.")
    stacks: UniqueTuple[StackName] = Field(min_length=1, description="What it opens: stacks of the environment.")
    not_before: Instant = Field(description="From when on it counts.")
    expires: Instant = Field(description="From when on it counts no more.")
    tree: TreeHash = Field(description="The only tree that may be deployed; see guard/tree.py.")

    @field_validator("stacks")
    @classmethod
    def _of_the_environment(cls, stacks: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        environment = info.data.get("environment")
        other = [stack for stack in stacks if environment and target_of(stack).environment != environment]
        if other:
            raise PydanticCustomError(
                "environment",
                "must be stacks of {environment} alone; {other} is not: ask for another override",
                {"environment": environment, "other": other[0]},
            )
        return stacks

    @field_validator("expires")
    @classmethod
    def _soon(cls, expires: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("not_before")
        if isinstance(start, datetime) and not start < expires <= start + LONGEST:
            raise PydanticCustomError(
                "length",
                "must be after not_before, and at most {hours} hours after it",
                {"hours": LONGEST // timedelta(hours=1)},
            )
        return expires


class DocumentError(ValueError):
    """The file is no override's document; `problems` has every mistake."""

    def __init__(self, problems: Problems) -> None:
        """Make the error of at least one problem."""
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def written(override: Override) -> bytes:
    """Return the override's document."""
    fields = override.model_dump()
    lines = [f"{name}: {json.dumps(_plain(value), ensure_ascii=False)}" for name, value in fields.items()]
    return "\n".join([_HEAD, *lines, ""]).encode()


def _plain(value: object) -> object:
    return instant_text(value) if isinstance(value, datetime) else value


def read_document(raw: bytes, name: str) -> Override:
    """Return the override of a document.

    Args:
        raw: the file, byte for byte.
        name: what problems call it.
    Raises:
        DocumentError: with every mistake, also a form that is not the one of `written`.
    """
    override = override_of(_fields(raw, name), name)
    expected = written(override)
    if raw != expected:
        raise DocumentError((_form_problem(raw, expected, name),))
    return override


def override_of(fields: dict[str, object], name: str) -> Override:
    """Return the override of a document's fields: texts, and lists of texts.

    Raises:
        DocumentError: with every mistake; `name` is what it calls them.
    """
    found, problems = draft(Override, name, name, fields)
    if found.model is None:
        raise DocumentError(problems)
    return found.model


def _fields(raw: bytes, name: str) -> dict[str, object]:
    """The fields as texts and lists of texts: what else YAML can say is refused by its form."""
    try:
        # Not the loader in C: where a file is nested deeply enough, that ends the process.
        fields = yaml.load(raw.decode("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but texts
        json.dumps(fields)
    except UnicodeDecodeError:
        raise DocumentError((Problem(name, "", ABSENT, "is not UTF-8 text"),)) from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise DocumentError((Problem(name, "", ABSENT, f"is not valid YAML: {said}"),)) from None
    if not isinstance(fields, dict):
        raise DocumentError((Problem(name, "", ABSENT, "must be a mapping of fields: wedops override request"),))
    return fields


def _form_problem(raw: bytes, expected: bytes, name: str) -> Problem:
    """The first line that differs from the one form."""
    lines, wanted = raw.split(b"\n"), expected.split(b"\n")
    for number, line in enumerate(wanted, start=1):
        if lines[number - 1 : number] != [line]:
            said = f"must be written as {line.decode()!r}" if line else "must not be there"
            return Problem(name, f"line {number}", ABSENT, said)
    return Problem(name, f"line {len(wanted)}", ABSENT, "must be empty and the last one")
