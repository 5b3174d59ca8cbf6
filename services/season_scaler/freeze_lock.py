"""Keeps the region's FreezeWindow: observe, decide, act, apart from all else, for a lock must not wait for a plan.

Whatever fails here leaves the window as it is, and then it goes stale, which counts as closed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from guard.in_cluster import CLOCK, NAME, OVERRIDE
from guard.override import Approved, Candidate, RefusedError, is_over, verify
from guard.signers import FILE, SignersError, read_signers
from guard.target import Target
from guard.tree import OVERRIDES
from guard.verdict import Verdict, may_change
from regions.fleet import Fleet
from services.season_scaler import log
from services.season_scaler.cloud import CHANGE_SECONDS, Cloud, CloudError
from services.season_scaler.cluster import REQUEST_SECONDS, ClusterError
from services.season_scaler.freeze_objects import FreezeObjects
from services.season_scaler.freeze_window import Spec, next_edge, opened_by, spec_of, unknown
from services.season_scaler.settings import Settings


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of one look.

    Attributes:
        closed: whether changes are denied; None if nobody can say.
        edge: when it has to be looked at again at the latest; None where nothing changes by itself.
        failures: a sentence for each step that failed.
    """

    closed: bool | None
    edge: datetime | None
    failures: tuple[str, ...]


class FreezeLock:
    """The window of one region."""

    def __init__(
        self, settings: Settings, fleet: Fleet, objects: FreezeObjects, cloud: Cloud, signers_file: Path
    ) -> None:
        """Do nothing yet.

        Args:
            fleet: the environment's regions.
            signers_file: who may approve an override, as overrides/allowed_signers has it.
        """
        self._settings, self._fleet = settings, fleet
        self._objects, self._cloud, self._signers_file = objects, cloud, signers_file
        self._refusals: tuple[str, ...] = ()

    def keep(self, confirm: Callable[[float], None], now: Callable[[], datetime]) -> Kept:
        """Bring the window up to date.

        Args:
            confirm: raises before a step if this process may not act for as long as the step takes, s.
        Raises:
            DeposedError: another process acts now.
        """
        failures: list[str] = []
        at = now()
        verdict = self._verdict(at, failures)
        try:
            spec = self._write(verdict, at, confirm, failures)
        except (ClusterError, CloudError) as error:
            failures.append(str(error))
            spec = None
        closed = None if spec is None else not opened_by(spec)
        return Kept(closed, verdict and next_edge(verdict), tuple(failures))

    def _verdict(self, at: datetime, failures: list[str]) -> Verdict | None:
        """None where the calendar cannot be read: whatever it is, the lock must not end with it."""
        target = Target(self._settings.environment, self._settings.region)
        try:
            verdict = may_change(self._fleet, target, at, freezes=self._settings.freezes)
            if verdict.allowed:
                return verdict
            approved = self._approved(target, at, failures)
            return may_change(self._fleet, target, at, freezes=self._settings.freezes, override=approved)
        except Exception as error:  # noqa: BLE001
            failures.append(f"Nobody can say whether {target.stack} is blocked: {type(error).__name__}: {error}.")
            return None

    def _write(
        self, verdict: Verdict | None, at: datetime, confirm: Callable[[float], None], failures: list[str]
    ) -> Spec | None:
        """Write what differs; return what stands there."""
        clock = self._objects.clock()
        if clock is None:
            # Where nothing is ever closed, nothing asks for the window either.
            if not self._settings.freezes:
                return None
            failures.append(
                f"CronJob {CLOCK} has no job, so freeze window {NAME} cannot be renewed and counts as closed: look at"
                " the CronJob's events. It makes one every five minutes."
            )
            return None
        there = self._objects.window()
        spec = spec_of(verdict, clock.ends) if verdict else unknown(failures[-1], clock.ends)
        if there is not None and there.spec == spec and there.jobs == (clock.job.uid,):
            return spec
        before, after = opened_by(there and there.spec), opened_by(spec)
        event = self._event(there and there.spec, spec, at) if self._settings.freezes and before != after else None
        if event and after:  # nothing opens without a record
            confirm(CHANGE_SECONDS)
            self._cloud.append(event)
        confirm(REQUEST_SECONDS)
        self._objects.set_window(spec, clock)
        if before != after:
            log.tell(f"freeze window {NAME}: {_told(after)}", kind="freeze_window", before=before, after=after)
        if event and not after:
            confirm(CHANGE_SECONDS)
            self._cloud.append(event)
        return spec

    def _approved(self, target: Target, at: datetime, failures: list[str]) -> Approved | None:
        """The override that was given, if it opens this stack; why it does not is told once."""
        try:
            files = self._objects.override()
        except ClusterError as error:
            failures.append(str(error))
            return None
        if not files:
            return None
        try:
            approved = self._verified(files, at)
            objection = approved and approved.objection(target, at)
            refusals = (objection,) if objection else ()
        except RefusedError as error:
            approved, refusals = None, error.sentences
        self._tell(refusals, at)
        return None if refusals else approved

    def _verified(self, files: Mapping[str, bytes], at: datetime) -> Approved | None:
        """None for one whose time is over, which is no news."""
        documents = [name for name in files if name.endswith(".yaml")]
        if len(documents) != 1:
            said = f"ConfigMap {OVERRIDE} has {len(documents)} documents: give one, by wedops override apply."
            raise RefusedError((said,))
        signatures = {name: raw for name, raw in files.items() if name not in documents}
        candidate = Candidate(OVERRIDES + documents[0], files[documents[0]], signatures)
        if is_over(candidate, at):
            return None
        try:
            signers = read_signers(self._signers_file.read_bytes())
        except (OSError, SignersError) as error:
            raise RefusedError((f"{FILE} of this image cannot be read, so nobody can approve: {error}",)) from error
        return verify(candidate, signers, None, at)

    def _tell(self, refusals: tuple[str, ...], at: datetime) -> None:
        if refusals == self._refusals:
            return
        self._refusals = refusals
        for sentence in refusals:
            log.warn(sentence, kind="freeze_window")
            try:
                self._objects.warn(sentence, at)
            except ClusterError as error:
                log.warn(str(error))

    def _event(self, before: Spec | None, after: Spec, at: datetime) -> dict[str, str]:
        """An event of the audit trail: partition and sort key as the table has them, the rest for whoever reads it."""
        at, by = at.astimezone(UTC), opened_by(after)
        return {
            "day": f"{self._settings.environment}#{at:%Y-%m-%d}",
            "event": f"{at:%H:%M:%S.%f}Z#{uuid.uuid4()}",
            "action": "season-scaler:open" if by else "season-scaler:close",
            "region": self._settings.region,
            "actor": f"season-scaler/{self._settings.pod}",
            "kind": "freeze_window",
            "name": NAME,
            "before": json.dumps(before, sort_keys=True),
            "after": json.dumps(after, sort_keys=True),
            "reason": _told(by),
        }


def _told(by: str) -> str:
    return f"opened by {by}." if by else "closed."
