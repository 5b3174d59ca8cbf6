"""GitHub's comments of pull requests, on loopback."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token"
_REPOSITORY = "/repos/wedsync/platform"


class GitHub:
    """What it has, and what it was asked. `refuses`: by HTTP method, the status that it answers with."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self.refuses: dict[str, int] = {}
        self.page = 100
        self.next_host: str | None = None
        self.address = ""

    def say(self, body: str, login: str = "github-actions[bot]") -> dict[str, Any]:
        """Somebody comments."""
        number = len(self.comments) + 1
        made = {"id": number, "body": body, "user": {"login": login}, "html_url": f"https://github.test/{number}"}
        self.comments.append(made)
        return made


@contextmanager
def github() -> Generator[GitHub]:
    """One that serves while this lasts."""
    state = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            found = state.comments[(page - 1) * state.page : page * state.page]
            host = state.next_host or state.address
            more = page * state.page < len(state.comments)
            link = f'<{host}{_REPOSITORY}/issues/7/comments?page={page + 1}>; rel="next"' if more else ""
            self._answer(200, found, rf"{_REPOSITORY}/issues/7/comments", link)

        def do_POST(self) -> None:
            self._answer(201, lambda body: state.say(body), rf"{_REPOSITORY}/issues/7/comments")

        def do_PATCH(self) -> None:
            def change(body: str) -> dict[str, Any]:
                made = next(each for each in state.comments if self.path.endswith(f"/{each['id']}"))
                made["body"] = body
                return made

            self._answer(200, change, rf"{_REPOSITORY}/issues/comments/\d+")

        def _answer(self, status: int, answer: Any, path: str, link: str = "") -> None:
            state.requests.append((self.command, self.path))
            assert re.fullmatch(path, urlsplit(self.path).path), self.path
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            refused = state.refuses.get(self.command)
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                refused = 401
            if refused:
                status, answer = refused, {"message": "Resource not accessible by integration"}
            elif callable(answer):
                answer = answer(json.loads(body)["body"])
            written = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(written)))
            if link:
                self.send_header("Link", link)
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
