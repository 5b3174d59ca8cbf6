"""Freeze windows of the fleet: edges, chains, reasons, and what a check says about them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from regions.fleet import Fleet
from regions.load import load_fleet
from regions.model import Workloads
from regions.model.demand import Event
from seasons.freeze import Verdict, Window, check, windows, zone_windows
from seasons.intervals import Interval
from seasons.local_days import NaiveInstantError

FLEET = load_fleet()
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def between(start: str, end: str) -> Interval:
    return Interval(at(f"{start}T00:00Z"), at(f"{end}T00:00Z"))


def with_workloads(**demand: object) -> Fleet:
    """The fleet with other values of workloads.demand."""
    changed = FLEET.workloads.demand.model_copy(update=demand)
    return replace(FLEET, workloads=FLEET.workloads.model_copy(update={"demand": changed}))


def with_pads(before: float, after: float) -> Workloads:
    pads = FLEET.workloads.saturday_protection.model_copy(update={"pad_before_hours": before, "pad_after_hours": after})
    return FLEET.workloads.model_copy(update={"saturday_protection": pads})


def verdict(fleet: Fleet, instant: str | datetime, region: str = "us-east-1") -> Verdict:
    return check(fleet, fleet.region(region), at(instant) if isinstance(instant, str) else instant)


def spans(found: Collection[Window]) -> list[Interval]:
    return [window.during for window in found]


def test_a_saturday_is_blocked_from_two_hours_before_to_four_hours_after_it_in_every_market() -> None:
    (window,) = windows(FLEET, ["us-east-1"], between("2026-11-25", "2026-12-02"))
    # New York's Saturday starts first, Chicago's ends last.
    assert window.during == Interval(at("2026-11-28T03:00Z"), at("2026-11-29T10:00Z"))
    assert window.regions == ("us-east-1",)
    assert window.reasons == (
        "Saturday 2026-11-28 in New York (America/New_York)",
        "Saturday 2026-11-28 in Chicago (America/Chicago)",
    )


def test_a_window_begins_with_its_start_and_is_over_at_its_end() -> None:
    start, end = at("2026-11-28T03:00Z"), at("2026-11-29T10:00Z")
    assert verdict(FLEET, start - TICK) == Verdict(start - TICK, True, (), None, start)
    assert not verdict(FLEET, start).allowed
    assert not verdict(FLEET, end - TICK).allowed
    assert verdict(FLEET, end) == Verdict(end, True, (), None, start + 7 * DAY)


def test_a_blocked_check_says_why_and_when_it_opens() -> None:
    assert verdict(FLEET, "2026-11-28T12:00+01:00") == Verdict(
        at("2026-11-28T11:00Z"),
        False,
        ("Saturday 2026-11-28 in New York (America/New_York)", "Saturday 2026-11-28 in Chicago (America/Chicago)"),
        at("2026-11-29T10:00Z"),
        None,
    )


def test_pads_are_elapsed_time_where_the_clock_is_changed() -> None:
    """New York's Sunday begins at 04:00Z and its clock is turned back at 06:00Z; Berlin's at 01:00Z, before the end."""
    assert spans(zone_windows(FLEET.workloads, ["America/New_York"], between("2026-10-30", "2026-11-03"))) == [
        Interval(at("2026-10-31T02:00Z"), at("2026-11-01T08:00Z"))
    ]
    assert spans(zone_windows(FLEET.workloads, ["Europe/Berlin"], between("2026-10-23", "2026-10-27"))) == [
        Interval(at("2026-10-23T20:00Z"), at("2026-10-25T02:00Z"))
    ]


def test_days_that_follow_each_other_are_one_window() -> None:
    """31 December 2027 is a Friday: one opening, after the Saturday, whenever in the window one asks."""
    start, end = at("2027-12-31T03:00Z"), at("2028-01-02T10:00Z")
    reasons = (
        "New Year's Eve 2027-12-31 in New York (America/New_York)",
        "New Year's Eve 2027-12-31 in Chicago (America/Chicago)",
        "Saturday 2028-01-01 in New York (America/New_York)",
        "Saturday 2028-01-01 in Chicago (America/Chicago)",
    )
    (window,) = windows(FLEET, ["us-east-1"], between("2027-12-28", "2028-01-05"))
    assert window == Window(Interval(start, end), ("us-east-1",), reasons)
    for instant in (start, start + DAY, end - TICK):
        assert verdict(FLEET, instant) == Verdict(instant, False, reasons, end, None)
    assert verdict(FLEET, start - TICK).closes_at == start


def test_an_event_day_by_itself_closes_in_the_middle_of_the_week() -> None:
    assert verdict(FLEET, "2028-02-09T12:00Z").closes_at == at("2028-02-12T03:00Z")
    tuesday = verdict(FLEET, "2027-12-29T00:00Z", "us-west-1")
    assert tuesday.closes_at == at("2027-12-31T05:00Z")
    assert verdict(FLEET, "2028-02-14T12:00Z").reasons[0] == "Valentine's Day 2028-02-14 in New York (America/New_York)"


def test_a_day_that_is_two_things_has_both_reasons() -> None:
    """14 February 2026 is a Saturday."""
    assert zone_windows(FLEET.workloads, ["Asia/Tokyo"], between("2026-02-10", "2026-02-17")) == (
        Window(
            Interval(at("2026-02-13T13:00Z"), at("2026-02-14T19:00Z")),
            (),
            ("Saturday 2026-02-14 in Asia/Tokyo", "Valentine's Day 2026-02-14 in Asia/Tokyo"),
        ),
    )


def test_windows_of_regions_that_overlap_are_one_with_all_regions_and_reasons() -> None:
    (window,) = windows(FLEET, ["us-west-1", "eu-central-1"], between("2026-11-25", "2026-12-02"))
    # From two hours before Athens' Saturday to four hours after Los Angeles'.
    assert window.during == Interval(at("2026-11-27T20:00Z"), at("2026-11-29T12:00Z"))
    assert window.regions == ("eu-central-1", "us-west-1")
    assert window.reasons[0] == "Saturday 2026-11-28 in Athens (Europe/Athens)"
    assert window.reasons[-1] == "Saturday 2026-11-28 in Los Angeles (America/Los_Angeles)"
    assert len(window.reasons) == 6


def test_windows_that_touch_are_one() -> None:
    both = with_pads(0, 0)
    found = spans(zone_windows(both, ["Etc/GMT-12", "Etc/GMT+12"], between("2026-11-25", "2026-12-02")))
    assert found == [Interval(at("2026-11-27T12:00Z"), at("2026-11-29T12:00Z"))]
    apart = spans(zone_windows(both, ["Etc/GMT-14", "Etc/GMT+12"], between("2026-11-25", "2026-12-02")))
    assert apart == [
        Interval(at("2026-11-27T10:00Z"), at("2026-11-28T10:00Z")),
        Interval(at("2026-11-28T12:00Z"), at("2026-11-29T12:00Z")),
    ]


def test_a_window_that_touches_is_told_from_its_first_day_on_wherever_in_it_one_asks() -> None:
    (window,) = zone_windows(
        with_pads(0, 0), ["Etc/GMT-12", "Etc/GMT+12"], Interval(at("2026-11-28T12:00Z"), at("2026-11-28T13:00Z"))
    )
    assert window.reasons == ("Saturday 2026-11-28 in Etc/GMT-12", "Saturday 2026-11-28 in Etc/GMT+12")


def test_a_day_inside_another_does_not_end_the_window() -> None:
    """Adelaide turns its clock back on that Sunday, which starts before Brisbane's and ends after it."""
    workloads = with_workloads(events=(Event(name="autumn", title="Autumn", month=4, day=4, factor=8.0),)).workloads
    found = spans(
        zone_windows(workloads, ["Australia/Adelaide", "Australia/Brisbane"], between("2027-03-31", "2027-04-08"))
    )
    assert found == [Interval(at("2027-04-02T11:30Z"), at("2027-04-04T18:30Z"))]


