"""What a program does under mocks, and what mocks answer that have a stack's state."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.mocks import MockResourceArgs

from bench.capture import Computed, MadeUp, Recorded, Reference, capture, exported

_LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
_URN = "urn:pulumi:local-x::wedsync::wedsync:database"


def _state(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"deployment": {"resources": list(resources)}}


def _log_group(component: str, title: str, **outputs: object) -> dict[str, Any]:
    urn = f"{_URN}:{component}${_LOG_GROUP}::database"
    return {"urn": urn, "type": _LOG_GROUP, "id": title, "inputs": {"name": title}, "outputs": outputs}


def test_a_recorded_resource_answers_as_it_did() -> None:
    """Found by type and name; of two, by what it is called."""
    cluster, export = _log_group("Cluster", "/rds", arn="arn:rds"), _log_group("Export", "/sfn", arn="arn:sfn")
    answers = [
        Recorded(_state(cluster, export)).new_resource(
            MockResourceArgs(_LOG_GROUP, "database", {"name": title}, "", "", custom=True)
        )
        for title in ("/sfn", "/rds")
    ]
    assert answers == [("/sfn", {"name": "/sfn", "arn": "arn:sfn"}), ("/rds", {"name": "/rds", "arn": "arn:rds"})]


def test_encrypted_outputs_are_left_out() -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    recorded = Recorded(_state(_log_group("Cluster", "/rds", arn="arn:rds", password=secret)))
    args = MockResourceArgs(_LOG_GROUP, "database", {"name": "/rds"}, "", "", custom=True)
    assert recorded.new_resource(args) == ("/rds", {"name": "/rds", "arn": "arn:rds"})


def test_inputs_say_what_they_are_made_from() -> None:
    program = capture("local-us-east-1", MadeUp(exported("local")))
    calls = {(type(call.resource).__name__, call.urn.rsplit("::", 1)[-1]): call for call in program.calls}
    cluster = calls["Cluster", "database"]
    instance = next(call for (kind, _), call in calls.items() if kind == "ClusterInstance")
    assert instance.inputs["cluster_identifier"] == Reference(cluster.resource, ("cluster_identifier",))
    assert cluster.inputs["tags"]["wedsync:stack"] == "local-us-east-1"
    policy = calls["RolePolicy", "flow-logs"].inputs["policy"]
    assert isinstance(policy, Computed)
    assert "<arn of aws:cloudwatch/logGroup:LogGroup flow-logs>" in policy.value
    assert [type(each).__name__ for each in policy.resources] == ["LogGroup"]
