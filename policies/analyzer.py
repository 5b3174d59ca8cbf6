"""The policy pack as the engine asks it (proto/pulumi/analyzer.proto).

Not by `pulumi_policy.PolicyPack`: that keeps from its rules whether it is a preview, hands stack rules outputs instead
of inputs, forgets what is secret, reads every resource anew for each rule, and lets `--policy-pack-config` switch rules
off.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from policies.context import PROJECT, Context, context_of
from policies.pack import Pack, Violation
from policies.rule import Level, Rule, StackRule
from policies.subject import Subject
from policies.wire import subject_of
from regions.problems import FleetError
from stacks.environment import SettingsError

NAME, VERSION = "wedsync", "1.0.0"
_MANDATORY, _ADVISORY = analyzer_pb2.MANDATORY, analyzer_pb2.ADVISORY
# The engine's own limit (sdk/go/common/util/rpcutil): a whole stack does not fit into gRPC's 4 MB.
_CHANNEL_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024), ("grpc.so_reuseport", 0)]
_WORKERS = 4
_ORPHAN_CHECK_SECONDS = 0.5


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """The servicer of one preview or update. `clock`: what time it is, in an aware datetime."""

    def __init__(self, pack: Pack, clock: Callable[[], datetime], project: Path = PROJECT) -> None:
        self._pack, self._clock, self._project = pack, clock, project
        self._context: Context | None = None
        self._seen: dict[str, Subject] = {}

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002 - gRPC's names and signature
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        # Without `supportsConfig`: no option of the command line makes a rule weaker or turns it off.
        return analyzer_pb2.AnalyzerInfo(name=NAME, version=VERSION, policies=map(_info, self._pack.rules))

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return empty_pb2.Empty()

    def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802
        try:
            self._context = context_of(request.stack, self._clock(), dry_run=request.dry_run, project=self._project)
        except (SettingsError, FleetError) as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        # The program runs for seconds before it has registered everything.
        threading.Thread(target=self._pack.prepare, args=(self._context,), daemon=True).start()
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802
        subject = subject_of(request)
        self._seen[subject.urn] = subject
        return _response(self._pack.resource(subject, self._known(context)))

    def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802
        # It brings outputs. Rules are about inputs, which `Analyze` brought, but for what a --target left out.
        subjects = [self._seen.get(each.urn) or subject_of(each) for each in request.resources]
        return _response(self._pack.stack(subjects, self._known(context)))

    def Remediate(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return analyzer_pb2.RemediateResponse()

    def _known(self, context: Any) -> Context:
        if self._context is None:
            # As of `pulumi policy` commands on a state, which name no stack.
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "Which stack it is was not told: use preview or up.")
        return self._context  # pyright: ignore[reportReturnType] - abort raises


def _info(rule: Rule | StackRule) -> Any:
    of_stack = isinstance(rule, StackRule)
    return analyzer_pb2.PolicyInfo(
        name=rule.id,
        description=rule.why,
        enforcementLevel=_MANDATORY,
        policy_type=analyzer_pb2.POLICY_TYPE_STACK if of_stack else analyzer_pb2.POLICY_TYPE_RESOURCE,
        remediation_steps=rule.fix,
    )


def _response(violations: Iterable[Violation]) -> Any:
    return analyzer_pb2.AnalyzeResponse(diagnostics=map(_diagnostic, violations))


def _diagnostic(violation: Violation) -> Any:
    levels: dict[Level, Any] = {"mandatory": _MANDATORY, "advisory": _ADVISORY}
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=violation.rule.id,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=violation.rule.why,
        message=f"{violation.sentence}\n{violation.rule.fix}",
        enforcementLevel=levels[violation.level],
        urn=violation.urn,
    )


def serve(pack: Pack, clock: Callable[[], datetime], project: Path = PROJECT) -> None:
    """Print a port and serve the engine on it until a signal, or until the process that started this one is gone."""
    host, stopped = os.getppid(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    server = grpc.server(ThreadPoolExecutor(_WORKERS), options=_CHANNEL_OPTIONS)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(pack, clock, project), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # A host that was killed ends nobody: without this check its pack would stay for ever.
    while os.getppid() == host and not stopped.wait(_ORPHAN_CHECK_SECONDS):
        pass
    server.stop(grace=None)
