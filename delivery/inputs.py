"""What commands are given, checked: a region, an instant, a range, a file to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from delivery.instants import iso, parse_day_or_instant, parse_instant
from delivery.steps import InputError
from regions.fleet import Fleet
from regions.model import Region
from regions.model.base import suggestion
from seasons.intervals import Interval


def region_of(fleet: Fleet, name: str) -> Region:
    """Return the fleet's region of this name.

    Raises:
        InputError: there is none.
    """
    if name not in fleet.regions:
        raise InputError(f"--region {name}: no such region{suggestion(name, tuple(fleet.regions))}")
    return fleet.region(name)


def instant_of(at: str | None) -> datetime:
    """Return the instant of --at in UTC; now, to the second, where it is not given.

    Raises:
        InputError: it is no instant.
    """
    if at is None:
        return datetime.now(UTC).replace(microsecond=0)
    return _option("--at", at, parse_instant)


def range_of(start: str, end: str) -> Interval:
    """Return the range from --from to --to.

    Raises:
        InputError: one of them is neither a day nor an instant, or they are in the wrong order; what is wrong with
            both is told at once.
    """
    edges: list[datetime] = []
    wrong: list[str] = []
    for option, text in (("--from", start), ("--to", end)):
        try:
            edges.append(_option(option, text, parse_day_or_instant))
        except InputError as error:
            wrong.append(str(error))
    if wrong:
        raise InputError("\n".join(wrong))
    within = Interval(*edges)
    if within.start >= within.end:
        raise InputError(f"--to {iso(within.end)} is not after --from {iso(within.start)}: the range would be empty.")
    return within


def check_writable(option: str, file: Path) -> None:
    """Go on if a file may be written there: before the work, which takes a while.

    Raises:
        InputError: it is a directory, or in none.
    """
    try:
        taken, there = file.is_dir(), file.parent.is_dir()
    except OSError as error:  # a name that is too long
        raise _unwritable(option, file, error) from None
    if taken:
        raise InputError(f"{option} {file}: is a directory; name a file in it.")
    if not there:
        raise InputError(f"{option} {file}: there is no directory {file.parent}; make it, or name another file.")


def write(option: str, file: Path, text: str) -> None:
    """Write a file.

    Raises:
        InputError: it cannot be written after all.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(option, file, error) from None


def _unwritable(option: str, file: Path, error: OSError) -> InputError:
    return InputError(f"{option} {file}: cannot be written ({error.strerror}); name a file that can.")


def _option(option: str, text: str, parse: Callable[[str], datetime]) -> datetime:
    try:
        return parse(text)
    except InputError as error:
        raise InputError(f"{option} {error}") from None
