"""`wedops review` from edit to comment, with previews that were recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from typer.testing import CliRunner

from delivery.cli import app
from delivery.review.command import review_in
from delivery.review.comment import marker
from tests.delivery.review.fake_pulumi import calls
from tests.delivery.review.github_server import TOKEN, GitHub
from tests.delivery.review.reviews import SATURDAY, WEDNESDAY
from tests.guard.checkout import Checkout

REGIONS = ("us-east-1", "us-west-1", "eu-central-1", "asia-pacific-1")
EVERY = ("local", *(f"local-{region}" for region in REGIONS))
EAST, WEST = "local-us-east-1", "local-us-west-1"

Pulumi = Callable[..., Path]


class Ended(NamedTuple):
    """The command's exit code and what it printed."""

    code: int
    output: str
    errors: str


class Review:
    """`wedops review` in a checkout."""

    def __init__(self, checkout: Checkout, capture: pytest.CaptureFixture[str]) -> None:
        self.variables: dict[str, str] = {}
        self._checkout = checkout
        self._capture = capture

    def __call__(self, *, post: bool = False, json_output: bool = False, at: Any = WEDNESDAY) -> Ended:
        code = 0
        try:
            review_in(self._checkout.path, at, self.variables, "local", "trunk", post=post, json_output=json_output)
        except typer.Exit as end:
            code = end.exit_code
        output, errors = self._capture.readouterr()
        return Ended(code, output, errors)


@pytest.fixture
def review(checkout: Checkout, capfd: pytest.CaptureFixture[str]) -> Review:
    return Review(checkout, capfd)


