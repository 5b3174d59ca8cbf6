"""What the off-season costs beside the season, in money, and which lines of the bill keep it from costing less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from costs.year import MonthlyBill
from regions.model import Region
from seasons import saving

GOAL = Decimal(str(saving.GOAL))
"""The business's: an off-season month costs at least so much less than a season's month."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a month costs, in the mean of the season's months and of the off-season's; US dollars, not rounded."""

    season_usd: Decimal
    off_season_usd: Decimal

    @property
    def share(self) -> Decimal:
        """What the off-season saves, as a part of the season's cost; 0 where the season costs nothing."""
        return 1 - self.off_season_usd / self.season_usd if self.season_usd else Decimal(0)

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.share >= GOAL

    @property
    def above_goal_usd(self) -> Decimal:
        """What an off-season month costs above the goal; less than 0 where it costs even less."""
        return self.off_season_usd - (1 - GOAL) * self.season_usd


@dataclass(frozen=True, slots=True)
class OffSeason:
    """The means of a region or of all stacks together, and of each kind of line in its bills."""

    total: Means
    by_kind: Mapping[str, Means]
    """By kind of resource and item; the means of all kinds sum to the total."""

    @property
    def held_back(self) -> list[tuple[str, Means]]:
        """The kinds that cost more off season than the goal leaves them, the farthest above it first."""
        above = [(kind, means) for kind, means in self.by_kind.items() if means.above_goal_usd > 0]
        return sorted(above, key=lambda each: (-each[1].above_goal_usd, each[0]))


def off_season(bills: Sequence[MonthlyBill], region: Region) -> OffSeason | None:
    """Return a region's off-season beside its season; None where these months are not of both.

    Months of engagement season count for neither, as in the season plan. A region's season is that of any of its
    markets.
    """
    season = [bill for bill in bills if bill.month.number in region.season_months]
    neither = (*region.season_months, *region.engagement_months)
    off = [bill for bill in bills if bill.month.number not in neither]
    return _compared(season, off) if season and off else None


def together(stacks: Iterable[tuple[Sequence[MonthlyBill], Region | None]]) -> OffSeason:
    """Return the sum of several stacks, each region by its own season.

    What has no season (the global stack, whose region is None) or only one costs the mean of all months, on both sides.
    """
    by_kind: dict[str, Means] = {}
    for bills, region in stacks:
        part = (off_season(bills, region) if region else None) or _compared(bills, bills)
        for kind, means in part.by_kind.items():
            by_kind[kind] = _sum([means, *([by_kind[kind]] if kind in by_kind else [])])
    return OffSeason(_sum(by_kind.values()), by_kind)


def _compared(season: Sequence[MonthlyBill], off: Sequence[MonthlyBill]) -> OffSeason:
    in_season, out = _by_kind(season), _by_kind(off)
    nothing = Decimal(0)
    by_kind = {kind: Means(in_season.get(kind, nothing), out.get(kind, nothing)) for kind in {**in_season, **out}}
    return OffSeason(_sum(by_kind.values()), by_kind)


def _by_kind(bills: Sequence[MonthlyBill]) -> dict[str, Decimal]:
    """What each kind of line costs in the mean of these months."""
    found: dict[str, Decimal] = {}
    for bill in bills:
        for line in bill.estimate.lines:
            found[line.kind] = found.get(line.kind, Decimal(0)) + line.monthly_usd
    return {kind: total / len(bills) for kind, total in found.items()}


def _sum(parts: Iterable[Means]) -> Means:
    total = Means(Decimal(0), Decimal(0))
    for part in parts:
        total = Means(total.season_usd + part.season_usd, total.off_season_usd + part.off_season_usd)
    return total
