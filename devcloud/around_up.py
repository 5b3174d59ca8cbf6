"""What `make up` does before and after the stacks, as `wedops` does it elsewhere: with the code of delivery."""

from __future__ import annotations

import json
import os
import time
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from delivery.aws import Clients
from delivery.bootstrap.certificates import utc_now
from delivery.bootstrap.command import steps
from delivery.connect import Connection
from delivery.kubeconfig import api_server
from delivery.steps import State as StepState
from delivery.steps import StepError, run
from devcloud import overview
from devcloud.engine import Engine
from devcloud.processes import StartError
from devcloud.updates import Report
from regions.fleet import Fleet
from stacks.environment import Environment

_FLOOR_SECONDS = 60


def before_up(engine: Engine, environment: Environment, fleet: Fleet, report: Report) -> None:
    """`wedops bootstrap`: what the stacks read has to be there.

    Raises:
        StartError: something is in its way.
    """
    on = fleet.restricted(environment.regions)
    try:
        outcomes = list(run(steps(environment, on, _clients(engine), utc_now()), dry_run=False))
    except StepError as error:
        raise StartError(str(error)) from error
    changed = sum(outcome.state is not StepState.UNCHANGED for outcome in outcomes)
    report(f"wedops bootstrap: {changed} of {len(outcomes)} made or changed")


def after_up(engine: Engine, environment: Environment, fleet: Fleet, region: str, report: Report) -> None:
    """`wedops connect`: credentials that no program may know. Then wait for the pods.

    Raises:
        StartError: something is in its way.
    """
    on = fleet.restricted(environment.regions)
    try:
        kubeconfig = json.loads(engine.state.kubeconfig.read_text())
        cluster = api_server(kubeconfig, str(environment.context_of(region)))
        for outcome in Connection(environment, on, on.region(region), _clients(engine), cluster).outcomes():
            if outcome.state is not StepState.UNCHANGED:
                report(f"{environment.name}-{region}: {outcome.state} {outcome.what}")
    except StepError as error:
        raise StartError(f"{region}: {error}") from error
    _await_floor(engine, f"{environment.name}-{region}", report)


def _clients(engine: Engine) -> Clients:
    """Clients of the embedded cloud that read nothing of the developer's own settings."""
    own = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    own.set_config_variable("config_file", os.devnull)
    own.set_config_variable("credentials_file", os.devnull)
    session: Any = boto3.Session("local", "local", botocore_session=own)

    @cache
    def client(service: str, aws_region: str) -> Any:
        return session.client(service, aws_region, endpoint_url=engine.aws_endpoint, config=Config(proxies={}))

    return client


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
