"""Which stacks an edit touches: of every file of the repository it is known, and what is not known touches all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi.runtime.rpc import is_rpc_secret

from delivery.review.touched import ALL, NONE, OWN_FIELDS, Edit, touched
from regions.load import PACKAGE_DIRECTORY
from stacks.environment import load_environment
from stacks.offline import run_stacks
from tests import fifth_region

CHECKOUT = PACKAGE_DIRECTORY.parent
REGIONS = load_environment("prod").regions
EVERY = ("prod", *(f"prod-{region}" for region in REGIONS))
EU = ("prod-eu-central-1",)
_EU_FILE = "regions/eu-central-1.yaml"


def _stacks(*edits: Edit | str) -> tuple[str, ...]:
    return touched([Edit(each) if isinstance(each, str) else each for each in edits], "prod", REGIONS)


@pytest.mark.parametrize(
    ("edit", "stacks"),
    [
        (Edit(_EU_FILE, frozenset({"cache.node_type", "database.max_acu"})), EU),
        (Edit(_EU_FILE, frozenset({"database.instance_parameters.work_mem"})), EU),
        (Edit(_EU_FILE, frozenset()), EU),  # comments
        (Edit(_EU_FILE, frozenset({"cache.replicas", "database.pool_size"})), EVERY),
        (Edit(_EU_FILE, frozenset({"network.vpc_cidr"})), EVERY),
        (Edit(_EU_FILE, frozenset({"database.readers_of_tomorrow"})), EVERY),
        (Edit(_EU_FILE), EVERY),  # new, or gone
        (Edit("regions/sa-east-1.yaml", frozenset({"network.vpc_cidr"})), ()),  # off
        (Edit("regions/workloads.yaml", frozenset({"cache.replicas"})), EVERY),
        (Edit("regions/observed_dates.yaml"), EVERY),
        (Edit("regions/model/database.py"), EVERY),
        (Edit("components/cache/regional_cache.py"), EVERY),
        (Edit("stacks/region_stack.py"), EVERY),
        (Edit("seasons/freeze.py"), EVERY),
        (Edit("policies/rules/encrypt_at_rest.py"), EVERY),
        (Edit("costs/price_book/us-east-1.yaml"), EVERY),
        (Edit("Pulumi.yaml"), EVERY),
        (Edit("requirements.lock"), EVERY),
        (Edit("Pulumi.prod.yaml", frozenset({"config.wedsync:environment.domain"})), EVERY),
        (Edit("Pulumi.prod-eu-central-1.yaml"), EU),
        (Edit("Pulumi.staging.yaml"), ()),
        (Edit("Pulumi.staging-eu-central-1.yaml"), ()),
        (Edit("docs/runbooks/rotate-secrets.md"), ()),
        (Edit("components/README.md"), ()),
        (Edit("tests/stacks/test_graph.py"), ()),
        (Edit("services/season_scaler/decide.py"), ()),
        (Edit("devcloud/engine.py"), ()),
        (Edit("Makefile"), ()),
        (Edit("something/new.py"), EVERY),
        (Edit("docs"), EVERY),  # no longer a directory
        (Edit("documents/new.txt"), EVERY),
    ],
)
def test_an_edit_touches(edit: Edit, stacks: tuple[str, ...]) -> None:
    assert _stacks(edit) == stacks


def test_several_edits_touch_what_each_touches_in_the_order_of_the_stacks() -> None:
    west = Edit("regions/us-west-1.yaml", frozenset({"cache"}))
    assert _stacks(Edit(_EU_FILE, frozenset({"cache"})), west) == ("prod-us-west-1", *EU)
    assert _stacks() == ()


def test_everything_in_the_repository_has_its_place() -> None:
    """Whoever adds a directory says of what it is a part."""
    command = ["git", "-C", str(CHECKOUT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    top = {
        f"{head}/" if slash else head for head, slash, _ in (path.partition("/") for path in listed.stdout.split("\0"))
    }
    settings = {name for name in top if name.startswith("Pulumi.")}
    assert {name for name in top - settings - {""} if not name.endswith(".md")} == {
        *NONE,
        *(name for name in ALL if not name.startswith("Pulumi.")),
    }


def test_no_other_stack_reads_a_regions_own_fields(tmp_path: Path) -> None:
    """Neither the global one nor another region's, of the region that writes first and of one with residents."""
    project = fifth_region.copy_data(tmp_path / "project", "prod")
    before = _registered(project)
    for region in ("us-east-1", "eu-central-1"):
        file = project / "regions" / f"{region}.yaml"
        document = yaml.safe_load(file.read_text())
        for field, value in _OTHER_VALUES.items():
            section, name = field.split(".")
            assert document[section][name] != value
            document[section][name] = value
        file.write_text(yaml.safe_dump(document, sort_keys=False))
    assert _registered(project) == before


def test_every_own_field_is_tried() -> None:
    assert {own for own in OWN_FIELDS for field in _OTHER_VALUES if f"{field}.".startswith(f"{own}.")} == {*OWN_FIELDS}


_OTHER_VALUES: Mapping[str, Any] = {
    "cache.node_type": "cache.r7g.xlarge",
    "cache.replicas": 3,
    "cache.snapshot_window": "11:00-12:00",
    "cache.maintenance_window": "wed:13:00-wed:14:00",
    "database.min_acu": 8,
    "database.max_acu": 128,
    "database.readers": 3,
    "database.backup_window": "11:00-11:30",
    "database.maintenance_window": "tue:13:00-tue:13:30",
    "database.cluster_parameters": {"random_page_cost": "1.2"},
    "database.instance_parameters": {"work_mem": "20480"},
}


def _registered(project: Path) -> Mapping[str, str]:
    """What the global stack and one that is not edited register, but for what is drawn at random."""
    return {
        each.urn: json.dumps({key: _plain(value) for key, value in each.inputs.items()}, sort_keys=True)
        for run in run_stacks("prod", ["us-west-1"], project).values()
        for each in run.registered
    }


def _plain(value: Any) -> Any:
    return "secret" if is_rpc_secret(value) else value
