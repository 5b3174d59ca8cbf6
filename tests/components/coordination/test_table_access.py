"""What a pod may do with the environment's tables and with the keys that encrypt them, asked as IAM would."""

from __future__ import annotations

from typing import Any

import pytest

from components.coordination.table_access import append_to_audit_trail, hold_locks
from components.place import Place
from components.scope import Scope
from tests.delivery.bootstrap.policies import Request, allows

ACCOUNT = "123456789012"
HERE, THERE = Place(ACCOUNT, "us-east-1"), Place(ACCOUNT, "us-west-2")
KEYS = {HERE: HERE.arn("kms", "key/mrk-1"), THERE: THERE.arn("kms", "key/mrk-1")}
LOCKS: dict[str, Any] = {"Statement": hold_locks(Scope("prod"), KEYS, ["failover/*"])}
EVENTS: dict[str, Any] = {"Statement": append_to_audit_trail(Scope("prod"), HERE, KEYS[HERE])}
USES = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom")


def through(place: Place, service: str = "dynamodb") -> dict[str, str]:
    return {"kms:ViaService": f"{service}.{place.aws_region}.amazonaws.com"}


@pytest.mark.parametrize("action", USES)
def test_a_pod_uses_the_keys_of_its_tables_through_dynamodb_alone(action: str) -> None:
    for place, key in KEYS.items():
        assert allows(LOCKS, Request(action, key, through(place)))
        assert not allows(LOCKS, Request(action, key))
        assert not allows(LOCKS, Request(action, key, through(place, "secretsmanager")))
    assert allows(EVENTS, Request(action, KEYS[HERE], through(HERE)))
    assert not allows(EVENTS, Request(action, KEYS[THERE], through(THERE)))


def test_a_pod_manages_no_key() -> None:
    for action in ("kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"):
        assert not allows(LOCKS, Request(action, KEYS[HERE], through(HERE)))


def test_locks_are_taken_by_name_and_events_are_only_added() -> None:
    locks, trail = (HERE.arn("dynamodb", f"table/wedsync-prod-{each}") for each in ("locks", "audit"))
    assert allows(LOCKS, Request("dynamodb:UpdateItem", locks, {"dynamodb:LeadingKeys": "failover/worldwide"}))
    assert not allows(LOCKS, Request("dynamodb:UpdateItem", locks, {"dynamodb:LeadingKeys": "season/worldwide"}))
    assert not allows(LOCKS, Request("dynamodb:UpdateItem", locks))
    assert allows(EVENTS, Request("dynamodb:PutItem", trail, {"dynamodb:LeadingKeys": "prod#failover"}))
    assert not allows(EVENTS, Request("dynamodb:PutItem", trail, {"dynamodb:LeadingKeys": "staging#failover"}))
    assert not allows(EVENTS, Request("dynamodb:UpdateItem", trail, {"dynamodb:LeadingKeys": "prod#failover"}))
