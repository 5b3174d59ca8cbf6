"""Years as an SVG drawing: days by regions, the busier the darker; when changes are blocked is outlined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from xml.sax.saxutils import escape

from regions.fleet import Fleet
from regions.model import Region
from seasons.freeze import windows
from seasons.intervals import Interval
from seasons.levels import Level
from seasons.needs import Need, needs

_DAY = timedelta(days=1)
_LEFT, _RIGHT, _TOP = 130, 20, 96
_DAY_WIDTH, _ROW, _ROW_GAP, _PANEL_HEAD = 4, 24, 8, 44

# Of the busiest workload's expected requests/s as a multiple of the region's mean; ColorBrewer's YlOrRd.
_STEPS = ((2, "#ffffb2"), (4, "#fecc5c"), (8, "#fd8d3c"), (16, "#f03b20"))
_BUSIEST = "#bd0026"
_LEVELS = {Level.HIGH: "#6baed6", Level.MAXIMUM: "#08306b"}

_STYLE = """
  text { font: 12px sans-serif; fill: #222 }
  .title { font-size: 18px; font-weight: bold }
  .year { font-size: 14px; font-weight: bold }
  .month { fill: #555 }
  .line { stroke: #bbb; stroke-width: 0.5 }
  .freeze { fill: none; stroke: #000; stroke-width: 0.9 }
""".rstrip()


class Day(NamedTuple):
    """What the drawing shows of a UTC day in a region: the highest of its hours."""

    day: date
    times: float
    """The busiest workload's expected rate as a multiple of the region's mean."""
    level: Level


def heat_map(fleet: Fleet, regions: Sequence[Region], within: Interval) -> str:
    """Return the text of an SVG file with every year of which a part lies in the range; the same for the same data."""
    years = range(within.start.year, (within.end - timedelta(microseconds=1)).year + 1)
    panel = _PANEL_HEAD + len(regions) * (_ROW + _ROW_GAP)
    width, height = _LEFT + 366 * _DAY_WIDTH + _RIGHT, _TOP + len(years) * panel + 16
    span = str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
    title = f"Expected demand, protection levels and blocked changes, {span}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="{escape(title)}">',
        f"<style>{_STYLE}\n</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="{_LEFT}" y="28">{escape(title)}</text>',
        *_legend(),
    ]
    for place, year in enumerate(years):
        lines += _year(fleet, regions, year, _TOP + place * panel)
    return "\n".join([*lines, "</svg>"]) + "\n"


def days(fleet: Fleet, region: Region, year: int) -> list[Day]:
    """Return every UTC day of a year."""
    whole = _whole(year)
    mean = fleet.operations_per_second(region)
    by_day: dict[date, list[Need]] = {}
    for during, need in needs(fleet, region, whole, emergency=False).pieces():
        day = during.start.date()
        while day <= (during.end - timedelta(microseconds=1)).date():
            by_day.setdefault(day, []).append(need)
            day += _DAY
    return [
        Day(day, max(load.rate for need in each for load in need.loads) / mean, max(need.cause.level for need in each))
        for day, each in by_day.items()
    ]


def _year(fleet: Fleet, regions: Sequence[Region], year: int, top: int) -> Iterator[str]:
    whole = _whole(year)
    yield f'<text class="year" x="{_LEFT}" y="{top + 14}">{year}</text>'
    bottom = top + _PANEL_HEAD + len(regions) * (_ROW + _ROW_GAP) - _ROW_GAP
    for month in range(1, 13):
        x = _x(datetime(year, month, 1, tzinfo=UTC), whole)
        yield f'<text class="month" x="{x + 3:.1f}" y="{top + 34}">{date(year, month, 1):%b}</text>'
        yield f'<line class="line" x1="{x:.1f}" y1="{top + 24}" x2="{x:.1f}" y2="{bottom}"/>'
    for place, region in enumerate(regions):
        y = top + _PANEL_HEAD + place * (_ROW + _ROW_GAP)
        yield f'<text x="{_LEFT - 8}" y="{y + _ROW / 2 + 4:g}" text-anchor="end">{escape(region.name)}</text>'
        yield from _cells(days(fleet, region, year), whole, y)
        yield from _outlines(fleet, region, whole, y)


def _cells(of_year: Sequence[Day], whole: Interval, y: int) -> Iterator[str]:
    """One rectangle for days in a row that look alike, and a bar below for those of a higher level."""
    for (colour, level), group in groupby(of_year, key=lambda each: (_colour(each.times), each.level)):
        alike = list(group)
        first, last = alike[0].day, alike[-1].day
        x, width = _x(datetime.combine(first, datetime.min.time(), UTC), whole), len(alike) * _DAY_WIDTH
        most = max(each.times for each in alike)
        when = f"{first}" if first == last else f"{first} to {last}"
        says = f"<title>{when}: level {level.name}, up to {most:.1f} times the mean</title>"
        yield f'<rect x="{x:.1f}" y="{y}" width="{width}" height="{_ROW}" fill="{colour}">{says}</rect>'
        if level in _LEVELS:
            yield f'<rect x="{x:.1f}" y="{y + _ROW - 5}" width="{width}" height="5" fill="{_LEVELS[level]}"/>'


def _outlines(fleet: Fleet, region: Region, whole: Interval, y: int) -> Iterator[str]:
    for window in windows(fleet, [region.name], whole):
        x, end = _x(window.during.start, whole), _x(window.during.end, whole)
        says = f"<title>changes blocked: {escape('; '.join(window.reasons))}</title>"
        yield (f'<rect class="freeze" x="{x:.1f}" y="{y - 2}" width="{end - x:.1f}" height="{_ROW + 4}">{says}</rect>')


def _legend() -> Iterator[str]:
    x, y = _LEFT, 50
    yield f'<text x="{x}" y="{y + 11}">Busiest hour of a day (UTC), times the mean:</text>'
    x += 280
    bounds = [0, *(bound for bound, _ in _STEPS)]
    colours = [*(colour for _, colour in _STEPS), _BUSIEST]
    for place, (bound, colour) in enumerate(zip(bounds, colours, strict=True)):
        says = f"from {bound}" if place == len(_STEPS) else f"{bound} to {_STEPS[place][0]}"
        yield f'<rect x="{x}" y="{y}" width="18" height="14" fill="{colour}"/>'
        yield f'<text x="{x + 24}" y="{y + 11}">{says}</text>'
        x += 84
    for level, colour in _LEVELS.items():
        yield f'<rect x="{x}" y="{y + 5}" width="18" height="5" fill="{colour}"/>'
        yield f'<text x="{x + 24}" y="{y + 11}">level {level.name}</text>'
        x += 132
    yield f'<rect class="freeze" x="{x}" y="{y}" width="18" height="14"/>'
    yield f'<text x="{x + 24}" y="{y + 11}">changes blocked</text>'


def _colour(times: float) -> str:
    return next((colour for bound, colour in _STEPS if times < bound), _BUSIEST)


def _whole(year: int) -> Interval:
    return Interval(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))


def _x(instant: datetime, whole: Interval) -> float:
    return _LEFT + (instant - whole.start) / _DAY * _DAY_WIDTH
