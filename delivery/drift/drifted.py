"""Whether one stack drifted: the engine reads what is live and expects no change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from delivery.console import FAILED, REFUSED
from delivery.deploy.engine import Ended, Engine, failure
from delivery.deploy.preview import StackPreview, Step, preview_of
from delivery.deploy.progress import interrupted
from delivery.steps import StepError

_STEPS, _PATHS = 3, 3


@dataclass(frozen=True, slots=True)
class Drift:
    """What was found of a stack. `failure`: why nobody knows, else empty."""

    stack: str
    steps: tuple[Step, ...] = ()
    outputs: tuple[str, ...] = ()
    failure: str = ""

    @property
    def drifted(self) -> bool:
        """Whether an `up` would change anything."""
        return bool(self.steps or self.outputs)

    @property
    def line(self) -> str:
        """What was found, in one line."""
        if self.failure:
            return f"{self.stack}: not known: {' '.join(self.failure.split())}"
        if not self.drifted:
            return f"{self.stack}: no drift"
        told = [_words(step) for step in self.steps[:_STEPS]]
        more = len(self.steps) - len(told)
        told += [f"and {more} more"] if more else []
        told += [f"outputs {', '.join(self.outputs)}"] if self.outputs else []
        return f"{self.stack}: DRIFT: {'; '.join(told)}"


@dataclass(frozen=True)
class DriftLooker:
    """Looks whether stacks of a checkout drifted."""

    project: Path

    def __call__(self, stack: str) -> Drift:
        """Return what is found of a stack."""
        engine = Engine(self.project, stack, interrupted)
        try:
            ended = engine.run(["preview", "--refresh", "--expect-no-changes"], lambda _: None)
        except StepError as error:
            return Drift(stack, failure=str(error))
        return drift_of(stack, ended, preview_of(stack, ended.events))


def drift_of(stack: str, ended: Ended, preview: StackPreview) -> Drift:
    """Return what a preview that expected no changes says: it fails on a change as it does on anything else."""
    if ended.code and (preview.errors or not preview.changes):
        return Drift(stack, failure=failure(stack, ended, preview.errors))
    changes = [step for step in preview.steps if step.operation not in ("same", "read")]
    return Drift(stack, tuple(changes), preview.outputs)


def exit_code(found: Iterable[Drift]) -> int:
    """Return 1 if a stack could not be looked at, 3 if one drifted, else 0."""
    every = list(found)
    if any(drift.failure for drift in every):
        return FAILED
    return REFUSED if any(drift.drifted for drift in every) else 0


def _words(step: Step) -> str:
    paths = f" [{', '.join(step.paths[:_PATHS])}{', …' if len(step.paths) > _PATHS else ''}]" if step.paths else ""
    return f"{step.operation} {step.type} {step.name}{paths}"