@pytest.fixture
def posting(review: Review, hub: GitHub, tmp_path: Path) -> Review:
    """In a workflow of a pull request."""
    event = {"pull_request": {"number": 7, "head": {"repo": {"full_name": "wedsync/platform"}}}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    review.variables = {
        "GITHUB_API_URL": hub.address,
        "GITHUB_REPOSITORY": "wedsync/platform",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    return review


def edit(checkout: Checkout, region: str = "us-east-1", field: str = "max_acu: 64", value: str = "max_acu: 72") -> None:
    file = checkout.path / "regions" / f"{region}.yaml"
    text = file.read_text()
    assert field in text
    file.write_text(text.replace(field, value))
    checkout.commit()


def test_an_edit_of_one_region_is_previewed_there_alone(review: Review, checkout: Checkout, pulumi: Pulumi) -> None:
    directory = pulumi({EAST: {"stream": "same"}})
    edit(checkout)
    ended = review()
    assert ended.code == 0
    assert ended.output.startswith(f"{marker('local')}\n## local: nothing stops it")
    assert f"| {EAST} | 0 | 0 | 0 | 0 |" in ended.output
    assert "Not touched by this edit: local, local-asia-pacific-1, local-eu-central-1, local-us-west-1." in ended.output
    pack = checkout.path / "policies"
    assert calls(directory)[-1] == f"end preview --refresh --policy-pack {pack} {EAST}"
    assert f"{EAST}: looked at" in ended.errors


def test_checks_that_stop_it(review: Review, checkout: Checkout, pulumi: Pulumi) -> None:
    pulumi({EAST: {"stream": "domain"}})
    edit(checkout)
    ended = review()
    assert ended.code == 3
    assert "### ⚠️ 1 resource holds what would be LOST" in ended.output


def test_one_that_fails_is_told_and_the_others_go_on(review: Review, checkout: Checkout, pulumi: Pulumi) -> None:
    directory = pulumi({stack: {} for stack in EVERY} | {WEST: {"stream": "broken", "code": 1}})
    edit(checkout, field="pool_size: 100", value="pool_size: 101")
    ended = review()
    assert ended.code == 1
    assert "1 of 5 stacks could not be previewed" in ended.output
    assert f"| {WEST} | failed |" in ended.output
    assert "SyntaxError: from __future__" in ended.output
    assert all(f"| {stack} | 0 | 0 | 0 | 0 |" in ended.output for stack in EVERY if stack != WEST)
    assert _most_at_once(calls(directory)) <= 2


def _most_at_once(lines: list[str]) -> int:
    running, most = 0, 0
    for line in lines:
        if " preview" in line:
            running += 1 if line.startswith("begin") else -1
            most = max(most, running)
    assert running == 0
    return most


def test_a_crash_of_ours_is_told_like_any_failure(review: Review, checkout: Checkout, pulumi: Pulumi) -> None:
    pulumi({EAST: {"events": [{"resourcePreEvent": {}}]}, WEST: {}})
    edit(checkout)
    edit(checkout, "us-west-1", "replicas: ", "replicas:  1 #")
    ended = review()
    assert ended.code == 1
    assert f"wedops itself failed on {EAST}" in ended.output
    assert "KeyError: 'metadata'" in ended.output
    assert f"| {WEST} | 0 | 0 | 0 | 0 |" in ended.output


def test_a_stack_that_does_not_exist_yet(review: Review, checkout: Checkout, pulumi: Pulumi) -> None:
    pulumi({EAST: {"exists": False}})
    edit(checkout)
    ended = review()
    assert ended.code == 0
    assert f"| {EAST} | new |" in ended.output
    assert "pulumi stack init" in ended.output


def test_an_edit_that_touches_nothing_needs_no_pulumi(review: Review, checkout: Checkout) -> None:
    checkout.write("docs/why.md", "because\n")
    checkout.commit()
    ended = review()
    assert ended.code == 0
    assert "this edit touches no stack" in ended.output


def test_a_closed_window_stops_no_review(review: Review, checkout: Checkout, pulumi: Pulumi) -> None:
    file = checkout.path / "Pulumi.local.yaml"
    file.write_text(file.read_text().replace("freeze: false", "freeze: true"))
    checkout.commit()
    checkout.git("branch", "--force", "trunk")
    pulumi({EAST: {}})
    edit(checkout)
    ended = review(at=SATURDAY)
    assert ended.code == 0
    assert "**blocked until Sun 2026-11-29" in ended.output


def test_json(review: Review, checkout: Checkout, pulumi: Pulumi) -> None:
    pulumi({EAST: {"stream": "domain"}})
    edit(checkout)
    ended = review(json_output=True)
    document = json.loads(ended.output)
    assert ended.code == 3
    assert (document["environment"], document["base"]) == ("local", "trunk")
    (stack,) = document["stacks"]
    assert (stack["stack"], stack["result"], stack["new"]) == (EAST, "refused", False)
    assert stack["window"]["at"] == "2026-11-25T12:00:00Z"
    assert stack["preview"]["counts"]["replace"] == 6
    assert document["comment"].startswith(marker("local"))


def test_it_is_posted_and_updated(posting: Review, checkout: Checkout, pulumi: Pulumi, hub: GitHub) -> None:
    pulumi({EAST: {}})
    edit(checkout)
    assert posting(post=True).code == 0
    (first,) = [each["body"] for each in hub.comments]
    edit(checkout, value="max_acu: 80", field="max_acu: 72")
    ended = posting(post=True)
    assert "https://github.test/1" in ended.errors
    assert [each["body"] for each in hub.comments] == [first]
    assert [method for method, _ in hub.requests] == ["GET", "POST", "GET", "PATCH"]


def test_nothing_is_posted_on_an_edit_that_touches_nothing(posting: Review, checkout: Checkout, hub: GitHub) -> None:
    checkout.write("docs/why.md", "because\n")
    checkout.commit()
    assert posting(post=True).code == 0
    assert hub.comments == []


def test_files_that_are_wrong_take_the_place_of_an_earlier_comment(
    posting: Review, checkout: Checkout, pulumi: Pulumi, hub: GitHub
) -> None:
    pulumi({EAST: {}})
    edit(checkout)
    assert posting(post=True).code == 0
    edit(checkout, field="max_acu: 72", value="max_acu: 1")
    ended = posting(post=True)
    assert ended.code == 2
    (body,) = [each["body"] for each in hub.comments]
    assert body.startswith(f"{marker('local')}\n## local: nothing could be previewed\n\n```text\n")
    assert "regions/us-east-1.yaml: database" in body
    assert "regions/us-east-1.yaml: database" in ended.errors


def test_where_github_forbids_it_the_summary_has_it(
    posting: Review, checkout: Checkout, pulumi: Pulumi, hub: GitHub
) -> None:
    hub.refuses["POST"] = 403
    pulumi({EAST: {}})
    edit(checkout)
    ended = posting(post=True)
    assert ended.code == 0
    assert "answered 403" in ended.errors
    assert "in the run's summary instead" in ended.errors
    assert Path(posting.variables["GITHUB_STEP_SUMMARY"]).read_text().startswith(marker("local"))


def test_where_github_fails_the_summary_has_it_and_the_command_fails(
    posting: Review, checkout: Checkout, pulumi: Pulumi, hub: GitHub
) -> None:
    hub.refuses["GET"] = 500
    pulumi({EAST: {}})
    edit(checkout)
    ended = posting(post=True)
    assert ended.code == 1
    assert "answered 500" in ended.errors
    assert Path(posting.variables["GITHUB_STEP_SUMMARY"]).read_text().startswith(marker("local"))


def test_a_fork_is_told_and_nothing_is_previewed(
    posting: Review, checkout: Checkout, pulumi: Pulumi, hub: GitHub
) -> None:
    directory = pulumi({EAST: {}})
    edit(checkout)
    event = {"pull_request": {"number": 7, "head": {"repo": {"full_name": "mary/platform"}}}}
    Path(posting.variables["GITHUB_EVENT_PATH"]).write_text(json.dumps(event))
    ended = posting(post=True)
    assert ended.code == 0
    assert "comes from a fork" in ended.errors
    assert "comes from a fork" in Path(posting.variables["GITHUB_STEP_SUMMARY"]).read_text()
    assert hub.requests == []
    assert not (directory / "calls.log").exists()


def test_bad_input() -> None:
    run = CliRunner().invoke
    unknown = run(app, ["review", "--environment", "production", "--base", "HEAD"])
    assert unknown.exit_code == 2
    assert "Pulumi.production.yaml: no such environment" in unknown.stderr
    base = run(app, ["review", "--environment", "local", "--base", "no-such-branch"])
    assert base.exit_code == 2
    assert "--base no-such-branch: git cannot compare" in base.stderr
    outside = run(app, ["review", "--environment", "local", "--base", "HEAD", "--post"], env={"GITHUB_TOKEN": ""})
    assert outside.exit_code == 2
    assert "--post: " in outside.stderr
