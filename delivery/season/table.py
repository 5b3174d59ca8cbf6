"""Reads a file of two columns, a time and a number, and finds every mistake in it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from delivery.steps import InputError
from seasons.months import YearMonth

T = TypeVar("T", datetime, YearMonth)

_SHOWN = 10  # of a thousand wrong lines nobody reads more
# Nothing that is counted or measured is beyond these, and sums and shares of what is within them are finite.
LEAST, MOST = 1e-9, 1e15
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What a file's rows are.

    `unit`: what a row is called. `columns`: what the first column may be called; the second one's name is free.
    `example`: a right row. `parse`: reads a time; a ValueError's message is what is wrong with it. `say`: writes one.
    `needs_more_than_zero`: why 0 is no value, with the fix; empty where it is one.
    """

    unit: str
    columns: tuple[str, ...]
    example: str
    parse: Callable[[str], T]
    say: Callable[[T], str]
    needs_more_than_zero: str = ""


def read_table(path: Path, kind: Kind[T]) -> dict[T, float]:
    """Return the values by time, in order; each is 0, or from `LEAST` to `MOST`.

    Raises:
        InputError: the file cannot be read, or is wrong: every wrong line is named.
    """
    rows = _rows(path)
    wrong: list[tuple[int, str]] = []
    if not rows or not _is_header(rows[0][1], kind.columns):
        wrong.append((1, f"must be the header: {_header(kind)}."))
    table = _table(rows[1:], kind, wrong)
    if wrong:
        raise InputError(_told(path, wrong))
    if not table:
        raise InputError(f"{path}: has a header and no rows; add rows such as {kind.example}.")
    return table


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Rows that are not empty, with the lines they end on."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            return [(reader.line_num, row) for row in reader if row]
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; save it as UTF-8.") from None
    except csv.Error as error:
        raise InputError(f"{path}: is not CSV ({error}); save it as comma-separated values.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a file that can.") from None


def _header(kind: Kind[T]) -> str:
    return f"{' or '.join(kind.columns)} and a name for the value, such as {kind.columns[0]},value"


def _is_header(row: list[str], columns: tuple[str, ...]) -> bool:
    return (
        len(row) == 2 and row[0].strip() in columns and bool(row[1].strip()) and not _NUMBER.fullmatch(row[1].strip())
    )


def _table(rows: Iterable[tuple[int, list[str]]], kind: Kind[T], wrong: list[tuple[int, str]]) -> dict[T, float]:
    """The rows; what is wrong with them is added to `wrong`, by line."""
    table: dict[T, float] = {}
    last: T | None = None
    for line, row in rows:
        if len(row) != 2:
            columns = "1 column" if len(row) == 1 else f"{len(row)} columns"
            wrong.append((line, f"has {columns}; write a time and a value, such as {kind.example}."))
            continue
        try:
            time, value = kind.parse(row[0].strip()), _value(row[1].strip())
        except ValueError as error:
            wrong.append((line, f"{error}; write a row such as {kind.example}."))
            continue
        said = kind.say(time)
        if time in table:
            wrong.append((line, f"{said} is there twice; remove one of them."))
        elif last is not None and time < last:
            wrong.append((line, f"{said} comes after {kind.say(last)}; sort the rows by {kind.unit}."))
        elif value == 0 and kind.needs_more_than_zero:
            wrong.append((line, f"{said} has the value 0, {kind.needs_more_than_zero}."))
        table.setdefault(time, value)
        last = time if last is None else max(time, last)
    return table


def _value(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    value = float(text)
    if value < 0:
        raise ValueError(f"{text} must be 0 or more")
    if value > MOST or 0 < value < LEAST:
        raise ValueError(f"{text} must be 0, or from {LEAST:g} to {MOST:g}")
    return value


def _told(path: Path, wrong: list[tuple[int, str]]) -> str:
    more = len(wrong) - _SHOWN
    lines = [f"{path}, line {line}: {says}" for line, says in wrong[:_SHOWN]]
    return "\n".join(lines + ([f"… and {more} more lines."] if more > 0 else []))
