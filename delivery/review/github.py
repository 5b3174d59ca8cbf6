"""Puts the comment on the pull request: into the one that is there, or as a new one.

GitHub's REST API: https://docs.github.com/en/rest/issues/comments.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from delivery.review.pull_request import PullRequest

AUTHOR = "github-actions[bot]"
"""Whose the comments are that a workflow's token makes. No other's is touched, whatever it says."""

_SECONDS = 20.0
_FORBIDDEN = 403
_PAGES = 100  # of a hundred comments each


class PostError(Exception):
    """The comment could not be put there. `forbidden`: GitHub lets this token write none, as for a fork's."""

    def __init__(self, message: str, *, forbidden: bool = False) -> None:
        super().__init__(message)
        self.forbidden = forbidden


def post(body: str, marker: str, request: PullRequest, *, begins: bool) -> str | None:
    """Update our earlier comment in place, or make one; return its address, or None where there was nothing to do.

    Args:
        body: the comment; it begins with `marker`.
        marker: by which an earlier one is known.
        request: the pull request.
        begins: whether a comment is made where there is none yet.
    Raises:
        PostError: GitHub cannot be reached, or refuses.
    """
    headers = {
        "Authorization": f"Bearer {request.token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    base = f"{request.api}/repos/{request.repository}/issues"
    try:
        with httpx.Client(headers=headers, timeout=_SECONDS) as client:
            earlier = next(_ours(client, f"{base}/{request.number}/comments", marker), None)
            if earlier is not None:
                made = client.patch(f"{base}/comments/{earlier['id']}", json={"body": body})
            elif begins:
                made = client.post(f"{base}/{request.number}/comments", json={"body": body})
            else:
                return None
            return str(_checked(made)["html_url"])
    except httpx.HTTPError as error:
        raise PostError(f"GitHub cannot be asked: {error}") from error


def _ours(client: httpx.Client, url: str, marker: str) -> Iterator[dict[str, Any]]:
    """The workflow's own comments with the marker, the oldest first."""
    address: str | None = f"{url}?per_page=100"
    for _ in range(_PAGES):
        if address is None:
            return
        page = client.get(address)
        for comment in _checked(page):
            if (comment.get("user") or {}).get("login") == AUTHOR and (comment.get("body") or "").startswith(marker):
                yield comment
        address = _next(page, url)


def _next(page: httpx.Response, url: str) -> str | None:
    """The next page's address. The token goes to no other host."""
    link = page.links.get("next", {}).get("url")
    if link is None:
        return None
    address = urljoin(url, link)
    if urlsplit(address)[:2] != urlsplit(url)[:2]:
        raise PostError(f"GitHub's next page of comments is elsewhere: {urlsplit(address).netloc}")
    return address


def _checked(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    said = answer.reason_phrase
    with suppress(ValueError, KeyError, TypeError):
        said = answer.json()["message"]
    raise PostError(
        f"GitHub answered {answer.status_code} to {answer.request.method} {answer.request.url.path}: {said}",
        forbidden=answer.status_code == _FORBIDDEN,
    )
