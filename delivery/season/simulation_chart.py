"""A simulated year as an SVG drawing: for each workload a day's replicas, what it needed, and what was shed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from delivery.axes import round_step
from seasons.intervals import HOUR, Interval
from seasons.replay import Run
from seasons.simulation import Comparison

_WIDTH, _LEFT, _RIGHT, _TOP = 1000, 60, 20, 60
_PANEL, _GAP = 220, 70
_HOURS_A_DAY = 24
_MOST_LINES = 6

_STYLE = """
  text { font: 12px sans-serif; fill: #333 }
  .title { font-size: 16px; font-weight: bold }
  .axis { stroke: #999; fill: none }
  .grid { stroke: #e5e5e5; fill: none }
  .plan { fill: #9ecae1; stroke: none }
  .plain { stroke: #d95f02; stroke-width: 1.2; fill: none }
  .needed { stroke: #333; stroke-width: 0.8; fill: none }
  .fixed { stroke: #777; stroke-dasharray: 6 4; fill: none }
  .shed { fill: #c00; stroke: none }
""".rstrip()

_LEGEND = (
    ("plan", "planned, mean of the day"),
    ("plain", "plain HPA, mean of the day"),
    ("needed", "needed in the busiest hour"),
    ("fixed", "always"),
    ("shed", "shed: above as planned, below by the plain HPA"),
)


class _Panel(NamedTuple):
    """Where a workload's drawing is: its upper edge, the width of a day, and the height of a replica."""

    top: float
    day: float
    replica: float

    @property
    def bottom(self) -> float:
        return self.top + _PANEL

    def x(self, day: float) -> float:
        return _LEFT + day * self.day

    def y(self, replicas: float) -> float:
        return self.bottom - replicas * self.replica


def chart(region: str, during: Interval, comparisons: Mapping[str, Comparison]) -> str:
    """Return the drawing as the text of an SVG file; the same for the same simulation."""
    height = _TOP + len(comparisons) * (_PANEL + _GAP) + 30
    title = f"{region}: replicas from {during.start:%Y-%m-%d} to {during.end:%Y-%m-%d}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}\n</style>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="{_LEFT}" y="28">{escape(title)}</text>',
    ]
    for number, (workload, comparison) in enumerate(comparisons.items()):
        lines += _panel(workload, comparison, during, _TOP + number * (_PANEL + _GAP))
    lines += _legend(height - 20)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _panel(workload: str, comparison: Comparison, during: Interval, top: float) -> Iterator[str]:
    days = math.ceil(len(comparison.rates) / _HOURS_A_DAY)
    planned, plain = _daily_means(comparison.plan), _daily_means(comparison.plain)
    needed = [max(each) / comparison.per_replica for each in _by_day(comparison.rates)]
    most = max(comparison.fixed_replicas, *planned, *plain, *needed)
    panel = _Panel(top, (_WIDTH - _LEFT - _RIGHT) / days, _PANEL / most)
    yield f'<text x="{_LEFT}" y="{top - 8:.1f}">{escape(workload)}</text>'
    yield from _axes(panel, during, days, most)
    outline = f"{_LEFT},{panel.bottom:.1f} {_points(panel, planned)} {panel.x(days):.1f},{panel.bottom:.1f}"
    yield f'<polygon class="plan" points="{outline}"/>'
    yield f'<polyline class="plain" points="{_points(panel, plain)}"/>'
    yield f'<polyline class="needed" points="{_points(panel, needed)}"/>'
    always = f"{panel.y(comparison.fixed_replicas):.1f}"
    yield f'<line class="fixed" x1="{_LEFT}" y1="{always}" x2="{panel.x(days):.1f}" y2="{always}"/>'
    for run, below in ((comparison.plan, 4), (comparison.plain, 12)):
        for day, hours in enumerate(_by_day([hour.shed for hour in run.hours])):
            if any(hours):
                box = f'x="{panel.x(day):.1f}" y="{panel.bottom + below:.1f}" width="{panel.day:.1f}" height="6"'
                yield f'<rect class="shed" {box}/>'


def _axes(panel: _Panel, during: Interval, days: int, most: float) -> Iterator[str]:
    """A line every so many replicas, and the first day of each month."""
    step = round_step(most / _MOST_LINES)
    for replicas in range(0, math.floor(most) + 1, step):
        y, kind = f"{panel.y(replicas):.1f}", "grid" if replicas else "axis"
        yield f'<line class="{kind}" x1="{_LEFT}" y1="{y}" x2="{panel.x(days):.1f}" y2="{y}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y}" text-anchor="end" dominant-baseline="middle">{replicas:g}</text>'
    for day in range(days):
        date = during.start + day * _HOURS_A_DAY * HOUR
        if date.day == 1 or day == 0:
            x = f"{panel.x(day):.1f}"
            yield f'<line class="grid" x1="{x}" y1="{panel.top:.1f}" x2="{x}" y2="{panel.bottom:.1f}"/>'
            yield f'<text x="{x}" y="{panel.bottom + 34:.1f}">{date:%b}</text>'


def _points(panel: _Panel, values: Sequence[float]) -> str:
    """A step a day."""
    steps = [(panel.x(day + side), panel.y(value)) for day, value in enumerate(values) for side in (0, 1)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in steps)


def _legend(y: float) -> Iterator[str]:
    x = float(_LEFT)
    for kind, says in _LEGEND:
        if kind in ("plan", "shed"):
            yield f'<rect class="{kind}" x="{x:.1f}" y="{y - 9:.1f}" width="18" height="9"/>'
        else:
            yield f'<line class="{kind}" x1="{x:.1f}" y1="{y - 4:.1f}" x2="{x + 18:.1f}" y2="{y - 4:.1f}"/>'
        yield f'<text x="{x + 24:.1f}" y="{y:.1f}">{escape(says)}</text>'
        x += 36 + 6.2 * len(says)


def _daily_means(run: Run) -> list[float]:
    return [math.fsum(day) / len(day) for day in _by_day([hour.replicas for hour in run.hours])]


def _by_day(values: Sequence[float]) -> list[Sequence[float]]:
    """The values of 24 hours after the other; the last day may have fewer."""
    return [values[start : start + _HOURS_A_DAY] for start in range(0, len(values), _HOURS_A_DAY)]
