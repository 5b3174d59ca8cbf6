"""Finds or builds the tools of the embedded cloud: pinned, verified, cached outside the checkout."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from devcloud.toolchain.build import entry_of
from devcloud.toolchain.checkov import Checkov, find_checkov
from devcloud.toolchain.definitions import definition_files
from devcloud.toolchain.errors import ToolchainError
from devcloud.toolchain.postgresql import postgres_bin
from devcloud.toolchain.progress import ConsoleProgress, Progress
from devcloud.toolchain.pulumi import PulumiCli, pulumi_cli
from devcloud.toolchain.redis import redis_server
from devcloud.toolchain.tools import Tool, module_of

CONTROL_PLANE_TOOLS = tuple(tool for tool in Tool if tool not in (Tool.PULUMI, Tool.KUBE_SCORE, Tool.ACTIONLINT))

__all__ = [
    "CONTROL_PLANE_TOOLS",
    "Checkov",
    "ConsoleProgress",
    "Progress",
    "PulumiCli",
    "Tool",
    "ToolchainError",
    "definition_files",
    "ensure",
    "find_checkov",
    "postgres_bin",
    "pulumi_cli",
    "redis_server",
]


def ensure(tools: Iterable[Tool], progress: Progress) -> dict[Tool, Path]:
    """The pinned executables of `tools`, built now where the cache does not have them.

    Raises:
        ToolchainError: one cannot be built; the message says what to do.
    """
    wanted = list(tools)
    # One module after the other, each checked once, however many tools it has.
    directories = {
        module.name: entry_of(module, progress).ensure(progress)
        for module in {tool_module.name: tool_module for tool_module in map(module_of, wanted)}.values()
    }
    return {tool: directories[module_of(tool).name] / tool for tool in wanted}
