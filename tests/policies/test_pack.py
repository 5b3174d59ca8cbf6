"""How rules are asked, and how the engine is answered."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

import policies.rules
from policies.analyzer import Analyzer
from policies.context import PROJECT, Context
from policies.pack import Pack, Violation
from policies.rule import Finding, Rule, StackRule
from policies.rules import RULES
from policies.subject import Subject

if TYPE_CHECKING:
    from tests.policies.conftest import Contexts

TABLE = Subject("aws:dynamodb/table:Table", "locks", "urn:locks", {"size": 3})
AT = datetime.fromisoformat("2026-11-25T12:00:00+00:00")
SATURDAY = datetime.fromisoformat("2026-11-28T12:00:00+00:00")
ROOT = "pulumi:pulumi:Stack"


class AbortedError(Exception):
    """What a call ends with."""


class Call:
    """A call's context of gRPC."""

    def abort(self, code: Any, details: str) -> None:
        raise AbortedError(f"{code.name}: {details}")


def _big(subject: Subject, _context: Context) -> Iterator[str | Finding]:
    if subject.get("size", 0) > 2:
        yield f"size is {subject.get('size')}."
        yield Finding("advisory", "It was smaller.")


BIG = Rule("stay-small", "Big things fall.", "Make it smaller.", _big)


def test_a_sentence_is_mandatory_and_a_finding_has_its_level(contexts: Contexts) -> None:
    assert list(Pack([BIG]).resource(TABLE, contexts())) == [
        Violation(BIG, "mandatory", "size is 3.", "urn:locks"),
        Violation(BIG, "advisory", "It was smaller.", "urn:locks"),
    ]


def test_a_rule_is_asked_about_its_types_alone(contexts: Contexts) -> None:
    asked: list[str] = []

    def check(subject: Subject, _context: Context) -> Iterator[str]:
        asked.append(subject.name)
        yield from ()

    bucket = Subject("aws:s3/bucket:Bucket", "logs", "urn:logs", {})
    pack = Pack([Rule("a", "", "", check, (TABLE.type,)), Rule("b", "", "", check)])
    for subject in (TABLE, bucket):
        assert not list(pack.resource(subject, contexts()))
    assert asked == ["locks", "locks", "logs"]


@pytest.mark.parametrize("kind", [Rule, StackRule])
def test_a_rule_that_fails_stops_the_change_and_tells_no_value(kind: Callable[..., Any], contexts: Contexts) -> None:
    def check(what: object, _context: Context) -> list[str]:
        raise RuntimeError(f"{what}")

    rule = kind("keep-it", "Why.", "Fix.", check)
    [found] = Pack([rule]).everything([TABLE], contexts())
    assert found.level == "mandatory"
    assert "RuntimeError" in found.sentence
    assert "policies/rules/keep_it.py" in found.sentence
    assert "size" not in found.sentence


def test_secrets_are_kept_out_of_what_is_told(contexts: Contexts) -> None:
    def each(subject: Subject, _context: Context) -> list[str]:
        return [f"password is {subject.get('password')!r}."]

    def together(subjects: Any, _context: Context) -> list[str]:
        return [f"passwords are {', '.join(subject.get('password') for subject in subjects)}."]

    hidden = Subject("t", "n", "urn:n", {"password": "hunter22"}, secrets=frozenset({"hunter22"}))
    pack = Pack([Rule("a", "", "", each), StackRule("b", "", "", together)])
    told = [found.sentence for found in pack.everything([hidden], contexts())]
    assert told == ["password is '(secret)'.", "passwords are (secret)."]


def test_what_can_be_prepared_is_before_resources_are_known(contexts: Contexts) -> None:
    """And one that cannot keeps no other from being."""
    prepared: list[Context] = []

    def fail(_context: Context) -> None:
        raise RuntimeError

    def nothing(_subjects: object, _context: Context) -> list[str]:
        return []

    rules = [StackRule(name, "", "", nothing, how) for name, how in (("a", fail), ("b", None), ("c", prepared.append))]
    Pack(rules).prepare(contexts())
    assert prepared == [contexts()]


def test_two_rules_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same id: stay-small, stay-small"):
        Pack([BIG, BIG])


def test_every_rule_has_a_module_of_its_name_and_is_listed() -> None:
    modules = {module.name for module in pkgutil.iter_modules(policies.rules.__path__)}
    assert modules == {rule.id.replace("-", "_") for rule in RULES}
    for rule in RULES:
        assert importlib.import_module(f"policies.rules.{rule.id.replace('-', '_')}").RULE is rule
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
        assert rule.why.endswith(".")
        assert rule.fix.endswith(".")


# How the engine is answered.


def _analyzer(*, dry_run: bool, rules: Any = RULES, at: datetime = AT, stack: str = "prod-us-east-1") -> Analyzer:
    made = Analyzer(Pack(rules), lambda: at)
    made.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack=stack, dry_run=dry_run), Call())
    return made


def _request(type_token: str, properties: dict[str, Any], urn: str = "urn:x") -> Any:
    request = analyzer_pb2.AnalyzeRequest(type=type_token, name="x", urn=urn)
    json_format.ParseDict(properties, request.properties)
    return request


