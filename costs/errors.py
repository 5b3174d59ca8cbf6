"""Why something cannot be priced, and mistakes in the data that prices are made of."""

from __future__ import annotations

from regions.problems import Problems


class CostDataError(Exception):
    """A file of costs/ holds mistakes; the message has all of them, a sentence each."""

    def __init__(self, problems: Problems) -> None:
        """Make the error of at least one problem."""
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class CannotPriceError(Exception):
    """One resource cannot be priced; the message says what is missing."""
