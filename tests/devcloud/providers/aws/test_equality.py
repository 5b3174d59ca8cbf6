"""Which spellings of a value count as the same."""

from __future__ import annotations

from typing import Any

import pytest

from devcloud.providers.aws.equality import same
from devcloud.providers.aws.table import Same

POLICY = '{"Statement": [{"Action": "s3:*", "Effect": "Deny"}], "Version": "2012-10-17"}'
SAME_POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":["s3:*"]}}'
INGRESS = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432}


@pytest.mark.parametrize(
    ("how", "wanted", "live"),
    [
        (Same.EXACT, {"a": [1]}, {"a": [1]}),
        (Same.VERSION, "15", "15.10"),
        (Same.VERSION, "15.10", "15.10.1"),
        (Same.SET, ["b", "a"], ["a", "b"]),
        (Same.JSON, POLICY, SAME_POLICY),
        (Same.ARN, "1234", "arn:aws:kms:us-east-1:1:key/1234"),
        (Same.ARN, "arn:aws:kms:us-east-1:1:key/1234", "1234"),
        (Same.DNS, "Wedsync.Example", "wedsync.example."),
        (Same.NO_CASE, "Sun:03:00-Sun:04:00", "sun:03:00-sun:04:00"),
        (Same.BLOCK, {"enabled": True}, {"enabled": True, "recoveryPeriodInDays": 35}),
        (Same.BLOCK, [{"regionName": "b"}, {"regionName": "a"}], [{"regionName": "a"}, {"regionName": "b"}]),
        (
            Same.PARAMETERS,
            [{"name": "work_mem", "value": "1"}],
            [{"name": "work_mem", "value": "1", "applyMethod": "x"}],
        ),
        (
            Same.PERMISSIONS,
            [{**INGRESS, "cidrBlocks": ["10.0.0.0/8", "10.1.0.0/16"], "self": True}],
            [
                {**INGRESS, "self": True},
                {**INGRESS, "cidrBlocks": ["10.1.0.0/16"]},
                {**INGRESS, "cidrBlocks": ["10.0.0.0/8"]},
            ],
        ),
    ],
)
def test_same(how: Same, wanted: Any, live: Any) -> None:
    assert same(how, wanted, live)


@pytest.mark.parametrize(
    ("how", "wanted", "live"),
    [
        (Same.EXACT, 1, True),
        (Same.EXACT, ["b", "a"], ["a", "b"]),
        (Same.VERSION, "15.1", "15.10"),
        (Same.VERSION, "15.10.1", "15.10"),
        (Same.SET, ["a"], ["a", "a"]),
        (Same.JSON, POLICY, POLICY.replace("Deny", "Allow")),
        (Same.JSON, POLICY, "no JSON"),
        (Same.ARN, "234", "arn:aws:kms:us-east-1:1:key/1234"),
        (Same.DNS, "a.example", "b.example"),
        (Same.NO_CASE, "a", None),
        (Same.BLOCK, {"enabled": True, "days": 7}, {"enabled": True}),
        (Same.BLOCK, [{"regionName": "a"}], []),
        (Same.PARAMETERS, [{"name": "work_mem", "value": "1"}], [{"name": "work_mem", "value": "2"}]),
        (Same.PARAMETERS, [], [{"name": "work_mem", "value": "2"}]),
        (
            Same.PARAMETERS,
            [{"name": "a", "value": "1", "applyMethod": "immediate"}],
            [{"name": "a", "value": "1", "applyMethod": "pending-reboot"}],
        ),
        (Same.PERMISSIONS, [{**INGRESS, "self": True}], [{**INGRESS, "toPort": 5433, "self": True}]),
    ],
)
def test_different(how: Same, wanted: Any, live: Any) -> None:
    assert not same(how, wanted, live)
