"""How good a forecast was."""

from __future__ import annotations

import math
from collections.abc import Sequence


def wape(actual: Sequence[float], forecast: Sequence[float]) -> float:
    """Return the weighted absolute percentage error: the sum of the errors' sizes by the sum of what happened.

    Raises:
        ZeroDivisionError: nothing happened, so there is nothing to be a part of.
    """
    return math.fsum(abs(a - f) for a, f in zip(actual, forecast, strict=True)) / math.fsum(actual)
