"""Schedules, selectors and region names as rules read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from policies.cron import hours
from policies.pods import selects
from regions.aws_names import named_regions

_hour = st.integers(0, 23)
_span = st.tuples(_hour, _hour).map(lambda pair: f"{min(pair)}-{max(pair)}")
_part = st.one_of(
    _hour.map(str),
    _span,
    st.just("*"),
    st.builds(lambda span, step: f"{span}/{step}", st.sampled_from(["*", "0-23", "4-9"]), st.integers(1, 23)),
)


@given(st.lists(_part, min_size=1, max_size=4).map(",".join))
def test_hours_are_those_at_which_a_scheduler_runs(field: str) -> None:
    """Another implementation, over a day."""
    start = datetime(2026, 6, 1, tzinfo=UTC)
    ran = set[int]()
    for at in CronSim(f"0 {field} * * *", start - timedelta(minutes=1)):
        if at >= start + timedelta(days=1):
            break
        ran.add(at.hour)
    assert hours(f"0 {field} * * *") == ran


@pytest.mark.parametrize(
    ("schedule", "expected"), [("@daily", {0}), ("@hourly", set(range(24))), ("0 20/2 * * *", {20, 22})]
)
def test_short_forms(schedule: str, expected: set[int]) -> None:
    assert hours(schedule) == expected


@pytest.mark.parametrize(
    "schedule", ["", "0 8 * *", "0 24 * * *", "0 9-8 * * *", "0 */0 * * *", "0 x * * *", "0 ² * * *", "@every 1h"]
)
def test_what_is_no_schedule_is_refused(schedule: str) -> None:
    with pytest.raises(ValueError, match=r"fields|no part|no number"):
        hours(schedule)


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ({}, True),
        ({"matchLabels": {"app": "api"}}, True),
        ({"matchLabels": {"app": "api", "track": "canary"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["api", "other"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]}, False),
        ({"matchExpressions": [{"key": "track", "operator": "NotIn", "values": ["canary"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_selectors(selector: dict[str, object], chosen: bool) -> None:
    assert selects(selector, {"app": "api"}) is chosen


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("us-east-1", ["us-east-1"]),
        ("eu-central-1a", ["eu-central-1"]),
        ("arn:aws:kms:us-west-1:123456789012:key/a", ["us-west-1"]),
        ("db.cluster-x.ap-southeast-1.rds.amazonaws.com", ["ap-southeast-1"]),
        ("https://far.s3.us-east-1.amazonaws.com/", ["us-east-1"]),
        ("wedsync-prod-us-east-1-page", []),
        ("arn:aws:iam::123456789012:role/us-east-1", []),
    ],
)
def test_regions_that_a_text_names(text: str, named: list[str]) -> None:
    assert named_regions(text) == named
