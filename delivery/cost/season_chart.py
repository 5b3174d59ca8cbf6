"""Twelve months' bills as an SVG drawing: a bar a month, stacked by region, and the ceilings above it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape

from costs.off_season import GOAL
from delivery.axes import round_step
from delivery.cost.money import dollars
from delivery.cost.season_command import StackYear, Year

_WIDTH, _LEFT, _RIGHT, _TOP = 1000, 80, 20, 90
_PLOT, _BAR = 360, 0.72  # height of the plot; part of a month's width that its bar takes
_MOST_LINES = 6
_LEGEND_ROW, _LEGEND_COLUMN = 20, 220
_LEGEND_COLUMNS = (_WIDTH - _LEFT - _RIGHT) // _LEGEND_COLUMN

# ColorBrewer's Paired, the strong ones first; more stacks than colours begin again.
_COLOURS = (
    *("#1f78b4", "#33a02c", "#ff7f00", "#6a3d9a", "#e31a1c", "#b15928"),
    *("#a6cee3", "#b2df8a", "#fdbf6f", "#cab2d6", "#fb9a99", "#ffff99"),
)

_STYLE = """
  text { font: 12px sans-serif; fill: #333 }
  .title { font-size: 16px; font-weight: bold }
  .axis { stroke: #999; fill: none }
  .grid { stroke: #e5e5e5; fill: none }
  .ceiling { stroke: #c00; stroke-dasharray: 6 4; fill: none }
""".rstrip()


class _Plot(NamedTuple):
    """Where the bars are: the width of a month, and the height of a dollar."""

    month: float
    dollar: float

    def x(self, place: float) -> float:
        return _LEFT + place * self.month

    def y(self, usd: float) -> float:
        return _TOP + _PLOT - usd * self.dollar


def chart(year: Year) -> str:
    """Return the drawing as the text of an SVG file; the same for the same bills."""
    months = len(year.months)
    most = max(float(year.ceiling_usd), *(float(year.total_usd(place)) for place in range(months)))
    plot = _Plot((_WIDTH - _LEFT - _RIGHT) / months, _PLOT / most)
    height = _TOP + _PLOT + 50 + math.ceil(len(year.stacks) / _LEGEND_COLUMNS) * _LEGEND_ROW
    title = f"{year.environment}: US dollars a month, {year.months[0]} to {year.months[-1]}"
    means = year.together.total
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}\n</style>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="{_LEFT}" y="28">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="50">Off season a mean month costs {means.share:.1%} less than in season; '
        f"the goal is {GOAL:.0%}.</text>",
        *_axis(plot, most),
        *(part for place in range(months) for part in _bar(year, place, plot)),
        *_ceiling(year, plot, months),
        *_legend(year.stacks, _TOP + _PLOT + 50),
    ]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _axis(plot: _Plot, most: float) -> Iterator[str]:
    """A line every so many dollars."""
    step = round_step(most / _MOST_LINES)
    for usd in range(0, math.floor(most) + 1, step):
        y, kind = f"{plot.y(usd):.1f}", "grid" if usd else "axis"
        yield f'<line class="{kind}" x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end" dominant-baseline="middle">{usd:,}</text>'


def _bar(year: Year, place: int, plot: _Plot) -> Iterator[str]:
    """A month's stacks, the first one at the bottom, with the total above."""
    x, width, below = plot.x(place + (1 - _BAR) / 2), plot.month * _BAR, Decimal(0)
    month = year.months[place]
    for number, each in enumerate(year.stacks):
        total = each.bills[place].estimate.total_usd
        top = plot.y(float(below + total))
        box = f'x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{float(total) * plot.dollar:.1f}"'
        says = f"<title>{escape(each.stack.name)}, {month}: {dollars(total)}</title>"
        yield f'<rect {box} fill="{_colour(number)}">{says}</rect>'
        below += total
    middle = plot.x(place + 0.5)
    yield f'<text x="{middle:.1f}" y="{plot.y(float(below)) - 5:.1f}" text-anchor="middle">{below:,.0f}</text>'
    yield f'<text x="{middle:.1f}" y="{_TOP + _PLOT + 18}" text-anchor="middle">{month}</text>'


def _ceiling(year: Year, plot: _Plot, months: int) -> Iterator[str]:
    y = plot.y(year.ceiling_usd)
    yield f'<line class="ceiling" x1="{_LEFT}" y1="{y:.1f}" x2="{plot.x(months):.1f}" y2="{y:.1f}"/>'
    yield f'<text x="{_WIDTH - _RIGHT}" y="{y - 5:.1f}" text-anchor="end">all ceilings: {year.ceiling_usd:,}</text>'


def _legend(stacks: Sequence[StackYear], top: float) -> Iterator[str]:
    for number, each in enumerate(stacks):
        row, column = divmod(number, _LEGEND_COLUMNS)
        x, y = _LEFT + column * _LEGEND_COLUMN, top + row * _LEGEND_ROW
        yield f'<rect x="{x}" y="{y - 10}" width="14" height="12" fill="{_colour(number)}"/>'
        yield f'<text x="{x + 20}" y="{y}">{escape(each.stack.name)}</text>'


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]
