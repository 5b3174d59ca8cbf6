"""Settings of an environment: what is wrong is said, all of it, before anything is registered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from regions.load import load_fleet
from stacks.environment import SettingsError, check_canary, check_regions, load_environment
from stacks.program import register

GOOD = yaml.safe_load((Path(__file__).parents[2] / "Pulumi.prod.yaml").read_text())["config"]["wedsync:environment"]


def _load(directory: Path, settings: Any) -> str:
    (directory / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": {"wedsync:environment": settings}}))
    with pytest.raises(SettingsError) as raised:
        load_environment("prod", directory)
    return str(raised.value)


def test_every_environment_of_the_repository_loads() -> None:
    assert [load_environment(name).name for name in ("local", "staging", "prod")] == ["local", "staging", "prod"]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("domain", "not a domain", "Pulumi.prod.yaml: domain is 'not a domain': "),
        ("regions", [], "Pulumi.prod.yaml: regions is []: "),
        ("kubernetes_context", "one-for-all", "must contain {region}"),
        ("monthly_ceilings_usd", {"global": 1}, "must name asia-pacific-1, eu-central-1, global, us-east-1, us-west-1"),
        ("cluster_endpoint", {"public": True, "allowed_cidrs": ["0.0.0.0/0"]}, "must not contain 0.0.0.0/0"),
        ("cluster_endpoint", {"public": False, "allowed_cidrs": ["192.0.2.0/24"]}, "none of a private one"),
        ("canary_percent", 51, "Pulumi.prod.yaml: canary_percent is 51: "),
        ("canary_percent", 5, "canary_image is None: Value error, must be the canary's image where canary_percent is"),
        ("canary_image", GOOD["images"]["wedding_api"], "and absent where it is 0"),
        ("protect_data", "perhaps", "Pulumi.prod.yaml: protect_data is 'perhaps': "),
        ("colour", "white", "Pulumi.prod.yaml: colour is not a setting (value 'white')"),
    ],
)
def test_a_wrong_field_is_named_with_its_value(field: str, value: Any, says: str, tmp_path: Path) -> None:
    assert says in _load(tmp_path, {**GOOD, field: value})


def test_an_image_by_tag_is_refused(tmp_path: Path) -> None:
    images = {**GOOD["images"], "season_scaler": "registry.example/season-scaler:latest"}
    assert "images.season_scaler is 'registry.example/season-scaler:latest'" in _load(
        tmp_path, {**GOOD, "images": images}
    )


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    wrong = {**GOOD, "domain": "", "protect_data": 7, "colour": 1}
    del wrong["regions"]
    assert len(_load(tmp_path, wrong).splitlines()) == 4


def test_a_file_without_settings_says_which_key_is_missing(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text("config: {}\n")
    with pytest.raises(SettingsError, match=r"config\.wedsync:environment must be a mapping"):
        load_environment("prod", tmp_path)


def test_an_unknown_environment_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"Pulumi\.qa\.yaml: no such environment\. Known: local, prod, staging"):
        load_environment("qa")


def test_a_stack_of_no_region_is_refused_before_anything_is_registered() -> None:
    with pytest.raises(pulumi.RunError, match="'mars-1' is not a region of environment prod"):
        register("prod-mars-1")


def test_a_canary_too_small_for_its_share_is_refused() -> None:
    environment = load_environment("prod").model_copy(update={"canary_percent": 11})
    with pytest.raises(SettingsError, match="canary_percent is 11: the canary's replicas are for 10 at most"):
        check_canary(environment, load_fleet().workloads)
    check_canary(environment.model_copy(update={"canary_percent": 10}), load_fleet().workloads)


def test_a_region_without_its_groups_first_writer_is_refused() -> None:
    environment = load_environment("prod").model_copy(update={"regions": ("us-west-1",)})
    with pytest.raises(SettingsError, match="joins replication group worldwide, whose first writer us-east-1"):
        check_regions(environment, load_fleet())
