"""At which hours a cron schedule runs."""

from __future__ import annotations

_FIELDS = 5
_LAST_HOUR = 23
_AT_MIDNIGHT = frozenset(("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight"))
_ALL = frozenset(range(_LAST_HOUR + 1))


def hours(schedule: str) -> frozenset[int]:
    """Return the hours, 0 to 23, at which a schedule such as "0 8 * 5-10 *" runs on the days that it runs on.

    Raises:
        ValueError: it is not a schedule as Kubernetes' CronJobs have it.
    """
    if schedule in _AT_MIDNIGHT:
        return frozenset((0,))
    if schedule == "@hourly":
        return _ALL
    fields = schedule.split()
    if len(fields) != _FIELDS:
        raise ValueError(f"it has {len(fields)} fields, not {_FIELDS}")
    return frozenset().union(*(_hours(part) for part in fields[1].split(",")))


def _hours(part: str) -> range:
    """The hours of "*", "8", "8-18", "*/6" or "8-18/2"; "8/2" is "8-23/2"."""
    span, stepped, step = part.partition("/")
    first, ranged, last = span.partition("-")
    if span in ("*", "?"):
        start, end = 0, _LAST_HOUR
    else:
        start = _number(first)
        end = _number(last) if ranged else _LAST_HOUR if stepped else start
    width = _number(step) if stepped else 1
    if not (0 <= start <= end <= _LAST_HOUR and width > 0):
        raise ValueError(f"{part!r} is no part of the hours from 0 to {_LAST_HOUR}")
    return range(start, end + 1, width)


def _number(text: str) -> int:
    if not text.isdecimal() or not text.isascii():
        raise ValueError(f"{text!r} is no number")
    return int(text)
