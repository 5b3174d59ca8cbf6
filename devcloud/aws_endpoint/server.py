"""The HTTP endpoint: every AWS request passes here, is answered by moto, saved, and followed by the databases."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any, Protocol
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from devcloud.aws_endpoint import undo
from devcloud.aws_endpoint.persistence import BackendStore
from devcloud.processes import LOOPBACK, StartError

_READS = ("Describe", "List", "Get", "BatchGet", "Query", "Scan", "Head", "Lookup", "Search")
# Reads by name that make something in moto: KMS makes AWS's own keys when they are first asked for.
_WRITING_READS = {"kms"}
_WATCH_SECONDS = 1.0
Environ = dict[str, Any]


class Servers(Protocol):
    """The processes behind a service; what is desired of them is the service's own matter."""

    def reconcile(self, desired: Any) -> dict[str, str]: ...
    def dead(self) -> list[str]: ...
    def stop(self) -> None: ...


@dataclass
class Followed:
    """A service with servers behind it.

    Attributes:
        engine: what the servers are, e.g. "PostgreSQL".
        desired: what should run, by the API objects: its `servers` have an `id`.
        failures: what failed the last time, a sentence by server.
        applied: what was asked of the servers the last time.
    """

    engine: str
    servers: Servers
    desired: Callable[[], Any]
    failures: dict[str, str] = field(default_factory=dict[str, str])
    applied: frozenset[Any] = frozenset()


class Endpoint:
    """A WSGI application around moto's.

    A change is on disk before it is answered; one of a service with servers is answered when they are as it says. One
    that they refuse is undone and answered with the reason. What cannot be undone (a delete, a failover) is answered as
    a success, as AWS does: the status of a server that does not follow is "failed", and the log has the reason.
    """

    def __init__(self, store: BackendStore, followed: Mapping[str, Followed]) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._store = store
        self._followed = followed
        # moto's objects; held for milliseconds, so that reads are answered while a database is being made.
        self._state = Lock()
        # One change of databases, or of what is undone with them, at a time.
        self._databases = Lock()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.get_data(cache=True, parse_form_data=False)
        return self._answer(request)(environ, start_response)

    def reconcile(self) -> None:
        """Bring the servers to what the API objects say; what fails now and had not failed before is logged."""
        for each in self._followed.values():
            self._reconcile(each)

    def restart_dead(self) -> None:
        """Start servers again whose process ended by itself."""
        with self._databases:
            for each in self._followed.values():
                if dead := each.servers.dead():
                    logging.warning("%s %s ended by itself and is started again", each.engine, ", ".join(dead))
                    self._reconcile(each)

    def stop(self) -> None:
        """Stop the servers, after the change that is under way."""
        with self._databases:
            for each in self._followed.values():
                each.servers.stop()

    def _reconcile(self, each: Followed) -> None:
        before = each.failures
        with self._state:
            desired = each.desired()
        each.failures = each.servers.reconcile(desired)
        each.applied = frozenset(desired.servers)
        for server in each.failures.keys() - before.keys():
            logging.error("%s", each.failures[server])

    def _answer(self, request: Request) -> Response:
        service, action = _service(request), _action(request)
        writes = service in _WRITING_READS or not _is_read(request, action)
        followed = self._followed.get(service) if writes else None
        with self._databases if writes and service in undo.SERVICES else nullcontext():
            with self._state:
                before = undo.Snapshot() if followed and undo.is_reversible(action) else None
                response = self._dispatch(request, action)
                if writes or self._store.has_new_backends():
                    self._store.save()
            if followed and response.status_code < 400:
                refusals = self._follow(followed)
                if refusals and before is not None:
                    self._undo(before, followed)
                    return _error(400, f"{followed.engine}Failed", f"{action} was undone. {' '.join(refusals)}")
        return response

    def _follow(self, each: Followed) -> list[str]:
        """Bring the servers to a change; what failed of those that it concerns, one sentence each."""
        before = each.applied
        self._reconcile(each)
        concerned = {spec.id for spec in each.applied - before}
        return [sentence for server, sentence in each.failures.items() if server in concerned]

    def _undo(self, before: undo.Snapshot, each: Followed) -> None:
        with self._state:
            before.restore()
            self._store.save()
        self._reconcile(each)

    def _dispatch(self, request: Request, action: str) -> Response:
        environ = request.environ | {"wsgi.input": io.BytesIO(request.get_data())}
        try:
            return Response.from_app(self._moto, environ, buffered=True)
        except NotImplementedError as error:
            return _error(501, "NotImplemented", f"{action}: {error}")


class HttpServer:
    """Serves an Endpoint on loopback, and looks after its databases, from threads of its own."""

    def __init__(self, endpoint: Endpoint, port: int) -> None:
        self._endpoint = endpoint
        try:
            self._server = make_server(LOOPBACK, port, endpoint, threaded=True, request_handler=MotoRequestHandler)
        except (OSError, SystemExit) as error:  # werkzeug exits on a taken port
            raise StartError(
                f"port {port} is taken by another process (`ss -ltnp 'sport = :{port}'` names it)"
            ) from error
        self._stopping = Event()
        self._threads = [
            Thread(target=self._server.serve_forever, name="http", daemon=True),
            Thread(target=self._watch, name="watch", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._endpoint.stop()

    def _watch(self) -> None:
        while not self._stopping.wait(_WATCH_SECONDS):
            self._endpoint.restart_dead()


def _service(request: Request) -> str:
    """The service that the request was signed for, e.g. "rds"; empty if it is unsigned."""
    scope = re.search(r"Credential=([^,\s]+)", request.headers.get("Authorization", ""))
    words = scope.group(1).split("/") if scope else []
    return words[-2].lower() if len(words) >= 5 else ""


def _action(request: Request) -> str:
    """The operation's name where the protocol carries one; empty for REST services."""
    target = request.headers.get("X-Amz-Target")
    if target:
        return target.rpartition(".")[2]
    if "Action" in request.args:
        return request.args["Action"]
    if (request.content_type or "").startswith("application/x-www-form-urlencoded"):
        return parse_qs(request.get_data(as_text=True)).get("Action", [""])[0]
    return ""


def _is_read(request: Request, action: str) -> bool:
    return action.startswith(_READS) if action else request.method in ("GET", "HEAD", "OPTIONS")


def _error(status: int, code: str, message: str) -> Response:
    """An error in the form that the query protocol's clients (RDS, EC2, IAM, ElastiCache) parse."""
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        "<RequestId>local</RequestId></ErrorResponse>"
    )
    return Response(body, status=status, content_type="text/xml")