@pytest.mark.parametrize(("factor", "blocks"), [(5.9, False), (6.0, True), (8.0, True)])
def test_an_event_blocks_from_the_factor_that_raises_the_level(factor: float, blocks: bool) -> None:
    fleet = with_workloads(events=(Event(name="midsummer", title="Midsummer", month=6, day=23, factor=factor),))
    found = windows(fleet, ["us-east-1"], between("2027-06-22", "2027-06-25"))
    assert bool(found) == blocks
    assert zone_windows(fleet.workloads, ["UTC"], between("2027-06-23", "2027-06-24")) == (
        (Window(between("2027-06-23", "2027-06-24"), (), ("Midsummer 2027-06-23 in UTC",)),) if blocks else ()
    )


def test_a_leap_day_is_an_event_day_in_leap_years_alone() -> None:
    workloads = with_workloads(
        events=(Event(name="leap_day", title="Leap day", month=2, day=29, factor=8.0),)
    ).workloads
    february = [
        zone_windows(workloads, ["UTC"], between(f"{year}-02-28", f"{year}-03-02")) for year in range(2027, 2034)
    ]
    assert ["Leap day" in str(found) for found in february] == [False, True, False, False, False, True, False]


def test_a_lunar_event_blocks_where_enough_couples_keep_the_calendar() -> None:
    """Three quarters of Singapore's weddings, nearly all of Shanghai's, and few of the other markets'."""
    raised = [
        event.model_copy(update={"factor": 8.0}) if event.name == "qixi" else event
        for event in FLEET.workloads.demand.lunar_events
    ]
    week = between("2026-08-17", "2026-08-21")
    (window,) = windows(with_workloads(lunar_events=tuple(raised)), ["asia-pacific-1"], week)
    assert window.during == Interval(at("2026-08-18T14:00Z"), at("2026-08-19T20:00Z"))
    assert window.reasons == (
        "Qixi 2026-08-19 in Singapore (Asia/Singapore)",
        "Qixi 2026-08-19 in Shanghai (Asia/Shanghai)",
    )
    assert windows(FLEET, ["asia-pacific-1"], week) == ()


