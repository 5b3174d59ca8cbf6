"""`make up` from end to end: tools, cloud, recovery of what was cut off, stacks in order, credentials."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import Any, NamedTuple

import boto3
import botocore.session
from botocore.config import Config

from delivery.master_password import ensure_master_password
from devcloud import overview
from devcloud.cloud import Binaries, Cloud, Endpoints
from devcloud.engine import Engine
from devcloud.locks import LockedError, hold
from devcloud.processes import StartError
from devcloud.state import CHECKOUT, DEFAULT, State
from devcloud.toolchain import CONTROL_PLANE_TOOLS, ConsoleProgress, PulumiCli, ensure, postgres_bin, pulumi_cli
from devcloud.updates import Report, update, update_side_by_side
from regions.fleet import Fleet
from regions.load import load_fleet
from stacks.environment import Environment, SettingsError, check_regions, load_environment

ENVIRONMENT = "local"
PROJECT_FILE = CHECKOUT / "Pulumi.yaml"
_ALL = "all"
_FLOOR_SECONDS = 60


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
    binaries = _binaries()
    found = {tool.value: str(path) for tool, path in binaries.control_plane.items()}
    cli = pulumi_cli(project_file=PROJECT_FILE, progress=progress)
    return {"pulumi": str(cli.path), **found, "postgres": str(binaries.postgres)}


def engine(state: State, endpoints: Endpoints) -> Engine:
    """The Pulumi CLI, ready to run against a running embedded cloud."""
    return _engine(pulumi_cli(project_file=PROJECT_FILE, progress=ConsoleProgress(sys.stderr)), state, endpoints)


def bring_up(state: State, plan: Plan, report: Report) -> Engine:
    """Start the cloud and run `pulumi up` for the environment's stack and one stack per region.

    Raises:
        StartError, EngineError, ToolchainError: with what to do.
    """
    cli = pulumi_cli(project_file=PROJECT_FILE, progress=ConsoleProgress(sys.stderr))
    endpoints = Cloud(state, report).start(plan.regions, _binaries)
    made = _engine(cli, state, endpoints)
    made.init(ENVIRONMENT, *(stack_of(region) for region in plan.regions))
    update(made, ENVIRONMENT, report)
    # Secondaries wait for the writers: created side by side, whoever comes first would become the writer.
    writers = [name for name in plan.regions if plan.fleet.region(name).replication.bootstrap_writer]
    for region in writers:
        update(made, stack_of(region), report)
        _finish(made, plan, region, report)
    others = {stack_of(name): name for name in plan.regions if name not in writers}
    update_side_by_side(made, list(others), lambda stack: _finish(made, plan, others[stack], report), report)
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


def _binaries() -> Binaries:
    progress = ConsoleProgress(sys.stderr)
    return Binaries(ensure(CONTROL_PLANE_TOOLS, progress), postgres_bin(progress))


def _engine(cli: PulumiCli, state: State, endpoints: Endpoints) -> Engine:
    made = Engine(cli.path, state, endpoints.aws)
    made.prepare(with_language_host=not cli.has_language_host)
    return made


def _finish(engine: Engine, plan: Plan, region: str, report: Report) -> None:
    """What an updated region stack still needs: credentials that no program may know, and pods."""
    stack = stack_of(region)
    if plan.fleet.region(region).replication.bootstrap_writer:
        _ensure_master_password(engine, stack, plan.fleet.region(region).aws_region, report)
    _await_floor(engine, stack, report)


def _ensure_master_password(engine: Engine, stack: str, aws_region: str, report: Report) -> None:
    cluster = engine.outputs(stack)["database_cluster"]
    rds, secrets = (_client(service, engine, aws_region) for service in ("rds", "secretsmanager"))
    if ensure_master_password(rds, secrets, cluster):
        report(f"{cluster}: master password set; it is in Secrets Manager and in no state file")


def _client(service: str, engine: Engine, aws_region: str) -> Any:
    """A boto3 client of the embedded cloud that reads nothing of the developer's own settings."""
    own = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    own.set_config_variable("config_file", os.devnull)
    own.set_config_variable("credentials_file", os.devnull)
    session: Any = boto3.Session("local", "local", region_name=aws_region, botocore_session=own)
    return session.client(service, endpoint_url=engine.aws_endpoint, config=Config(proxies={}))


def _await_floor(engine: Engine, stack: str, report: Report) -> None:
    """A new Deployment starts with one replica: the autoscaler takes it to its floor a few seconds later."""
    deadline = time.monotonic() + _FLOOR_SECONDS
    while not overview.replicas_at_floor(engine, stack):
        if time.monotonic() > deadline:
            report(
                f"{stack}: the autoscaler has not reached its floor after {_FLOOR_SECONDS} s; see kubectl describe hpa"
            )
            return
        time.sleep(0.5)
