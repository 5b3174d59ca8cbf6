"""`make up` from end to end: tools, cloud, recovery of what was cut off, stacks in order, credentials."""

from __future__ import annotations

import shutil
import sys
from typing import NamedTuple

from devcloud.around_up import after_up, before_up
from devcloud.cloud import Binaries, Cloud, Endpoints
from devcloud.engine import Engine
from devcloud.locks import LockedError, hold
from devcloud.processes import StartError
from devcloud.state import CHECKOUT, DEFAULT, State
from devcloud.toolchain import (
    CONTROL_PLANE_TOOLS,
    ConsoleProgress,
    PulumiCli,
    Tool,
    definition_files,
    ensure,
    find_checkov,
    postgres_bin,
    pulumi_cli,
    redis_server,
)
from devcloud.updates import Report, update, update_side_by_side
from regions.fleet import Fleet
from regions.load import load_fleet
from stacks.environment import Environment, SettingsError, check_regions, load_environment

ENVIRONMENT = "local"
PROJECT_FILE = CHECKOUT / "Pulumi.yaml"
_ALL = "all"


class Plan(NamedTuple):
    """What `make up` is to bring up: the environment, and its regions in the order of their stacks."""

    environment: Environment
    fleet: Fleet
    regions: tuple[str, ...]


def plan(regions: str) -> Plan:
    """Check every input before anything is started.

    Args:
        regions: "all", region names separated by commas, or "" for the region that bootstraps the worldwide database.
    Raises:
        FleetError, SettingsError: a file, or `regions`, is wrong.
    """
    fleet, environment = load_fleet(), load_environment(ENVIRONMENT)
    check_regions(environment, fleet)
    known = [name for name in fleet.regions if name in environment.regions]
    wanted = [name.strip() for name in regions.split(",") if name.strip()] or known[:1]
    if wanted == [_ALL]:
        wanted = known
    if wrong := [name for name in wanted if name not in known]:
        raise SettingsError(f"REGIONS={regions}: {', '.join(wrong)} unknown. Allowed: {_ALL}, {', '.join(known)}.")
    # Secondaries join what their group's bootstrap writer made; the fleet's order puts it first.
    writers = {fleet.bootstrap_writer(fleet.region(name).replication.group).name for name in wanted}
    return Plan(environment, fleet, tuple(name for name in known if name in {*wanted, *writers}))


def tools() -> dict[str, str]:
    """Every tool's place, finding or building it.

    Raises:
        ToolchainError: one can be neither found nor built.
    """
    progress = ConsoleProgress(sys.stderr)
    daemon = binaries()
    found = {tool.value: str(path) for tool, path in daemon.control_plane.items()}
    cli = pulumi_cli(project_file=PROJECT_FILE, progress=progress)
    # Only tests run these: `make up` does not wait for them.
    scanners = {
        **{tool.value: str(path) for tool, path in ensure([Tool.KUBE_SCORE, Tool.ACTIONLINT], progress).items()},
        "checkov": str(find_checkov(progress).directory),
    }
    return {
        "pulumi": str(cli.path),
        **found,
        "postgres": str(daemon.postgres),
        "redis": str(daemon.redis),
        **scanners,
    }


def engine(state: State, endpoints: Endpoints) -> Engine:
    """The Pulumi CLI, ready to run against a running embedded cloud."""
    return _engine(pulumi_cli(project_file=PROJECT_FILE, progress=ConsoleProgress(sys.stderr)), state, endpoints)


def bring_up(state: State, plan: Plan, report: Report) -> Engine:
    """Start the cloud and run `pulumi up` for the environment's stack and one stack per region.

    Raises:
        StartError, EngineError, ToolchainError: with what to do.
    """
    cli = pulumi_cli(project_file=PROJECT_FILE, progress=ConsoleProgress(sys.stderr))
    endpoints = Cloud(state, report).start(plan.regions, binaries)
    made = _engine(cli, state, endpoints)
    before_up(made, plan.environment, plan.fleet, report)
    made.init(ENVIRONMENT, *(stack_of(region) for region in plan.regions))
    update(made, ENVIRONMENT, report)
    # Secondaries wait for the writers: created side by side, whoever comes first would become the writer.
    writers = [name for name in plan.regions if plan.fleet.region(name).replication.bootstrap_writer]
    for region in writers:
        update(made, stack_of(region), report)
        after_up(made, plan.environment, plan.fleet, region, report)
    others = {stack_of(name): name for name in plan.regions if name not in writers}

    def finish(stack: str) -> None:
        after_up(made, plan.environment, plan.fleet, others[stack], report)

    update_side_by_side(made, list(others), finish, report)
    return made


def stack_of(region: str) -> str:
    """The name of a region's stack."""
    return f"{ENVIRONMENT}-{region}"


def remove(state: State, report: Report) -> None:
    """Stop the cloud and remove its state directory.

    Raises:
        StartError: it does not stop, or another command works on it.
    """
    if not state.root.exists():
        report(f"nothing to remove: {state.root} does not exist")
        return
    check_ours(state)
    try:
        with hold(state.command_lock):
            Cloud(state, report).stop()
            shutil.rmtree(state.root)
            if state.root == DEFAULT:
                _remove_stack_files()
    except LockedError as error:
        raise StartError(f"another command works on {state.root} (process {error.pid}): wait for it") from error
    report(f"removed {state.root}; the built tools stay in the cache, outside of the checkout")


def _remove_stack_files() -> None:
    """The files that `pulumi stack init` wrote into the checkout for region stacks (git ignores them)."""
    for file in CHECKOUT.glob(f"Pulumi.{ENVIRONMENT}-*.yaml"):
        file.unlink()


def check_ours(state: State) -> None:
    """Leave a directory alone that holds anything else: `destroy` would take it along.

    Raises:
        StartError: it is not empty and not the state of an embedded cloud.
    """
    root = state.root
    ours = not root.exists() or state.command_lock.exists() or state.lock.exists()
    if not ours and (not root.is_dir() or any(root.iterdir())):
        raise StartError(
            f"{root} is not the state of an embedded cloud: leaving it alone. Name another directory: STATE=DIR"
        )


def binaries() -> Binaries:
    """What the daemon runs, found or built.

    Raises:
        ToolchainError: a tool can be neither found nor built.
    """
    progress = ConsoleProgress(sys.stderr)
    return Binaries(
        ensure(CONTROL_PLANE_TOOLS, progress),
        postgres_bin(progress),
        redis_server(progress),
        definition_files(progress),
    )


def _engine(cli: PulumiCli, state: State, endpoints: Endpoints) -> Engine:
    made = Engine(cli.path, state, endpoints.aws)
    made.prepare(with_language_host=not cli.has_language_host)
    return made
