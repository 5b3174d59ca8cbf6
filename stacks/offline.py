"""What the stacks of an environment are made of, as their own programs say it, without asking any cloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from regions.load import PACKAGE_DIRECTORY
from stacks.program import register
from stacks.recording import Exports, Registered, Run, run_under_mocks

_AWS_PROVIDER = "pulumi:providers:aws"


def run_stack(stack: str, exports: Exports, project: Path = PACKAGE_DIRECTORY.parent) -> Run:
    """Run the program of one stack.

    Args:
        stack: `<environment>` or `<environment>-<region>`.
        exports: what the environment's global stack exports, by its name; none are needed for that one itself.
        project: the directory with `regions/*.yaml` and `Pulumi.<environment>.yaml`.
    Raises:
        pulumi.RunError: the settings, the region files or the stack's name are wrong.
    """
    return run_under_mocks(lambda: register(stack, project), stack, exports)


def run_stacks(environment: str, regions: Iterable[str], project: Path = PACKAGE_DIRECTORY.parent) -> Mapping[str, Run]:
    """Run an environment's global stack, whose exports the others read, and then the stacks of these regions.

    Returns:
        What each has registered, by the stack's name; the global stack is first.
    Raises:
        pulumi.RunError: the settings, the region files or a region's name are wrong.
    """
    runs = {environment: run_stack(environment, {}, project)}
    exports = {environment: runs[environment].exports}
    for region in regions:
        stack = f"{environment}-{region}"
        runs[stack] = run_stack(stack, exports, project)
    return runs


def aws_regions(registered: Iterable[Registered]) -> Mapping[str, str | None]:
    """Return the AWS region of each resource by its URN: that of its provider; None where it has no AWS provider."""
    made = list(registered)
    providers: dict[str, str | None] = {
        each.urn: each.inputs.get("region") for each in made if each.type == _AWS_PROVIDER
    }
    # A reference is the provider's URN, "::" and its id.
    return {each.urn: providers.get(each.provider.rpartition("::")[0]) for each in made}
