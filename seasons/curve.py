"""The season curve: months of a year ahead, from the months of the years before.

    log value = effect of the month + elasticity x log(working days) + level + noise

- Month and elasticity are fitted together: a month's effect is what it has on average over all years, not last year's.
  Elasticity 1 is what an office's counts have, 0 what a rate has; the data say which. Where no month has had another
  number of working days than in other years, they cannot, and elasticity is left out.
- The level wanders. How, a few years do not tell, so the possibilities are laid out as a grid (by month or by year, and
  whether it stays where it is or comes back, and how fast) and all are used: each is weighted by its restricted
  likelihood, which is how well it explains the same years that it is fitted on. The same for how noise depends on size.

Every number of the grid is there for its meaning, and the grid covers what is plausible.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from statsmodels.regression.linear_model import GLS

from seasons.months import YearMonth, working_days

Values = NDArray[np.float64]

FEWEST_YEARS = 2  # one year has a value for each month, and nothing that tells month, working days and noise apart

# Variance of a month's step of the level by that of a typical month's noise: from none (the level is the mean over all
# years) to as much as the noise (little but the last year counts).
_STEPS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
# What is left after a year of the level's distance from its mean: all of it (a walk), or it comes back by about a third
# or a half.
_KEPT_A_YEAR = (1.0, 0.7, 0.5)
# Variance of the noise by (typical size)^-x: 0 is noise in percent, 1 counting noise (Poisson's).
_NOISE_EXPONENTS = (0.0, 0.5, 1.0)


class TooFewMonthsError(ValueError):
    """The months known do not suffice for a forecast."""


class _Fit(NamedTuple):
    """One possibility: its restricted log-likelihood up to a constant, and what it forecasts (logs)."""

    log_likelihood: float
    forecast: Values


def forecast_months(known: Mapping[YearMonth, float], months: Sequence[YearMonth]) -> dict[YearMonth, float]:
    """Forecast `months`, all of which come after what is known.

    Args:
        known: values above 0; months may be missing.
        months: what to forecast, each in a calendar month that is known of some year.
    Raises:
        TooFewMonthsError: fewer years than `FEWEST_YEARS` are known, or a calendar month of none.
    """
    check_known(known, months)
    everything = [*known, *months]
    design = _design(known, everything)
    values = np.log(np.array(list(known.values())))
    fits = [_fit(values, design, noise, level) for noise, level in product(_noises(known), _levels(everything))]
    likelihoods = np.array([fit.log_likelihood for fit in fits])
    weights = np.exp(likelihoods - likelihoods.max())
    mean = np.average(np.array([fit.forecast for fit in fits]), axis=0, weights=weights)
    return {month: math.exp(value) for month, value in zip(months, mean, strict=True)}


def check_known(known: Collection[YearMonth], months: Sequence[YearMonth]) -> None:
    """Go on if the months known suffice for a forecast of `months`.

    Raises:
        TooFewMonthsError: fewer years than `FEWEST_YEARS` are known, or a calendar month of none.
    """
    years = sorted({month.year for month in known})
    if len(years) < FEWEST_YEARS:
        raise TooFewMonthsError(f"{len(years)} year(s) known; at least {FEWEST_YEARS} are needed")
    calendar = {month.month for month in known}
    if unknown := [str(month) for month in months if month.month not in calendar]:
        raise TooFewMonthsError(f"the same month of no earlier year is known of {', '.join(unknown)}")
    if len(known) <= len(calendar) + 1:
        raise TooFewMonthsError(f"{len(known)} months known; more than {len(calendar) + 1} are needed")


def _design(known: Collection[YearMonth], months: Sequence[YearMonth]) -> Values:
    """One column for each calendar month, and one for the working days where they tell years apart."""
    calendar = sorted({month.month for month in months})
    of_month = np.array([[float(month.month == each) for each in calendar] for month in months])
    if len({(month.month, working_days(month)) for month in known}) == len(calendar):
        return of_month
    return np.column_stack((of_month, [math.log(working_days(month)) for month in months]))


def _noises(known: Mapping[YearMonth, float]) -> Iterator[Values]:
    """Variances of the noise of each known month, 1 for a month of mean size."""
    of_month: dict[int, list[float]] = {}
    for month, value in known.items():
        of_month.setdefault(month.month, []).append(value)
    typical = {month: float(np.mean(values)) for month, values in of_month.items()}
    size = np.array([typical[month.month] for month in known]) / np.mean(list(typical.values()))
    for exponent in _NOISE_EXPONENTS:
        yield size**-exponent


def _levels(months: Sequence[YearMonth]) -> Iterator[Values]:
    """Covariances of the level between months, in variances of the noise."""
    by_month = np.array([month.year + (month.month - 1) / 12 for month in months])
    by_year = np.array([float(month.year) for month in months])
    for time, kept, step in product((by_month, by_year), _KEPT_A_YEAR, _STEPS):
        yield 12 * step * _covariance(time - time.min(), kept)


def _covariance(years: Values, kept: float) -> Values:
    """Of a walk that takes a step of variance 1 a year, or of one that comes back."""
    if kept == 1:
        return np.minimum.outer(years, years)
    return kept ** np.abs(np.subtract.outer(years, years)) / (1 - kept**2)


def _fit(values: Values, design: Values, noise: Values, level: Values) -> _Fit:
    """Generalised least squares, and the level carried on from the residuals (kriging).

    The scale of the noise is integrated out: restricted likelihood is what tells variances apart when, as here, a dozen
    effects are fitted on a few dozen months.
    """
    known, columns = len(values), design.shape[1]
    covariance = np.diag(noise) + level[:known, :known]
    fitted = GLS(values, design[:known], sigma=covariance).fit()
    rest = np.linalg.solve(covariance, values - design[:known] @ fitted.params)
    information = design[:known].T @ np.linalg.solve(covariance, design[:known])
    squares = max(float(fitted.ssr), np.finfo(float).tiny)  # 0 where every year is the same
    log_likelihood = -0.5 * (
        np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1] + (known - columns) * math.log(squares)
    )
    return _Fit(float(log_likelihood), design[known:] @ fitted.params + level[known:, :known] @ rest)
