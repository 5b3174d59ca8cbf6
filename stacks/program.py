"""Which program a stack is, by its name: `<environment>` or `<environment>-<region>`."""

from __future__ import annotations

from pathlib import Path

import pulumi

from regions.load import PACKAGE_DIRECTORY, load_fleet
from regions.problems import FleetError
from stacks.environment import SettingsError, check_canary, check_regions, load_environment
from stacks.global_stack import global_stack
from stacks.region_stack import region_stack


def register(stack: str, project: Path = PACKAGE_DIRECTORY.parent) -> None:
    """Register the resources of `stack`.

    Args:
        project: the directory with `regions/*.yaml` and `Pulumi.<environment>.yaml`.
    Raises:
        pulumi.RunError: the settings, the region files or the stack's name are wrong; nothing was registered.
    """
    environment_name, _, region_name = stack.partition("-")
    try:
        environment = load_environment(environment_name, project)
        fleet = load_fleet(project / PACKAGE_DIRECTORY.name)
        check_regions(environment, fleet)
        check_canary(environment, fleet.workloads)
        fleet = fleet.restricted(environment.regions)
    except (SettingsError, FleetError) as error:
        raise pulumi.RunError(str(error)) from error
    if not region_name:
        global_stack(environment, fleet)
    elif region_name in environment.regions:
        region_stack(environment, fleet, fleet.region(region_name))
    else:
        raise pulumi.RunError(
            f"Stack {stack}: {region_name!r} is not a region of environment {environment_name}. "
            f"Its regions are {', '.join(environment.regions)} (Pulumi.{environment_name}.yaml); "
            f"each needs a file in regions/."
        )
