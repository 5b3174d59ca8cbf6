"""Freeze windows for people: by UTC and by the clock of every market that they concern."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from delivery.freeze.local_times import Clock, duration, times
from seasons.freeze import Window


def show_windows(windows: Sequence[Window], clocks: Sequence[Clock]) -> None:
    """Print each window: how long and where, its edges by those of the clocks that it concerns, and its reasons."""
    console = Console(highlight=False, markup=False)
    if not windows:
        console.print("No change is blocked in this range.", style="green")
    for window in windows:
        console.print(f"{duration(window.during.end - window.during.start)}  {', '.join(window.regions)}", style="bold")
        console.print(_edges(window, clocks))
        for reason in window.reasons:
            console.print(f"  {reason}", soft_wrap=True)
        console.print()


def _edges(window: Window, clocks: Sequence[Clock]) -> Table:
    table = Table("", "from", "to", box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    concerned = (clock for clock in clocks if clock.region in window.regions or not clock.region)
    for row in times(window.during, concerned):
        table.add_row(*row)
    return table
