"""`python -m services.season_scaler`: keep a region at its season's plan.

Without options it is a controller that runs for ever; of several, the one that holds the lease acts. `--once` applies
the plan of the moment and ends: 0 if all is as it should be, 1 if something is not, 2 if it was not set up rightly.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from guard.signers import FILE
from regions.fleet import Fleet
from regions.load import load_fleet
from regions.node_pools import pool_plans
from regions.problems import FleetError
from seasons.plan import Plan, plan_at
from services.season_scaler import log
from services.season_scaler.cloud import Cloud
from services.season_scaler.cluster import Cluster, ClusterError, connect
from services.season_scaler.controller import Scaler
from services.season_scaler.freeze_lock import FreezeLock
from services.season_scaler.freeze_objects import FreezeObjects
from services.season_scaler.lease import Leadership, LeaseStore
from services.season_scaler.server import serve
from services.season_scaler.settings import Settings, SettingsError, read_settings

BAD_INPUT = 2
_SIGNERS = Path(__file__).parents[2] / FILE
_TERMINATED = 128 + signal.SIGTERM


@dataclass(frozen=True, slots=True)
class World:
    """What is outside of the process."""

    cluster: Cluster
    cloud: Cloud
    leadership: Leadership
    freeze: FreezeObjects


def main(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    now: Callable[[], datetime],
    enter: Callable[[Settings, Callable[[], datetime]], World],
) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    log.set_up()
    try:
        settings = read_settings(environ, dry_run=options.dry_run)
        fleet = _fleet(settings)
        world = enter(settings, now)
    except (SettingsError, FleetError, ClusterError) as error:
        log.alarm(str(error))
        return BAD_INPUT
    scaler = Scaler(
        settings,
        fleet.workloads,
        len(fleet.region(settings.region).network.zones),
        partial(_plan, fleet, settings.region),
        world.cluster,
        world.cloud,
        None if options.dry_run else world.leadership,
        now,
        None if options.dry_run else FreezeLock(settings, fleet, world.freeze, world.cloud, _SIGNERS),
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        if options.once:
            return scaler.once()
        serve(settings.metrics_host, settings.metrics_port, scaler.metrics.registry, scaler.pulse)
        scaler.forever()
    finally:
        if not options.dry_run:
            _release(world.leadership)


def real_world(settings: Settings, now: Callable[[], datetime]) -> World:
    """Return the cluster that this pod is in, and AWS with its credentials.

    Raises:
        ClusterError: there is no way into the cluster.
    """
    client = connect(settings.namespace)
    leadership = Leadership(LeaseStore(client, settings.namespace), settings.pod, now, time.monotonic)
    stack = f"{settings.environment}-{settings.region}"
    cloud = Cloud(settings.aws_region, settings.eks_cluster, settings.audit_table, stack)
    freeze = FreezeObjects(client, settings.namespace, settings.pod)
    return World(Cluster(client, settings.namespace, settings.pod), cloud, leadership, freeze)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.season_scaler", description=__doc__)
    parser.add_argument("--once", action="store_true", help="apply the plan of the moment and end")
    parser.add_argument("--dry-run", action="store_true", help="say what would be changed, and change nothing")
    return parser


def _fleet(settings: Settings) -> Fleet:
    """The fleet of the regions that are on; they and the node groups' pools are known only here."""
    fleet, wrong = load_fleet(), list[str]()
    unknown = [name for name in settings.regions if name not in fleet.regions]
    if unknown:
        wrong.append(f"REGIONS names {', '.join(unknown)}: the region files are of {', '.join(fleet.regions)}.")
    elif settings.node_groups:
        zones = fleet.region(settings.region).network.zones
        pools = pool_plans(fleet.workloads, len(zones))
        if strange := [pool for pool in settings.node_groups if pool not in pools]:
            wrong.append(f"NODE_GROUPS names {', '.join(strange)}: the region's pools are {', '.join(pools)}.")
    if wrong:
        raise SettingsError(wrong)
    return fleet.restricted(settings.regions)


def _plan(fleet: Fleet, region: str, at: datetime, emergency: bool) -> Plan:
    return plan_at(fleet, fleet.region(region), at, emergency=emergency)


def _release(leadership: Leadership) -> None:
    try:
        leadership.release()
    except ClusterError as error:
        log.warn(f"The lease ends by itself. {error}")


def _utc_now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, _utc_now, real_world))
