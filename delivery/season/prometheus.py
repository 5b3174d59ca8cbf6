"""Hourly values from a Prometheus server: a range query of its HTTP API.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import httpx
from pydantic import BaseModel, Field, ValidationError

from delivery.instants import iso
from delivery.season.table import MOST
from delivery.steps import InputError, StepError
from seasons.intervals import Interval

_STEP_SECONDS = 3600
# To connect, and between two packets; the server's own limit for a query is two minutes unless it is set.
_TIMEOUT = httpx.Timeout(150, connect=10)


class _Series(BaseModel):
    """One series: its labels, and (time, value) of each sample; none where it has histograms instead.

    Values are numbers as text, NaN and +Inf among them.
    """

    metric: dict[str, str] = {}
    values: list[tuple[float, float]] = []


class _Data(BaseModel):
    result: list[_Series]


class _Answer(BaseModel):
    """The envelope; the API's errors come with 400, 422 and 503, and have the same one."""

    status: Literal["success", "error"]
    data: _Data | None = None
    error_type: str | None = Field(default=None, alias="errorType")
    error: str | None = None


class Prometheus:
    """A server, by the address under which it has /api/v1."""

    def __init__(self, url: str) -> None:
        """Check the address.

        Raises:
            InputError: it is none.
        """
        parsed = _address(url)
        if parsed is None:
            shown = url.rpartition("@")[2]
            raise InputError(f"--prometheus {shown}: is no address; write http://host:9090.")
        self._url = url.rstrip("/")
        self._said = str(parsed.copy_with(userinfo=b"")).rstrip("/")  # a password stays out of messages

    def hours(self, query: str, within: Interval) -> dict[datetime, float]:
        """Return the query's value of each full hour of `within`, in order; hours without one are left out.

        Raises:
            InputError: the server refuses the query, or it is not one series of what can be a rate.
            StepError: the server cannot be asked, or does not answer as Prometheus does.
        """
        first, end = (math.ceil(edge.timestamp() / _STEP_SECONDS) for edge in within)
        # A sample looks back (rate(x[1h]) for an hour): an hour's is the one at its end. The API counts the end in.
        edges = {"start": str((first + 1) * _STEP_SECONDS), "end": str(end * _STEP_SECONDS)}
        values = _values(self._ask({"query": query, **edges, "step": str(_STEP_SECONDS)}), query)
        asked = {float(hour * _STEP_SECONDS) for hour in range(first + 1, end + 1)}
        if not asked.issuperset(time for time, _ in values):
            raise StepError(f"{self._said}: answered for other times than those that were asked for.")
        samples = _samples(values)
        if not samples:
            raise InputError(
                f"--query {query}: has no value from {iso(within.start)} to {iso(within.end)};"
                " ask the server for a range that it has."
            )
        if min(samples.values()) < 0:
            raise InputError(f"--query {query}: has values below 0, which no rate has; ask for requests a second.")
        if max(samples.values()) > MOST:
            raise InputError(f"--query {query}: has values above {MOST:g}, as no rate is; ask for requests a second.")
        return samples

    def _ask(self, parameters: Mapping[str, str]) -> Sequence[_Series]:
        path = "/api/v1/query_range"
        where = self._said + path
        try:
            with httpx.Client(timeout=_TIMEOUT) as client:
                response = client.get(self._url + path, params=dict(parameters))
        except httpx.TimeoutException:
            raise StepError(
                f"{where}: no answer in time. Is the server well? Then ask for less, or try again."
            ) from None
        except httpx.HTTPError as error:
            raise StepError(
                f"{where}: cannot be asked ({error}). Is this the server's address, and can it be reached?"
            ) from None
        # From the environment: a proxy that is no URL, or of a kind that httpx has not been installed with.
        except (httpx.InvalidURL, ValueError, ImportError) as error:
            raise StepError(
                f"{where}: cannot be asked ({error}). Is one of HTTP_PROXY, HTTPS_PROXY and ALL_PROXY set? Unset it,"
                " or name the host in NO_PROXY."
            ) from None
        return _result(response, where)


def _address(url: str) -> httpx.URL | None:
    """The address, if it is one of a server that can be asked."""
    try:
        parsed = httpx.URL(url)
        parsed.host.encode("idna")  # as the resolver does: no empty part, and none of more than 63 characters
    except (httpx.InvalidURL, UnicodeError):
        return None
    known = parsed.scheme in ("http", "https") and parsed.host
    return parsed if known and (parsed.port is None or 0 < parsed.port < 1 << 16) else None


def _result(response: httpx.Response, where: str) -> Sequence[_Series]:
    try:
        answer = _Answer.model_validate_json(response.content)
    except ValidationError:
        raise StepError(
            f"{where}: answered {response.status_code} {response.reason_phrase}, and not as Prometheus does."
            " Give the address under which the server has /api/v1."
        ) from None
    if answer.status == "success":
        return answer.data.result if answer.data else []
    says = f"Prometheus refused ({answer.error_type or 'no type given'}): {answer.error or 'no reason given'}"
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise StepError(f"{where}: {says}. Try again, or ask for less.")
    raise InputError(f"--query: {says}. Correct the query.")


def _values(series: Sequence[_Series], query: str) -> Sequence[tuple[float, float]]:
    """(time, value) of each sample of the one series."""
    if len(series) > 1:
        names = "; ".join([str(each.metric) for each in series[:3]] + ["…"] * (len(series) > 3))
        raise InputError(
            f"--query {query}: has {len(series)} series ({names}); make one of them, such as sum({query})."
        )
    return series[0].values if series else []


def _samples(values: Sequence[tuple[float, float]]) -> dict[datetime, float]:
    """What is not a number says nothing: 0/0 of an idle hour."""
    read = {datetime.fromtimestamp(time - _STEP_SECONDS, UTC): value for time, value in values}
    return {time: value for time, value in read.items() if math.isfinite(value)}
