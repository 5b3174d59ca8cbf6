"""For any valid fleet, every stack's program runs, and its names are unique and short enough."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench.generated import Project, project
from guard.in_cluster import CLOCK
from regions.load import PACKAGE_DIRECTORY
from stacks.program import register
from stacks.recording import Registered, Run, run_under_mocks

from .limits import in_cluster, ours, too_long

_CHECKOUT = PACKAGE_DIRECTORY.parent
# With a cluster that is there, and with one to be made; the longest name that an environment may have.
ENVIRONMENTS = (("Pulumi.local.yaml", "local"), ("Pulumi.prod.yaml", "prod"), ("Pulumi.prod.yaml", "environments"))
# Of these a name is taken in the whole account or in the world, not in an AWS region.
_GLOBAL = ("aws:iam/", "aws:s3/", "aws:route53/", "aws:budgets/")
_MONTHS = re.compile(r"^0 \d+ \* ([1-9]|1[0-2])(,([1-9]|1[0-2]))* \*$")
# A fleet runs the global program, and those of so many regions: they differ in data, not in kind.
_REGIONS = 2
_DIGEST = len("-87a3f4")
_OURS = re.compile(r"wedsync-[\w-]+")


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(count=st.integers(1, 12), seed=st.integers(0, 2**32), environment=st.sampled_from(ENVIRONMENTS))
@example(count=13, seed=0, environment=ENVIRONMENTS[2])
def test_any_valid_fleet_has_a_plan(count: int, seed: int, environment: tuple[str, str]) -> None:
    settings_file, name = environment
    fleet = project(count, seed, _CHECKOUT / settings_file, name)
    with tempfile.TemporaryDirectory() as directory:
        graphs = _graphs(fleet, fleet.write(Path(directory)))
    assert [sentence for graph in graphs.values() for each in graph for sentence in too_long(each)] == []
    _names_are_unique(graphs)
    for stack, graph in graphs.items():
        urns = [each.urn for each in graph]
        assert len(urns) == len(set(urns))
        assert all(urn.startswith(f"urn:pulumi:{stack}::") for each in graph for urn in each.depends_on)
        if stack != name:
            _says_what_region_it_is(graph, stack)
            _jobs_have_months(graph)


def _graphs(fleet: Project, directory: Path) -> dict[str, list[Registered]]:
    """What the global stack's program registers, and those of some regions; each gets what the ones before export."""
    runs: dict[str, Run] = {}
    # Residents' global clusters are their bootstrap writers' to export.
    regions = sorted(fleet.regions, key=lambda name: not _bootstraps(fleet.regions[name]))
    for stack in (fleet.environment, *(f"{fleet.environment}-{name}" for name in regions[:_REGIONS])):
        exports = {known: each.exports for known, each in runs.items()}
        runs[stack] = run_under_mocks(lambda stack=stack: register(stack, directory), stack, exports)
    return {stack: each.registered for stack, each in runs.items()}


def _bootstraps(region: dict[str, Any]) -> bool:
    """Whether it makes the first writer of residents' data."""
    return region.get("residency", {}).get("resident_cluster", {}).get("bootstrap_writer", False)


def _names_are_unique(graphs: dict[str, list[Registered]]) -> None:
    names: list[tuple[str, ...]] = []
    for graph in graphs.values():
        places = {f"{each.urn}::": each.inputs["region"] for each in graph if each.type == "pulumi:providers:aws"}
        for each in graph:
            if each.type.startswith("kubernetes:"):
                names.append((each.urn.split("::")[0], each.type, *in_cluster(each)))
            elif "name" in ours(each) and each.type != "aws:iam/rolePolicy:RolePolicy":
                place = next(region for urn, region in places.items() if each.provider.startswith(urn))
                there = "" if each.type.startswith(_GLOBAL) else place
                names.append((there, each.type, each.inputs["name"]))
    assert [name for name in names if names.count(name) > 1] == []


def _says_what_region_it_is(graph: list[Registered], stack: str) -> None:
    """No name depends on another region. A cut one ends in a digest of the whole, after what is left of the stack's."""
    values = [value for each in graph if each.type.startswith("aws:") for value in ours(each).values()]
    named = [name for value in values for name in _OURS.findall(value.replace("wedsync/", "wedsync-"))]
    begun = f"wedsync-{stack}"
    assert named
    assert [name for name in named if not name.startswith(begun) and not begun.startswith(name[:-_DIGEST])] == []


def _jobs_have_months(graph: list[Registered]) -> None:
    made = [each.inputs for each in graph if each.type == "kubernetes:batch/v1:CronJob"]
    jobs = [each["spec"] for each in made if each["metadata"]["name"] != CLOCK]
    assert jobs
    assert [job["schedule"] for job in jobs if not _MONTHS.match(job["schedule"])] == []
