"""What a preview says it would do: the model that checks, summaries and comments are made from. Pure.

Secrets are in no part of it: the engine writes "[secret]" where a value of a resource is one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from delivery.deploy.events import Event

Inputs = Mapping[str, Any]

# What the engine does to one resource, most harmful first: where a URN has several steps, the first of these is told.
OPERATIONS = ("replace", "delete", "discard", "import", "create", "update", "read", "same")
LOSING = OPERATIONS[:3]
"""After these, what the resource was is gone."""
_NOTHING = OPERATIONS[-2:]

_PARTS = {
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "discard-replaced": "replace",
    "import-replacement": "replace",
    "read-replacement": "replace",
    "remove-pending-replace": "same",  # it is gone already, and leaves the state as well
}
_REFRESH = "refresh"
_FAILED = ("preview failed",)  # what the engine says of a preview that policies alone stop
_STACK = "pulumi:pulumi:Stack"
_PROVIDER = "pulumi:providers:"
_MARKUP = re.compile(r"<\{%.*?%\}>")  # the engine's colours, where it was not told to print none


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one resource. `old` and `new` are its inputs; None where it does not exist before or after."""

    operation: str
    """One of OPERATIONS."""
    urn: str
    type: str
    name: str
    paths: tuple[str, ...]
    """What differs: property paths such as `spec.replicas` or `instanceTypes[0]`, without their values."""
    replace_keys: tuple[str, ...]
    """Of these, what cannot be changed in place."""
    protect: bool
    """Whether Pulumi refuses to delete it."""
    provider: str
    """URN of its provider; empty for components."""
    old: Inputs | None
    new: Inputs | None

    @property
    def is_resource(self) -> bool:
        """Whether it is something that exists, not a component, a provider or the stack."""
        return bool(self.provider) and not self.type.startswith(_PROVIDER)


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """A violation: the policy's id, its level ("advisory" or "mandatory"), the resource's URN, and a sentence."""

    id: str
    level: str
    urn: str
    message: str

    @property
    def stops(self) -> bool:
        """Whether the engine goes no further."""
        return self.level == "mandatory"

    @property
    def sentence(self) -> str:
        """Which policy says what of which resource; without the resource where it is the stack."""
        of = "" if f"::{_STACK}::" in self.urn else f" ({self.urn.rsplit('::', 1)[-1]})" if self.urn else ""
        return f"Policy {self.id}{of}: {self.message}"


