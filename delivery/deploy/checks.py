"""What a preview's own events have to pass before anything is changed. Pure.

A policy sees neither the operation nor the old state, so this cannot be one (docs/decisions/0018-wedops-up.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from delivery.deploy.preview import LOSING, StackPreview, Step
from delivery.deploy.stateful import CLUSTER, HOLDS, IDENTIFIER, INSTANCE


@dataclass(frozen=True, slots=True)
class Loss:
    """A step after which something is gone that the program cannot make again."""

    step: Step
    what: str
    """What is gone."""
    accepted: bool
    """Whether whoever deploys has named this very resource."""

    @property
    def sentence(self) -> str:
        """What happens to which resource, why not in place, and what is lost."""
        step = self.step
        because = f" because of {', '.join(step.replace_keys)}" if step.replace_keys else ""
        return f"{step.operation} {step.type} {step.name}{because}. Lost: {self.what}."


def losses(preview: StackPreview, accepted: Collection[str] = ()) -> tuple[Loss, ...]:
    """Return what a change would lose, in the engine's order.

    Args:
        preview: of the change.
        accepted: URNs whose loss whoever deploys has accepted by name.
    """
    lost = {step.urn: HOLDS[step.type] for step in preview.steps_of(*LOSING) if step.type in HOLDS}
    lost |= _without_writer(preview)
    return tuple(Loss(step, lost[step.urn], step.urn in accepted) for step in preview.steps if step.urn in lost)


def failovers(preview: StackPreview) -> tuple[Step, ...]:
    """Return the database instances that go while another one of their cluster stays: if it is the writer, that takes
    over, and writes wait for about half a minute.
    """
    told = _without_writer(preview)
    return tuple(step for step in _instances(preview) if step.operation in LOSING and step.urn not in told)


def refusals(preview: StackPreview, found: Collection[Loss]) -> tuple[str, ...]:
    """Return why the change must not be made, all at once: losses that nobody accepted, and policies that stop it."""
    lost = [f"{loss.sentence} To accept that: --accept-loss '{loss.step.urn}'" for loss in found if not loss.accepted]
    return (*lost, *(result.sentence for result in preview.policies if result.stops))


def _without_writer(preview: StackPreview) -> Mapping[str, str]:
    """What is lost with instances whose cluster keeps none of those that it has, by their URNs."""
    instances = _instances(preview)
    staying = {_cluster(step) for step in instances if step.operation not in LOSING}
    return {
        step.urn: f"every instance that {_cluster(step)} has now: until new ones run, nothing answers"
        for step in instances
        if _cluster(step) not in staying
    }


def _instances(preview: StackPreview) -> tuple[Step, ...]:
    """The database instances there are, without those that go with their cluster: its loss is told, and is worse."""
    gone = {_cluster(step) for step in preview.steps_of(*LOSING) if step.type == CLUSTER}
    return tuple(
        step for step in preview.steps if step.type == INSTANCE and step.old is not None and _cluster(step) not in gone
    )


def _cluster(step: Step) -> object:
    return (step.old or {}).get(IDENTIFIER)
