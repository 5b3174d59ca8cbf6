"""A policy pack is run through the host too: a violation on the real engine stops a preview."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.devcloud.language_host.conftest import Tiny

pytestmark = pytest.mark.cluster

# What the policy SDK's PolicyPack does, in short: a gRPC server whose port is the first line of the output.
_PACK = """
    import os
    import sys
    from concurrent.futures import ThreadPoolExecutor

    import grpc
    from google.protobuf import empty_pb2
    from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

    POLICY = dict(name="no-parts", description="no parts", enforcementLevel=analyzer_pb2.MANDATORY)


    class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
        def Handshake(self, request, context):
            return analyzer_pb2.AnalyzerHandshakeResponse()

        def ConfigureStack(self, request, context):
            return analyzer_pb2.AnalyzerStackConfigureResponse()

        def GetAnalyzerInfo(self, request, context):
            return analyzer_pb2.AnalyzerInfo(name="pack", version="1.0.0", policies=[analyzer_pb2.PolicyInfo(**POLICY)])

        def GetPluginInfo(self, request, context):
            return plugin_pb2.PluginInfo(version="1.0.0")

        def Configure(self, request, context):
            return empty_pb2.Empty()

        def Remediate(self, request, context):
            return analyzer_pb2.RemediateResponse()

        def AnalyzeStack(self, request, context):
            return analyzer_pb2.AnalyzeResponse()

        def Analyze(self, request, context):
            if request.type != "tiny:index:Part":
                return analyzer_pb2.AnalyzeResponse()
            found = dict(policyName="no-parts", policyPackName="pack", policyPackVersion="1.0.0", urn=request.urn)
            message = "parts are forbidden on Saturdays"
            diagnostic = analyzer_pb2.AnalyzeDiagnostic(
                message=message, enforcementLevel=analyzer_pb2.MANDATORY, **found
            )
            return analyzer_pb2.AnalyzeResponse(diagnostics=[diagnostic])


    server = grpc.server(ThreadPoolExecutor(4))
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.0.0\n")
    (tmp_path / "__main__.py").write_text(textwrap.dedent(_PACK))
    return tmp_path


def test_a_violation_stops_a_preview(tiny: Tiny, pack: Path) -> None:
    program = "import pulumi\npulumi.ComponentResource('tiny:index:Part', 'part')\n"
    preview = tiny.preview(program, "--policy-pack", str(pack))
    assert preview.code != 0
    assert "parts are forbidden on Saturdays" in preview.output
    assert "no-parts" in preview.output


def test_a_program_without_violation_passes(tiny: Tiny, pack: Path) -> None:
    preview = tiny.preview("print('nothing to forbid')\n", "--policy-pack", str(pack))
    assert preview.code == 0, preview.output
    assert "nothing to forbid" in preview.output


def test_a_pack_that_breaks_is_shown(tiny: Tiny, pack: Path) -> None:
    (pack / "__main__.py").write_text("raise RuntimeError('the pack is broken')\n")
    preview = tiny.preview("", "--policy-pack", str(pack))
    assert preview.code != 0
    assert "the pack is broken" in preview.output
