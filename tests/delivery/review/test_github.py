"""One comment on a pull request, and never anybody else's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from delivery.review.comment import marker
from delivery.review.github import PostError, post
from delivery.review.pull_request import PullRequest, pull_request_of
from delivery.steps import InputError
from tests.delivery.review.github_server import TOKEN, GitHub, github

MARKER = marker("prod")
BODY = f"{MARKER}\n## prod: nothing stops it\n"


def _request(hub: GitHub, token: str = TOKEN) -> PullRequest:
    return PullRequest(hub.address, "wedsync/platform", 7, is_fork=False, token=token, summary=None)


def _post(hub: GitHub, body: str = BODY, *, begins: bool = True) -> str | None:
    return post(body, MARKER, _request(hub), begins=begins)


def test_the_first_is_made(hub: GitHub) -> None:
    hub.say("what a nice edit", "mary")
    assert _post(hub) == "https://github.test/2"
    assert [each["body"] for each in hub.comments] == ["what a nice edit", BODY]


def test_the_next_takes_its_place(hub: GitHub) -> None:
    _post(hub)
    assert _post(hub, f"{MARKER}\nnew") == "https://github.test/1"
    assert [each["body"] for each in hub.comments] == [f"{MARKER}\nnew"]
    assert [method for method, _ in hub.requests] == ["GET", "POST", "GET", "PATCH"]


def test_it_is_found_on_a_later_page(hub: GitHub) -> None:
    hub.page = 2
    for number in range(5):
        hub.say(f"comment {number}", "mary")
    _post(hub)
    _post(hub, f"{MARKER}\nnew")
    assert [each["body"] for each in hub.comments[5:]] == [f"{MARKER}\nnew"]


@pytest.mark.parametrize(
    ("body", "login"),
    [
        (BODY, "mary"),  # somebody who copied it
        (BODY, "other-app[bot]"),
        (f"I saw {MARKER}", "github-actions[bot]"),
        (marker("staging"), "github-actions[bot]"),
        (marker("production"), "github-actions[bot]"),
        ("", "github-actions[bot]"),
    ],
)
def test_no_other_comment_is_touched(hub: GitHub, body: str, login: str) -> None:
    hub.say(body, login)
    _post(hub)
    assert [each["body"] for each in hub.comments] == [body, BODY]


def test_comments_of_deleted_accounts_are_nobodys(hub: GitHub) -> None:
    hub.say(BODY)["user"] = None
    _post(hub)
    assert len(hub.comments) == 2


def test_nothing_is_begun_where_there_is_nothing_to_say(hub: GitHub) -> None:
    assert _post(hub, begins=False) is None
    assert hub.comments == []
    _post(hub)
    assert _post(hub, f"{MARKER}\nnothing any more", begins=False) == "https://github.test/1"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("status", "forbidden"), [(403, True), (404, False), (500, False), (422, False)])
def test_a_refusal(hub: GitHub, method: str, status: int, forbidden: bool) -> None:
    hub.refuses[method] = status
    with pytest.raises(
        PostError, match=rf"answered {status} to {method} .*/comments: Resource not accessible"
    ) as error:
        _post(hub)
    assert error.value.forbidden == forbidden
    assert TOKEN not in str(error.value)


def test_a_refused_update(hub: GitHub) -> None:
    hub.say(BODY)
    hub.refuses["PATCH"] = 403
    with pytest.raises(PostError, match="answered 403 to PATCH"):
        _post(hub)


def test_nobody_answers() -> None:
    closed = PullRequest("http://127.0.0.1:9", "wedsync/platform", 7, is_fork=False, token=TOKEN, summary=None)
    with pytest.raises(PostError, match="GitHub cannot be asked"):
        post(BODY, MARKER, closed, begins=True)


def test_the_token_goes_to_no_other_host(hub: GitHub) -> None:
    hub.page = 1
    hub.say("a", "mary")
    hub.say("b", "mary")
    with github() as other:
        hub.next_host = other.address
        with pytest.raises(PostError, match="next page of comments is elsewhere"):
            _post(hub)
        assert other.requests == []


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    event = tmp_path / "event.json"
    event.write_text(json.dumps(_event("wedsync/platform")))
    return {
        "GITHUB_REPOSITORY": "wedsync/platform",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }


def _event(origin: str | None) -> Mapping[str, Any]:
    return {"pull_request": {"number": 7, "head": {"repo": origin and {"full_name": origin}}}}


def test_a_workflows_pull_request(variables: Mapping[str, str], tmp_path: Path) -> None:
    expected = PullRequest(
        "https://api.github.com", "wedsync/platform", 7, is_fork=False, token=TOKEN, summary=tmp_path / "summary.md"
    )
    assert pull_request_of(variables) == expected
    assert TOKEN not in repr(expected)
    assert pull_request_of({**variables, "GITHUB_API_URL": "https://ghe.test/api/v3"}).api == "https://ghe.test/api/v3"


@pytest.mark.parametrize("origin", ["mary/platform", None])
def test_a_forks(variables: Mapping[str, str], origin: str | None) -> None:
    Path(variables["GITHUB_EVENT_PATH"]).write_text(json.dumps(_event(origin)))
    assert pull_request_of(variables).is_fork


def test_outside_of_a_workflow_all_that_is_missing_is_told() -> None:
    with pytest.raises(InputError, match=r"GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_TOKEN not set"):
        pull_request_of({})


@pytest.mark.parametrize("text", ["{}", "[]", '{"pull_request": null}', '{"pull_request": {"number": "7"}}'])
def test_an_event_of_no_pull_request(variables: Mapping[str, str], text: str) -> None:
    Path(variables["GITHUB_EVENT_PATH"]).write_text(text)
    with pytest.raises(InputError, match="not started by a pull request"):
        pull_request_of(variables)


@pytest.mark.parametrize("text", ["{", None])
def test_an_event_that_cannot_be_read(variables: Mapping[str, str], text: str | None) -> None:
    file = Path(variables["GITHUB_EVENT_PATH"])
    file.write_text(text) if text else file.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        pull_request_of(variables)
