"""`wedops freeze` from the command line: JSON, exit codes, sentences."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner, Result

from delivery.cli import app
from delivery.instants import parse_instant
from regions.load import load_fleet
from seasons.freeze import check, windows, zone_windows
from seasons.intervals import Interval
from stacks.environment import load_environment

OPEN, BAD_INPUT, BLOCKED = 0, 2, 3
FLEET = load_fleet()

Freeze = Callable[..., Result]


@pytest.fixture
def freeze() -> Freeze:
    def run(*arguments: str) -> Result:
        return CliRunner(env={"COLUMNS": "120"}).invoke(app, ["freeze", *arguments])

    return run


def documents(result: Result) -> object:
    assert result.exit_code in (OPEN, BLOCKED), result.output
    return json.loads(result.stdout)


def test_a_check_of_an_open_region(freeze: Freeze) -> None:
    result = freeze("check", "--region", "us-east-1", "--at", "2026-11-25T12:00:00Z", "--json")
    assert result.exit_code == OPEN
    assert documents(result) == {
        "region": "us-east-1",
        "at": "2026-11-25T12:00:00Z",
        "allowed": True,
        "reasons": [],
        "opens_at": None,
        "closes_at": "2026-11-28T03:00:00Z",
    }


def test_a_check_of_a_blocked_region(freeze: Freeze) -> None:
    result = freeze("check", "--region", "us-east-1", "--at", "2026-11-28T13:00+01:00", "--json")
    assert result.exit_code == BLOCKED
    assert documents(result) == {
        "region": "us-east-1",
        "at": "2026-11-28T12:00:00Z",
        "allowed": False,
        "reasons": [
            "Saturday 2026-11-28 in New York (America/New_York)",
            "Saturday 2026-11-28 in Chicago (America/Chicago)",
        ],
        "opens_at": "2026-11-29T10:00:00Z",
        "closes_at": None,
    }


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-11-28T02:59:59.999999Z", OPEN),
        ("2026-11-28T03:00:00Z", BLOCKED),
        ("2026-11-29T09:59:59Z", BLOCKED),
        ("2026-11-29T10:00:00Z", OPEN),
    ],
)
def test_the_exit_code_at_the_edges_of_a_window(freeze: Freeze, at: str, code: int) -> None:
    assert freeze("check", "--region", "us-east-1", "--at", at).exit_code == code
    assert freeze("check", "--region", "us-east-1", "--at", at, "--json").exit_code == code


def test_a_check_is_of_now_unless_an_instant_is_given(freeze: Freeze) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    result = freeze("check", "--region", "asia-pacific-1", "--json")
    document = documents(result)
    assert isinstance(document, dict)
    at = parse_instant(document["at"])
    assert before <= at <= datetime.now(UTC)
    expected = check(FLEET, FLEET.region("asia-pacific-1"), at)
    assert document["allowed"] == expected.allowed
    assert result.exit_code == (OPEN if expected.allowed else BLOCKED)


def test_people_read_why_it_is_blocked_and_when_it_opens_by_every_clock(freeze: Freeze) -> None:
    result = freeze("check", "--region", "us-east-1", "--at", "2026-10-31T12:00Z")
    assert result.exit_code == BLOCKED
    assert result.stdout.splitlines() == [
        "us-east-1 is blocked, because of",
        "  Saturday 2026-10-31 in New York (America/New_York)",
        "  Saturday 2026-10-31 in Chicago (America/Chicago)",
        "It opens in 21 h.",
        "          asked for                 opens",
        "UTC       Sat 2026-10-31 12:00 UTC  Sun 2026-11-01 09:00 UTC",
        "New York  Sat 2026-10-31 08:00 EDT  Sun 2026-11-01 04:00 EST",
        "Chicago   Sat 2026-10-31 07:00 CDT  Sun 2026-11-01 03:00 CST",
    ]


def test_people_read_when_an_open_region_closes(freeze: Freeze) -> None:
    result = freeze("check", "--region", "us-east-1", "--at", "2026-11-25T12:00Z")
    assert result.exit_code == OPEN
    first, second, *_, last = result.stdout.splitlines()
    assert first == "us-east-1 is open: changes are allowed."
    assert second == "It closes in 2 d 15 h."
    assert last == "Chicago   Wed 2026-11-25 06:00 CST  Fri 2026-11-27 21:00 CST"


def test_a_list_of_a_region_is_cut_to_its_range(freeze: Freeze) -> None:
    result = freeze("list", "--region", "us-east-1", "--from", "2026-11-22", "--to", "2026-11-28T08:00-02:00", "--json")
    assert result.exit_code == OPEN
    assert documents(result) == [
        {
            "start": "2026-11-22T00:00:00Z",
            "end": "2026-11-22T10:00:00Z",
            "regions": ["us-east-1"],
            "reasons": [
                "Saturday 2026-11-21 in New York (America/New_York)",
                "Saturday 2026-11-21 in Chicago (America/Chicago)",
            ],
        },
        {
            "start": "2026-11-28T03:00:00Z",
            "end": "2026-11-28T10:00:00Z",
            "regions": ["us-east-1"],
            "reasons": [
                "Saturday 2026-11-28 in New York (America/New_York)",
                "Saturday 2026-11-28 in Chicago (America/Chicago)",
            ],
        },
    ]


def test_a_list_of_zones_has_the_default_pads_and_event_days(freeze: Freeze) -> None:
    result = freeze(
        "list", "--zones", "Asia/Kathmandu, Pacific/Apia", "--from", "2026-12-29", "--to", "2027-01-01", "--json"
    )
    assert documents(result) == [
        {
            "start": "2026-12-30T09:00:00Z",
            "end": "2026-12-31T22:15:00Z",
            "regions": [],
            "reasons": ["New Year's Eve 2026-12-31 in Pacific/Apia", "New Year's Eve 2026-12-31 in Asia/Kathmandu"],
        }
    ]


def test_a_list_of_an_environment_is_of_all_its_regions(freeze: Freeze) -> None:
    year = Interval(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    found = documents(freeze("list", "--environment", "prod", "--from", "2027-01-01", "--to", "2028-01-01", "--json"))
    expected = windows(FLEET, load_environment("prod").regions, year)
    assert isinstance(found, list)
    assert [(parse_instant(each["start"]), parse_instant(each["end"])) for each in found] == [
        tuple(window.during) for window in expected
    ]
    assert [tuple(each["regions"]) for each in found] == [window.regions for window in expected]
    assert set(expected[1].regions) == set(load_environment("prod").regions)


def test_people_read_each_window_by_every_clock_that_it_concerns(freeze: Freeze) -> None:
    result = freeze("list", "--region", "us-east-1", "--from", "2026-11-25", "--to", "2026-12-02")
    assert result.exit_code == OPEN
    assert [line.rstrip() for line in result.stdout.splitlines()] == [
        "1 d 7 h  us-east-1",
        "          from                      to",
        "UTC       Sat 2026-11-28 03:00 UTC  Sun 2026-11-29 10:00 UTC",
        "New York  Fri 2026-11-27 22:00 EST  Sun 2026-11-29 05:00 EST",
        "Chicago   Fri 2026-11-27 21:00 CST  Sun 2026-11-29 04:00 CST",
        "  Saturday 2026-11-28 in New York (America/New_York)",
        "  Saturday 2026-11-28 in Chicago (America/Chicago)",
        "",
    ]


def test_people_read_that_nothing_is_blocked(freeze: Freeze) -> None:
    result = freeze("list", "--zones", "UTC", "--from", "2026-11-24", "--to", "2026-11-25")
    assert (result.exit_code, result.stdout) == (OPEN, "No change is blocked in this range.\n")
    result = freeze("list", "--zones", "UTC", "--from", "2026-11-24", "--to", "2026-11-25", "--json")
    assert documents(result) == []


RANGE = ("--from", "2026-11-25", "--to", "2026-12-02")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "--region", "us-eat-1"), "--region us-eat-1: no such region; did you mean 'us-east-1'?"),
        (("check", "--region", "x"), "no such region; known: us-east-1, asia-pacific-1, eu-central-1, us-west-1"),
        (
            ("check", "--region", "us-east-1", "--at", "2026-11-28T10:00"),
            "has no offset from UTC: write 2026-11-28T10:",
        ),
        (("check", "--region", "us-east-1", "--at", "2026-11-28"), "--at '2026-11-28' has no offset from UTC"),
        (("check", "--region", "us-east-1", "--at", "soon"), "--at 'soon' is no instant: write it as"),
        (("check",), "Missing option '--region'"),
        (("list", "--region", "us-eat-1", *RANGE), "did you mean 'us-east-1'?"),
        (
            ("list", "--zones", "Europe/Berln", *RANGE),
            "--zones 'Europe/Berln': no IANA time zone; did you mean 'Europe/Berlin'?",
        ),
        (
            ("list", "--zones", "UTC,", *RANGE),
            "--zones 'UTC,': has a place without a name; leave out the comma that is too many.",
        ),
        (("list", "--zones", "../__init__.py", *RANGE), "--zones '../__init__.py': no IANA time zone"),
        (
            ("list", "--environment", "prd", *RANGE),
            "Pulumi.prd.yaml: no such environment. Known: local, prod, staging.",
        ),
        (("list", *RANGE), "Give exactly one of --environment, --region and --zones."),
        (("list", "--region", "us-east-1", "--zones", "UTC", *RANGE), "Give exactly one of"),
        (("list", "--environment", "prod", "--region", "us-east-1", *RANGE), "Give exactly one of"),
        (
            ("list", "--region", "us-east-1", "--from", "2026-11-25", "--to", "2026-11-25"),
            "--to 2026-11-25T00:00:00Z is not after --from 2026-11-25T00:00:00Z",
        ),
        (("list", "--region", "us-east-1", "--from", "2026-11-25", "--to", "2026-11-24"), "is not after --from"),
        (
            ("list", "--region", "us-east-1", "--from", "2026-11-25T00:00", "--to", "2026-11-26"),
            "has no offset from UTC",
        ),
        (("list", "--region", "us-east-1", "--from", "2026-11-25"), "Missing option '--to'"),
    ],
)
@pytest.mark.parametrize("json_option", [(), ("--json",)])
def test_bad_input_is_a_sentence_on_standard_error(
    freeze: Freeze, arguments: tuple[str, ...], said: str, json_option: tuple[str, ...]
) -> None:
    result = freeze(*arguments, *json_option)
    assert result.exit_code == BAD_INPUT
    assert said in result.stderr
    assert result.stdout == ""


def test_both_ends_of_a_range_are_told_at_once(freeze: Freeze) -> None:
    result = freeze("list", "--zones", "UTC", "--from", "today", "--to", "2026-11-28T12:00")
    assert result.exit_code == BAD_INPUT
    assert result.stderr.splitlines() == [
        "--from 'today' is neither a day nor an instant: write it as 2026-11-28 or 2026-11-28T18:30:00Z.",
        "--to '2026-11-28T12:00' has no offset from UTC: write 2026-11-28T12:00:00Z, or 2026-11-28T12:00:00+01:00 with"
        " the offset you mean.",
    ]


def test_the_help_says_which_of_the_times_is_null(freeze: Freeze) -> None:
    said = " ".join(freeze("check", "--help").stdout.split())
    assert "While they are allowed, closes_at is when the next window begins, and opens_at is null" in said
    assert "while they are blocked, opens_at is when the window ends, and closes_at is null" in said


def test_an_interrupted_look_has_nothing_to_go_on_with(freeze: Freeze, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("regions.load.load_fleet", interrupted)
    result = freeze("check", "--region", "us-east-1")
    assert (result.exit_code, result.stderr) == (130, "Interrupted.\n")


def test_every_wrong_zone_is_told_at_once(freeze: Freeze) -> None:
    result = freeze("list", "--zones", "Europe/Berln,UTC,Asia/Tokyi", *RANGE)
    assert result.exit_code == BAD_INPUT
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "--zones 'Europe/Berln'",
        "--zones 'Asia/Tokyi'",
    ]


def test_a_zone_that_is_given_twice_counts_once(freeze: Freeze) -> None:
    within = Interval(datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC))
    found = documents(freeze("list", "--zones", "UTC,UTC", *RANGE, "--json"))
    (expected,) = zone_windows(FLEET.workloads, ["UTC"], within)
    assert isinstance(found, list)
    assert [each["reasons"] for each in found] == [list(expected.reasons)]


@pytest.mark.parametrize("output", [(), ("--json",)])
def test_a_check_loads_only_what_it_needs(output: tuple[str, ...]) -> None:
    """Each of these takes a good part of the time that a pipeline waits for the answer."""
    heavy = {"pulumi", "rich", "boto3", "httpx", "stacks.environment", "holidays", "hijridate", "astral", "numpy"}
    arguments = ["freeze", "check", "--region", "us-east-1", "--at", "2026-11-28T10:00Z", *output]
    program = (
        "import sys; from delivery.cli import app\n"
        f"try: app({arguments!r})\n"
        f"finally: print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (BLOCKED, "[]\n")