def test_a_public_holiday_blocks_in_its_country_where_the_data_say_so() -> None:
    holidays = FLEET.workloads.demand.holidays.model_copy(update={"factor": 6.0})
    fleet = with_workloads(holidays=holidays)
    found = windows(fleet, ["eu-central-1"], between("2026-07-14", "2026-07-16"))
    assert [window.reasons for window in found] == [("National Day 2026-07-14 in Paris (Europe/Paris)",)]
    assert zone_windows(fleet.workloads, ["Europe/Paris"], between("2026-07-14", "2026-07-16")) == ()


def _long_chain() -> Fleet:
    """Twelve events in June and July, whose pads fill the gaps between the Saturdays: one window of two months."""
    days = [(6, day) for day in (2, 9, 16, 23, 30)] + [(7, day) for day in (7, 14, 21, 28)] + [(6, 4), (6, 11), (7, 9)]
    events = tuple(
        Event(name=f"event_{month}_{day}", title="Event", month=month, day=day, factor=8.0) for month, day in days
    )
    fleet = with_workloads(events=events)
    pads = fleet.workloads.saturday_protection.model_copy(update={"pad_before_hours": 48.0, "pad_after_hours": 24.0})
    return replace(fleet, workloads=fleet.workloads.model_copy(update={"saturday_protection": pads}))


def test_check_and_windows_agree_wherever_in_a_long_chain_one_asks() -> None:
    fleet = _long_chain()
    (whole,) = (
        window
        for window in windows(fleet, ["us-west-1"], between("2026-05-01", "2026-09-01"))
        if at("2026-07-01T00:00Z") in window.during
    )
    assert whole.during.end - whole.during.start > 60 * DAY
    assert whole.during.start == at("2026-05-28T06:00Z")  # 48 h before Saturday 30 May in Denver
    for day in range((whole.during.end - whole.during.start).days):
        instant = whole.during.start + day * DAY
        assert verdict(fleet, instant, "us-west-1") == Verdict(instant, False, whole.reasons, whole.during.end, None)
        part = Interval(instant, instant + timedelta(hours=1))
        assert windows(fleet, ["us-west-1"], part) == (replace(whole, during=part),)


def test_a_row_of_days_without_an_end_is_followed_for_a_year() -> None:
    pads = with_pads(72, 72)
    week = between("2026-06-01", "2026-06-02")
    (window,) = zone_windows(pads, ["UTC"], week)
    assert window.during == week
    assert 52 <= sum("Saturday" in reason for reason in window.reasons) <= 108


def test_a_window_that_is_cut_keeps_its_reasons() -> None:
    whole = windows(FLEET, ["us-east-1"], between("2027-12-28", "2028-01-05"))
    for part in (Interval(at("2027-12-31T04:00Z"), at("2027-12-31T05:00Z")), between("2028-01-01", "2028-01-02")):
        assert windows(FLEET, ["us-east-1"], part) == (replace(whole[0], during=part),)


@pytest.mark.parametrize("end", ["2026-11-28T10:00Z", "2026-11-27T10:00Z"])
def test_an_empty_range_has_no_windows(end: str) -> None:
    assert windows(FLEET, ["us-east-1"], Interval(at("2026-11-28T10:00Z"), at(end))) == ()


def test_a_range_may_have_another_offset() -> None:
    shifted = Interval(at("2026-11-28T12:00+02:00"), at("2026-11-28T14:00+02:00"))
    (window,) = windows(FLEET, ["us-east-1"], shifted)
    assert [str(edge) for edge in window.during] == ["2026-11-28 10:00:00+00:00", "2026-11-28 12:00:00+00:00"]


def test_an_unknown_region_is_refused_with_a_suggestion() -> None:
    with pytest.raises(KeyError, match="no region 'us-eat-1'; did you mean 'us-east-1'"):
        windows(FLEET, ["us-eat-1"], between("2026-11-25", "2026-12-02"))


def test_instants_without_an_offset_are_refused() -> None:
    naive = datetime(2026, 11, 28)  # noqa: DTZ001 - that is the point
    with pytest.raises(NaiveInstantError):
        check(FLEET, FLEET.region("us-east-1"), naive)
    with pytest.raises(NaiveInstantError):
        windows(FLEET, ["us-east-1"], Interval(naive, naive + DAY))


def test_a_check_does_not_wait_for_other_calendars() -> None:
    """They take longer to load than a check may take."""
    program = """
import sys
from datetime import UTC, datetime
from regions.load import load_fleet
from seasons.freeze import check

fleet = load_fleet()
check(fleet, fleet.region("asia-pacific-1"), datetime(2026, 11, 28, tzinfo=UTC))
print(sorted({"astral", "hijridate", "borax", "holidays", "numpy"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
