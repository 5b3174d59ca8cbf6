"""Who may use a key."""

from __future__ import annotations

import json
from typing import Any

from components.account.notification_topics import topic_policy
from components.place import Place
from components.security.key_policy import key_policy

PLACE = Place("123456789012", "eu-central-1")
TOPIC = PLACE.arn("sns", "wedsync-prod-page")


def services(policy: str) -> set[str]:
    statements: list[dict[str, Any]] = json.loads(policy)["Statement"]
    found = [each["Principal"].get("Service", []) for each in statements if each["Effect"] == "Allow"]
    return {name for names in found for name in ([names] if isinstance(names, str) else names)}


def test_whoever_publishes_to_a_topic_may_use_its_key_and_nobody_else() -> None:
    publishers = {"budgets.amazonaws.com", "cloudwatch.amazonaws.com"}
    assert services(topic_policy(TOPIC, PLACE.account_id)) == publishers
    quiet = services(key_policy(PLACE, notifies=False))
    assert quiet == {"logs.eu-central-1.amazonaws.com"}
    assert services(key_policy(PLACE, notifies=True)) == publishers | quiet


def test_services_publish_for_this_account_alone() -> None:
    statements = json.loads(topic_policy(TOPIC, PLACE.account_id))["Statement"]
    publishing = [each for each in statements if each["Effect"] == "Allow"]
    assert publishing
    for each in publishing:
        assert each["Condition"]["StringEquals"] == {"aws:SourceAccount": PLACE.account_id}
