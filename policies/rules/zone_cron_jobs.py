"""Cron jobs run once, at an hour that every day has once, in a time zone that they name."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfoNotFoundError

from policies import tokens
from policies.context import Context
from policies.cron import hours
from policies.reading import written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject
from regions.zones import time_zone

# Clocks are changed then almost everywhere: an hour is missing on one day of the year, and twice there on another.
_CHANGING = frozenset((1, 2))
# Where they never are.
_EVEN = ("Etc/UTC", "UTC")


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    zone = subject.get("spec.timeZone")
    yield from _zone(zone)
    policy, pods = subject.get("spec.concurrencyPolicy"), subject.get("spec.jobTemplate.spec.parallelism")
    if policy not in ("Forbid", UNKNOWN) and pods not in (0, UNKNOWN):  # Jobs without pods do nothing twice
        yield f"concurrencyPolicy is {written(policy)}: it must be 'Forbid'."
    yield from _hours(subject.get("spec.schedule"), zone)


def _hours(schedule: object, zone: object) -> Iterator[str]:
    if schedule is UNKNOWN or zone is UNKNOWN or zone in _EVEN:
        return
    try:
        if changing := sorted(hours(str(schedule)) & _CHANGING):
            yield f"schedule {schedule!r} runs at {', '.join(f'{hour:02}' for hour in changing)} o'clock."
    except ValueError as error:
        yield f"schedule {schedule!r} cannot be read: {error}."


def _zone(name: object) -> Iterator[str]:
    if name is UNKNOWN:
        return
    if not isinstance(name, str):
        yield "timeZone is absent: it would be that of a machine of AWS."
        return
    try:
        time_zone(name)
    except ZoneInfoNotFoundError:
        yield f"timeZone is {name!r}, which is no IANA time zone."


RULE = Rule(
    id="zone-cron-jobs",
    why="Seasons turn by local time. Kubernetes has run jobs twice on the day when clocks go back, and runs none in the"
    " hour that is missing.",
    fix="Name an IANA timeZone and concurrencyPolicy Forbid, and choose an hour outside of 01:00 to 02:59.",
    types=tokens.CRON_JOBS,
    check=_check,
)