@dataclass(frozen=True, slots=True)
class StackPreview:
    """What a preview says of one stack. Steps are in the engine's order, one a URN."""

    stack: str
    steps: tuple[Step, ...]
    policies: tuple[PolicyResult, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    outputs: tuple[str, ...]
    """Names of the stack's outputs that differ, sorted: a change that no resource shows."""
    gone: Mapping[str, Inputs] = field(default_factory=dict[str, Inputs])
    """What the state has and the refresh did not find: inputs by URN. It is made again, and has no `old`."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Number of steps by operation, most harmful first. Components and the stack count, as they do in Pulumi."""
        found = Counter(step.operation for step in self.steps)
        return {operation: found[operation] for operation in sorted(found, key=_rank)}

    @property
    def changes(self) -> bool:
        """Whether anything would be different afterwards."""
        return bool(self.outputs) or any(step.operation not in _NOTHING for step in self.steps)

    @property
    def complete(self) -> bool:
        """Whether every resource is in it: no error cut it short. A policy that stops it does so at its end."""
        return not self.errors or (self.errors == _FAILED and any(result.stops for result in self.policies))

    def steps_of(self, *operations: str) -> tuple[Step, ...]:
        """Return the steps with one of these operations, in the engine's order."""
        return tuple(step for step in self.steps if step.operation in operations)


def preview_of(stack: str, events: Iterable[Event]) -> StackPreview:
    """Return what a preview's events say. Events of other kinds, which newer engines may send, are left out."""
    all_events = list(events)
    steps = _steps(all_events)
    diagnostics = [event["diagnosticEvent"] for event in all_events if "diagnosticEvent" in event]
    return StackPreview(
        stack=stack,
        steps=steps,
        policies=tuple(_policy(event["policyEvent"]) for event in all_events if "policyEvent" in event),
        errors=_messages(diagnostics, "error"),
        warnings=_messages(diagnostics, "warning"),
        outputs=_differing_outputs(all_events),
        gone=_gone(all_events, steps),
    )


def _steps(events: Iterable[Event]) -> tuple[Step, ...]:
    by_urn: dict[str, list[Mapping[str, Any]]] = {}
    for metadata in _metadata(events, "resourcePreEvent"):
        # A refresh only reads; what it finds is the `old` of the step that follows it.
        if metadata["op"] != _REFRESH:
            by_urn.setdefault(metadata["urn"], []).append(metadata)
    return tuple(_step(parts) for parts in by_urn.values())


def _gone(events: Iterable[Event], steps: Iterable[Step]) -> Mapping[str, Inputs]:
    refreshed = {each["urn"]: each for each in _metadata(events, "resourcePreEvent") if each["op"] == _REFRESH}
    missing = [step.urn for step in steps if step.old is None and step.urn in refreshed]
    return {urn: _inputs([refreshed[urn]], "old") or {} for urn in missing}


def _differing_outputs(events: Iterable[Event]) -> tuple[str, ...]:
    """The last time that the stack is told, it is told with what the program exports."""
    told = [each for each in _metadata(events, "resOutputsEvent") if each["type"] == _STACK and each["op"] != _REFRESH]
    old, new = ((told[-1].get(side) or {}).get("outputs") or {} if told else {} for side in ("old", "new"))
    missing = object()
    return tuple(sorted(name for name in {*old, *new} if old.get(name, missing) != new.get(name, missing)))


def _metadata(events: Iterable[Event], kind: str) -> Iterator[Mapping[str, Any]]:
    return (event[kind]["metadata"] for event in events if kind in event)


def _step(parts: list[Mapping[str, Any]]) -> Step:
    """The step of one URN: a replacement is three events."""
    operations = [_operation(part["op"]) for part in parts]
    first = parts[0]
    differing = {path: None for part in parts for path in (part.get("detailedDiff") or part.get("diffs") or ())}
    keys = {key: None for part in parts for key in part.get("keys") or ()}
    states = [part[side] for part in parts for side in ("old", "new") if part.get(side)]
    return Step(
        operation=(operation := min(operations, key=_rank)),
        urn=first["urn"],
        type=first["type"],
        name=first["urn"].rsplit("::", 1)[-1],
        paths=tuple(differing),
        replace_keys=tuple(keys),
        protect=any(state.get("protect", False) for state in states),
        provider=first.get("provider", "").rpartition("::")[0],
        old=_inputs(parts, "old"),
        # The events of what is deleted repeat it as new.
        new=None if operation in ("delete", "discard") else _inputs(parts, "new"),
    )


def _operation(part: str) -> str:
    """What a part of a replacement is told as; any other operation is itself."""
    return _PARTS.get(part, part)


def _rank(operation: str) -> int:
    """An operation that this version does not know is told rather than hidden: it comes right after what loses."""
    return OPERATIONS.index(operation) if operation in OPERATIONS else len(LOSING)


def _inputs(parts: Iterable[Mapping[str, Any]], side: str) -> Inputs | None:
    return next((part[side].get("inputs") or {} for part in parts if part.get(side)), None)


def _policy(event: Mapping[str, Any]) -> PolicyResult:
    message = " ".join(_MARKUP.sub("", event.get("message", "")).split())
    return PolicyResult(event["policyName"], event["enforcementLevel"], event.get("resourceUrn", ""), message)


def _messages(diagnostics: Iterable[Mapping[str, Any]], severity: str) -> tuple[str, ...]:
    """Each message once, in order; those that the engine shows for a moment only are left out."""
    found: dict[str, None] = {}
    for each in diagnostics:
        if each.get("severity") == severity and not each.get("ephemeral"):
            found[_MARKUP.sub("", each.get("message", "")).strip()] = None
    return tuple(message for message in found if message)
