"""`wedops season forecast` from a server that speaks Prometheus' API, and from one that does not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from typer.testing import Result

from .forecasts import FAILED, HOUR, START, document, forecast, history, sentence, value, written


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass
class PrometheusStub:
    """Answers as a Prometheus server does, whose samples tell of the hour before; keeps what it was asked."""

    address: str = ""
    status: int = 200
    body: str = ""
    series: list[dict[datetime, str]] = field(default_factory=list[dict[datetime, str]])
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list[tuple[str, dict[str, str]]])

    def answer(self, url: str) -> str:
        parts = urlsplit(url)
        parameters = dict(parse_qsl(parts.query))
        self.asked.append((parts.path, parameters))
        if self.body:
            return self.body
        first, last, step = (int(parameters[name]) for name in ("start", "end", "step"))
        times = range(first, last + 1, step)
        result = [
            {
                "metric": {"pod": f"p{number}"},
                "values": [[at, values[hour]] for at in times if (hour := _time(at) - HOUR) in values],
            }
            for number, values in enumerate(self.series)
        ]
        return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})


@pytest.fixture
def prometheus() -> Iterator[PrometheusStub]:
    stub = PrometheusStub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = stub.answer(self.path).encode()
            self.send_response(stub.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        stub.address = f"http://127.0.0.1:{server.server_port}"
        yield stub
        server.shutdown()
        thread.join(timeout=10)


def _ask(prometheus: PrometheusStub, *arguments: str) -> Result:
    at = ("--at", "2026-04-10T00:20:00Z")
    return forecast("--prometheus", f"{prometheus.address}/", "--query", "sum(rate(x[1h]))", *at, *arguments)


def test_a_week_from_prometheus_is_the_same_as_from_a_file(prometheus: PrometheusStub, tmp_path: Path) -> None:
    known = history(8)
    prometheus.series = [{hour: str(value) for hour, value in known.items()}]
    answer = document(_ask(prometheus, "--json"))
    assert answer == document(forecast("--history", str(written(tmp_path / "h.csv", known)), "--json"))
    (asked,) = prometheus.asked
    assert asked == (
        "/api/v1/query_range",
        {
            "query": "sum(rate(x[1h]))",
            "start": str(int((START - (8 * 168 - 1) * HOUR).timestamp())),
            "end": str(int(START.timestamp())),
            "step": "3600",
        },
    )


def test_what_exists_of_the_eight_weeks_is_used(prometheus: PrometheusStub) -> None:
    values = {hour: str(value) for hour, value in history(3).items()}
    values[START - 5 * HOUR] = "NaN"
    prometheus.series = [values]
    hours = document(_ask(prometheus, "--json"))["hours"]
    assert [hour["value"] for hour in hours] == pytest.approx(
        [value(START + number * HOUR) for number in range(168)], rel=0.05
    )


def test_an_empty_answer_is_told(prometheus: PrometheusStub) -> None:
    says = sentence(_ask(prometheus))
    assert "--query sum(rate(x[1h])): has no value from 2026-02-13T00:00:00Z to 2026-04-10T00:00:00Z" in says


def test_several_series_are_told(prometheus: PrometheusStub) -> None:
    prometheus.series = [{START - HOUR: "1"}, {START - HOUR: "2"}]
    says = sentence(_ask(prometheus))
    assert "has 2 series ({'pod': 'p0'}; {'pod': 'p1'}); make one of them, such as sum(" in says


def test_values_below_zero_are_told(prometheus: PrometheusStub) -> None:
    prometheus.series = [{hour: str(-value) for hour, value in history(3).items()}]
    assert "--query sum(rate(x[1h])): has values below 0" in sentence(_ask(prometheus))


def test_a_query_that_is_refused_is_bad_input(prometheus: PrometheusStub) -> None:
    prometheus.status = 400
    prometheus.body = json.dumps({"status": "error", "errorType": "bad_data", "error": "unexpected end of input"})
    says = sentence(_ask(prometheus))
    assert says == "--query: Prometheus refused (bad_data): unexpected end of input. Correct the query."


def test_a_refusal_without_a_reason_is_told(prometheus: PrometheusStub) -> None:
    prometheus.status, prometheus.body = 400, '{"status": "error", "errorType": null}'
    says = sentence(_ask(prometheus))
    assert says == "--query: Prometheus refused (no type given): no reason given. Correct the query."


def test_a_server_that_is_busy_is_no_bad_input(prometheus: PrometheusStub) -> None:
    prometheus.status = 503
    prometheus.body = json.dumps({"status": "error", "errorType": "timeout", "error": "query timed out"})
    says = sentence(_ask(prometheus), FAILED)
    assert "Prometheus refused (timeout): query timed out. Try again, or ask for less." in says


@pytest.mark.parametrize("body", ["<html>nginx</html>", "[]", '{"data": {}}'])
def test_what_is_no_prometheus_is_told(prometheus: PrometheusStub, body: str) -> None:
    prometheus.status, prometheus.body = 404, body
    says = sentence(_ask(prometheus), FAILED)
    assert "answered 404 Not Found, and not as Prometheus does. Give the address under which" in says


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    says = sentence(forecast("--prometheus", "http://me:secret@127.0.0.1:9/", "--query", "up"), FAILED)
    assert says.startswith("http://127.0.0.1:9/api/v1/query_range: cannot be asked (")
    assert "secret" not in says


@pytest.mark.parametrize("data", ['{"result": []}', "null"])
def test_a_success_without_anything_is_told(prometheus: PrometheusStub, data: str) -> None:
    prometheus.body = f'{{"status": "success", "data": {data}}}'
    assert "has no value from" in sentence(_ask(prometheus))


@pytest.mark.parametrize(
    "data",
    [
        '"x"',
        "[]",
        '{"resultType": "scalar", "result": [1775779200, "5"]}',
        '{"result": [{"metric": {}, "values": [["soon", "5"]]}]}',
        '{"result": [{"metric": {}, "values": [[1775779200, "five"]]}]}',
        '{"result": [{"metric": {}, "values": [[1775779200]]}]}',
        '{"result": [{"metric": {}, "values": 5}]}',
    ],
)
def test_a_success_of_another_shape_is_told(prometheus: PrometheusStub, data: str) -> None:
    prometheus.body = f'{{"status": "success", "data": {data}}}'
    assert "answered 200 OK, and not as Prometheus does." in sentence(_ask(prometheus), FAILED)


@pytest.mark.parametrize("time", ["1e300", "NaN", "-5", "1775779200.5", "1775782800"])
def test_times_that_were_not_asked_for_are_told(prometheus: PrometheusStub, time: str) -> None:
    prometheus.body = f'{{"status": "success", "data": {{"result": [{{"values": [[{time}, "5"]]}}]}}}}'
    says = sentence(_ask(prometheus), FAILED)
    assert says == f"{prometheus.address}: answered for other times than those that were asked for."


def test_values_above_what_any_rate_is_are_told(prometheus: PrometheusStub) -> None:
    prometheus.series = [dict.fromkeys(history(3), "1e300")]
    assert "has values above 1e+15, as no rate is" in sentence(_ask(prometheus))


def test_infinite_values_are_left_out(prometheus: PrometheusStub) -> None:
    values = {hour: str(value) for hour, value in history(3).items()}
    values[START - 5 * HOUR], values[START - 6 * HOUR] = "+Inf", "-Inf"
    prometheus.series = [values]
    assert len(document(_ask(prometheus, "--json"))["hours"]) == 168


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "ftp://127.0.0.1", "x:y:z"])
def test_a_proxy_that_cannot_be_used_is_told(proxy: str) -> None:
    arguments = ("--prometheus", "http://prometheus.example:9", "--query", "up")
    result = forecast(*arguments, ALL_PROXY=proxy, NO_PROXY="")
    says = sentence(result, FAILED)
    assert says.startswith("http://prometheus.example:9/api/v1/query_range: cannot be asked (")
    assert "Is one of HTTP_PROXY, HTTPS_PROXY and ALL_PROXY set? Unset it, or name the host in NO_PROXY." in says


@pytest.mark.parametrize(
    "address",
    [
        "prometheus:9090",
        "ftp://host",
        "http://",
        "http://[::1",
        "http://a..b",
        "http://xn--/",
        "http://host:0",
        "http://host:65536",
        f"http://{'a' * 64}",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    says = sentence(forecast("--prometheus", address, "--query", "up"))
    assert says.startswith(f"--prometheus {address}: is no address")
    assert says.endswith("write http://host:9090.")


def test_what_is_no_address_is_told_without_its_password() -> None:
    says = sentence(forecast("--prometheus", "http://me:secret@host:99999", "--query", "up"))
    assert says == "--prometheus host:99999: is no address; write http://host:9090."
