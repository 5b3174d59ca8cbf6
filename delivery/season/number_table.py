"""The table that season commands show: a name and numbers beside it."""

from __future__ import annotations

from rich.table import Table


def number_table(first: str, *others: str) -> Table:
    """Return an empty table: the first column to the left, the others, for numbers, to the right."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(first)
    for other in others:
        table.add_column(other, justify="right")
    return table
