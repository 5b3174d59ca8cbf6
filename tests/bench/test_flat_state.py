"""The flat stack's state: the same objects, without components, in the flat project."""

from __future__ import annotations

from typing import Any

from bench.flat_state import flat_state, flat_urns

_OLD, _NEW = "urn:pulumi:local-x::wedsync::", "urn:pulumi:local-x::wedsync-flat::"
_PROVIDER = "pulumi:providers:aws::aws"
_REAL: dict[str, Any] = {
    "version": 3,
    "deployment": {
        "manifest": {"version": "v3"},
        "resources": [
            {"urn": f"{_OLD}pulumi:pulumi:Stack::wedsync-local-x", "custom": False, "type": "pulumi:pulumi:Stack"},
            {
                "urn": f"{_OLD}{_PROVIDER}",
                "custom": True,
                "type": "pulumi:providers:aws",
                "parent": f"{_OLD}pulumi:pulumi:Stack::wedsync-local-x",
            },
            {
                "urn": f"{_OLD}wedsync:security:Key::key",
                "custom": False,
                "type": "wedsync:security:Key",
                "parent": f"{_OLD}pulumi:pulumi:Stack::wedsync-local-x",
            },
            {
                "urn": f"{_OLD}wedsync:security:Key$aws:kms/key:Key::key",
                "custom": True,
                "id": "1234",
                "type": "aws:kms/key:Key",
                "inputs": {"description": 'a "quoted" text'},
                "parent": f"{_OLD}wedsync:security:Key::key",
                "provider": f"{_OLD}{_PROVIDER}::86faf97f",
                "sourcePosition": "project:///components/encryption_key.py#38",
            },
            {
                "urn": f"{_OLD}wedsync:security:Key$aws:kms/alias:Alias::key",
                "custom": True,
                "id": "alias/a",
                "type": "aws:kms/alias:Alias",
                "parent": f"{_OLD}wedsync:security:Key::key",
                "provider": f"{_OLD}{_PROVIDER}::86faf97f",
                "dependencies": [f"{_OLD}wedsync:security:Key$aws:kms/key:Key::key"],
                "propertyDependencies": {"targetKeyId": [f"{_OLD}wedsync:security:Key$aws:kms/key:Key::key"]},
            },
        ],
    },
}


def test_components_are_gone_and_their_children_belong_to_the_stack() -> None:
    root = f"{_NEW}pulumi:pulumi:Stack::wedsync-flat-local-x"
    key = f"{_NEW}aws:kms/key:Key::key"
    provider = f"{_NEW}{_PROVIDER}"
    assert flat_state(_REAL) == {
        "version": 3,
        "deployment": {
            "manifest": {"version": "v3"},
            "resources": [
                {"urn": root, "custom": False, "type": "pulumi:pulumi:Stack"},
                {"urn": provider, "custom": True, "type": "pulumi:providers:aws", "parent": root},
                {
                    "urn": key,
                    "custom": True,
                    "id": "1234",
                    "type": "aws:kms/key:Key",
                    "inputs": {"description": 'a "quoted" text'},
                    "parent": root,
                    "provider": f"{provider}::86faf97f",
                },
                {
                    "urn": f"{_NEW}aws:kms/alias:Alias::key",
                    "custom": True,
                    "id": "alias/a",
                    "type": "aws:kms/alias:Alias",
                    "parent": root,
                    "provider": f"{provider}::86faf97f",
                    "dependencies": [key],
                    "propertyDependencies": {"targetKeyId": [key]},
                },
            ],
        },
    }


def test_two_of_a_name_are_told_apart_by_their_components() -> None:
    in_cluster = f"{_OLD}wedsync:database:RegionalDatabase$aws:cloudwatch/logGroup:LogGroup::database"
    in_export = f"{_OLD}wedsync:database:SnapshotExport$aws:cloudwatch/logGroup:LogGroup::database"
    other_type = f"{_OLD}wedsync:database:SnapshotExport$aws:s3/bucket:Bucket::database"
    assert flat_urns([in_cluster, in_export, other_type]) == {
        in_cluster: f"{_NEW}aws:cloudwatch/logGroup:LogGroup::RegionalDatabase-database",
        in_export: f"{_NEW}aws:cloudwatch/logGroup:LogGroup::SnapshotExport-database",
        other_type: f"{_NEW}aws:s3/bucket:Bucket::database",
    }
