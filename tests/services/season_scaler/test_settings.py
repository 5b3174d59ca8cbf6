"""Environment variables: all mistakes at once, a sentence each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.season_scaler.settings import SettingsError, read_settings
from tests.services.season_scaler.states import SETTINGS

GOOD = {
    "ENVIRONMENT": "test",
    "REGION": "us-east-1",
    "REGIONS": "us-east-1,us-west-1",
    "FREEZES": "false",
    "NAMESPACE": "database-optimization",
    "POD_NAME": "scaler-0",
    "AWS_REGION": "us-east-1",
    "DATABASE_CLUSTERS": "worldwide",
    "EKS_CLUSTER": "wedsync",
    "NODE_GROUPS": "general=wedsync-general",
    "AUDIT_TABLE": "wedsync-test-audit",
    "UNRELATED": "!",
}


def test_everything_is_read() -> None:
    assert read_settings(GOOD, dry_run=False) == SETTINGS
    more = {"METRICS_HOST": "10.0.0.7", "METRICS_PORT": "9191", "NODE_GROUPS": "general=a,wedding-optimised=b"}
    assert read_settings(GOOD | more, dry_run=False) == replace(
        SETTINGS, metrics_host="10.0.0.7", metrics_port=9191, node_groups={"general": "a", "wedding-optimised": "b"}
    )


def test_what_a_region_has_not_is_empty() -> None:
    settings = read_settings(
        GOOD | dict.fromkeys(("DATABASE_CLUSTERS", "EKS_CLUSTER", "NODE_GROUPS"), ""), dry_run=False
    )
    assert (settings.databases, settings.eks_cluster, settings.node_groups) == ((), "", {})


def test_a_dry_run_needs_no_audit_trail() -> None:
    assert read_settings(GOOD | {"AUDIT_TABLE": ""}, dry_run=True).audit_table == ""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ENVIRONMENT": ""}, "ENVIRONMENT is '': give a name of letters, digits, '.', '_' and '-'."),
        ({"REGION": ""}, "REGION is '': give a name"),
        ({"REGION": "eu-central-1"}, "REGION is 'eu-central-1', which is not one of REGIONS"),
        ({"REGIONS": ""}, "REGIONS is empty"),
        ({"REGIONS": "us-east-1, us-west-1"}, "REGIONS is 'us-east-1, us-west-1': give names separated by commas"),
        ({"REGIONS": "us-east-1,us-east-1"}, "each once"),
        ({"FREEZES": ""}, "FREEZES is '': give 'true' where the environment has freeze windows, else 'false'."),
        ({"NAMESPACE": "a b"}, "NAMESPACE is 'a b'"),
        ({"POD_NAME": ""}, "POD_NAME is ''"),
        ({"AWS_REGION": ""}, "AWS_REGION is ''"),
        ({"DATABASE_CLUSTERS": "a,,b"}, "DATABASE_CLUSTERS is 'a,,b'"),
        ({"NODE_GROUPS": "general"}, "NODE_GROUPS is 'general': give <pool>=<node group>"),
        ({"NODE_GROUPS": "general=a,general=b"}, "each pool once"),
        ({"EKS_CLUSTER": ""}, "NODE_GROUPS is given and EKS_CLUSTER is not"),
        ({"AUDIT_TABLE": ""}, "AUDIT_TABLE is empty: every change is audited"),
        ({"METRICS_PORT": "0"}, "METRICS_PORT is '0': give a port between 1 and 65535."),
        ({"METRICS_PORT": "65536"}, "METRICS_PORT is '65536'"),
        ({"METRICS_PORT": "http"}, "METRICS_PORT is 'http'"),
    ],
)
def test_one_mistake_is_one_sentence(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(GOOD | change, dry_run=False)
    assert len(raised.value.sentences) == 1
    assert sentence in raised.value.sentences[0]


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({}, dry_run=False)
    told = str(raised.value)
    for name in ("ENVIRONMENT", "REGION ", "REGIONS", "NAMESPACE", "POD_NAME", "AWS_REGION", "AUDIT_TABLE"):
        assert name in told