def test_rules_prepare_as_soon_as_the_stack_is_known() -> None:
    prepared = SimpleQueue[Context]()
    _analyzer(dry_run=True, rules=[StackRule("a-b", "", "", lambda _subjects, _context: [], prepared.put)])
    assert prepared.get(timeout=30).stack == "prod-us-east-1"


def test_the_root_is_a_violation_in_an_update_and_a_warning_in_a_preview() -> None:
    levels = {True: analyzer_pb2.ADVISORY, False: analyzer_pb2.MANDATORY}
    for dry_run, level in levels.items():
        [found] = _analyzer(dry_run=dry_run, at=SATURDAY).Analyze(_request(ROOT, {}), Call()).diagnostics
        assert found.policyName == "block-saturday-deploys"
        assert found.enforcementLevel == level
        assert "prod-us-east-1 is blocked until Sun 2026-11-29" in found.message
    assert not _analyzer(dry_run=False).Analyze(_request(ROOT, {}), Call()).diagnostics


def test_no_configuration_switches_a_rule_off() -> None:
    analyzer = _analyzer(dry_run=False, at=SATURDAY)
    disabled = analyzer_pb2.PolicyConfig(enforcementLevel=analyzer_pb2.DISABLED)
    analyzer.Configure(
        analyzer_pb2.ConfigureAnalyzerRequest(policyConfig={"block-saturday-deploys": disabled, "all": disabled}),
        Call(),
    )
    [found] = analyzer.Analyze(_request(ROOT, {}), Call()).diagnostics
    assert found.enforcementLevel == analyzer_pb2.MANDATORY
    assert not analyzer.GetAnalyzerInfo(None, Call()).supportsConfig


def test_a_stack_rule_sees_the_inputs_and_not_the_outputs() -> None:
    seen: list[Any] = []

    def check(subjects: Any, _context: Context) -> list[str]:
        seen.extend(subject.props for subject in subjects)
        return ["Too many."]

    analyzer = _analyzer(dry_run=False, rules=[StackRule("a-b", "Why.", "Fix.", check)])
    analyzer.Analyze(_request("t", {"size": 1}, "urn:1"), Call())
    request = analyzer_pb2.AnalyzeStackRequest()
    for number in (1, 2):  # the second is one that a --target left out
        each = request.resources.add(type="t", name="x", urn=f"urn:{number}")
        json_format.ParseDict({"size": 9}, each.properties)
    [found] = analyzer.AnalyzeStack(request, Call()).diagnostics
    assert seen == [{"size": 1}, {"size": 9}]
    assert (found.policyName, found.message, found.urn) == ("a-b", "Too many.\nFix.", "")


@pytest.mark.parametrize(
    ("stack", "said"),
    [("qa", "no such environment. Known: local, prod, staging"), ("prod-mars", "'mars' is not a region")],
)
def test_a_wrong_stack_is_told_before_anything_is_registered(stack: str, said: str) -> None:
    with pytest.raises(AbortedError, match=f"FAILED_PRECONDITION: .*{re.escape(said)}"):
        _analyzer(dry_run=True, stack=stack)


def test_nothing_passes_before_the_stack_is_known() -> None:
    analyzer = Analyzer(Pack(RULES), lambda: AT, Path("unused"))
    with pytest.raises(AbortedError, match="Which stack it is"):
        analyzer.Analyze(_request(ROOT, {}), Call())


def test_the_engine_is_told_of_every_rule() -> None:
    info = _analyzer(dry_run=True).GetAnalyzerInfo(None, Call())
    assert [policy.name for policy in info.policies] == [rule.id for rule in RULES]
    assert {policy.enforcementLevel for policy in info.policies} == {analyzer_pb2.MANDATORY}


def test_the_pack_serves_until_it_is_asked_to_stop() -> None:
    """As a language host starts it: it prints its port first, and nothing else."""
    command = [sys.executable, "-u", str(PROJECT / "policies"), "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/") as process:
        assert process.stdout
        assert process.stderr
        try:
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                engine = analyzer_pb2_grpc.AnalyzerStub(channel)
                configured = analyzer_pb2.AnalyzerStackConfigureRequest(stack="qa", dry_run=True)
                with pytest.raises(grpc.RpcError, match=r"no such environment\. Known: local, prod, staging"):
                    engine.ConfigureStack(configured, timeout=30)
                configured.stack = "prod"
                engine.ConfigureStack(configured, timeout=30)
                asked = _request("wedsync:network:RegionalNetwork", {})
                assert not engine.Analyze(asked, timeout=30).diagnostics
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
        assert process.stdout.read() == ""


_HOST = """import subprocess, sys
pack = subprocess.Popen([sys.executable, sys.argv[1]], stdout=subprocess.PIPE, text=True)
print(int(pack.stdout.readline()))
"""


def test_the_pack_ends_with_the_host_that_started_it() -> None:
    """However that ends. Both have one standard error, which is at its end when the last of them is gone."""
    command = [sys.executable, "-c", _HOST, str(PROJECT / "policies")]
    host = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert int(host.stdout) > 0
