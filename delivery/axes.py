"""Axes of drawings."""

from __future__ import annotations

import math


def round_step(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, ... that is not below `least`."""
    power = 10 ** max(0, math.ceil(math.log10(least)) - 1)
    return next(part * power for part in (1, 2, 5, 10) if part * power >= least)
