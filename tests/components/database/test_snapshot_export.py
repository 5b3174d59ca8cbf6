"""The copies of snapshots for seven years: the bucket, the workflow, and what each role may do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.database.export_workflow import Export, definition
from components.database.snapshot_export import SnapshotExport, SnapshotExportArgs
from components.scope import Scope

from .conftest import FLEET, LONG_GROUP, LONGEST, SCOPE, Program

if TYPE_CHECKING:
    from stacks.recording import Registered

EXPORTS = FLEET.workloads.database.exports
KEY = "arn:aws:kms:eu-central-1:123456789012:key/of-the-cluster"
BUCKET, ROLE_POLICY = "aws:s3/bucket:Bucket", "aws:iam/rolePolicy:RolePolicy"
MACHINE, SCHEDULE = "aws:sfn/stateMachine:StateMachine", "aws:scheduler/schedule:Schedule"


def _export(scope: Scope, group: str, *, protect: bool = True) -> SnapshotExport:
    args = SnapshotExportArgs(
        scope, group, "the-cluster", EXPORTS, "COMPLIANCE", KEY, 2557, protect, ["arn:aws:sns:eu-central-1:1:topic"]
    )
    return SnapshotExport("export", args)


@pytest.fixture
def made(run: Program) -> list[Registered]:
    return run(lambda: _export(SCOPE, "worldwide"))


def _one(made: list[Registered], type_token: str, name: str = "export") -> dict[str, Any]:
    (found,) = [each for each in made if each.type == type_token and each.name == name]
    return found.inputs


def test_an_export_cannot_be_deleted_for_seven_years_and_is_gone_then(made: list[Registered]) -> None:
    assert _one(made, BUCKET)["objectLockEnabled"] is True
    assert _one(made, BUCKET)["forceDestroy"] is False
    assert _one(made, "aws:s3/bucketVersioning:BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
    lock = _one(made, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert lock["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "years": 7}}
    (rule,) = _one(made, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")["rules"]
    assert rule["expiration"]["days"] > 7 * 365 + 2  # two leap days
    assert [each["storageClass"] for each in rule["transitions"]] == ["GLACIER_IR", "DEEP_ARCHIVE"]


def test_what_is_thrown_away_is_not_locked_for_years(run: Program) -> None:
    made = run(lambda: _export(SCOPE, "worldwide", protect=False))
    lock = _one(made, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert lock["rule"]["defaultRetention"]["mode"] == "GOVERNANCE"
    assert _one(made, BUCKET)["forceDestroy"] is True


def test_the_bucket_is_encrypted_private_and_only_over_tls(made: list[Registered]) -> None:
    encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    (rule,) = _one(made, encryption)["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}
    block = _one(made, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
    names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert {block[name] for name in names} == {True}
    tls, key = json.loads(_one(made, "aws:s3/bucketPolicy:BucketPolicy")["policy"])["Statement"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert key["Effect"] == "Deny"
    assert list(key["Condition"]["StringNotEqualsIfExists"].values()) == [KEY]


def test_roles_may_do_what_they_must(made: list[Registered]) -> None:
    policies = {each.name: json.loads(each.inputs["policy"]) for each in made if each.type == ROLE_POLICY}
    statements = {name: policy["Statement"] for name, policy in policies.items()}
    assert {action for each in statements["export-starter"] for action in each["Action"]} == {"states:StartExecution"}
    assert all(each["Resource"] != "*" for name in ("export-starter", "export-writer") for each in statements[name])
    writer = {action for each in statements["export-writer"] for action in each["Action"]}
    assert not {action for action in writer if action.split(":")[1].startswith(("*", "Create", "Put*"))}
    (passing,) = [each for each in statements["export-runner"] if "iam:PassRole" in each["Action"]]
    assert passing["Resource"] == "arn of aws:iam/role:Role export-writer"
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "export.rds.amazonaws.com"}}
    assert not [each for each in statements["export-runner"] if "s3:PutObject" in str(each)]


@pytest.mark.parametrize(("user", "roles"), [(MACHINE, ("runner", "writer")), (SCHEDULE, ("starter",))])
def test_who_takes_a_role_comes_after_what_the_role_may_do(
    made: list[Registered], user: str, roles: tuple[str, ...]
) -> None:
    (taker,) = [each for each in made if each.type == user]
    policies = {each.urn for each in made if each.type == ROLE_POLICY and each.name in {f"export-{r}" for r in roles}}
    assert len(policies) == len(roles)
    assert policies <= set(taker.depends_on)


def test_it_runs_on_a_tuesday_of_each_month(made: list[Registered]) -> None:
    schedule = _one(made, SCHEDULE)
    _, _, _, month, weekday, _ = schedule["scheduleExpression"].removeprefix("cron(").removesuffix(")").split()
    assert (month, weekday) == ("*", "3#1")  # EventBridge counts from Sunday, 1


def test_a_failed_export_is_told(made: list[Registered]) -> None:
    alarm = _one(made, "aws:cloudwatch/metricAlarm:MetricAlarm", "export-failed")
    metrics = [each["metric"] for each in alarm["metricQueries"] if "metric" in each]
    watched = {(each["namespace"], each["metricName"], *each["dimensions"].items()) for each in metrics}
    machine, group = (
        ("StateMachineArn", f"arn of {MACHINE} export"),
        ("ScheduleGroup", "wedsync-prod-eu-central-1-worldwide-export"),
    )
    assert watched == {
        *(("AWS/States", f"Executions{what}", machine) for what in ("Failed", "TimedOut", "Aborted")),
        # A schedule that cannot start it: otherwise nobody would hear of it.
        *(("AWS/Scheduler", what, group) for what in ("TargetErrorCount", "InvocationDroppedCount")),
    }
    assert alarm["alarmActions"] == ["arn:aws:sns:eu-central-1:1:topic"]
    assert (alarm["threshold"], alarm["treatMissingData"]) == (0, "notBreaching")


def _machine() -> dict[str, Any]:
    return json.loads(definition(Export("the-cluster", "bucket", "role", KEY, "prefix"), EXPORTS))


def test_every_way_through_the_workflow_ends() -> None:
    machine = _machine()
    states = machine["States"]
    steps = {
        name: {state.get("Next"), state.get("Default"), *(way["Next"] for way in _ways(state))} - {None}
        for name, state in states.items()
    }
    assert {name for ways in steps.values() for name in ways} | {machine["StartAt"]} == set(states)
    ends = {name for name, ways in steps.items() if not ways}
    assert {name: states[name]["Type"] for name in ends} == {"Complete": "Succeed", "Failed": "Fail"}
    assert machine["TimeoutSeconds"] == EXPORTS.timeout_hours * 3600


def test_an_export_that_was_started_twice_is_waited_for() -> None:
    start = _machine()["States"]["StartExport"]
    (caught,) = start["Catch"]
    assert (caught["ErrorEquals"], caught["Next"]) == (["Rds.ExportTaskAlreadyExistsException"], "Wait")
    # Retriers come before catchers, and the first that fits counts.
    assert start["Retry"][0] == {"ErrorEquals": caught["ErrorEquals"], "MaxAttempts": 0}
    assert caught["Assign"] == start["Assign"]


def test_names_stay_within_the_services_limits(run: Program) -> None:
    limits = {
        BUCKET: ("bucket", 63),
        "aws:iam/role:Role": ("name", 64),
        "aws:sfn/stateMachine:StateMachine": ("name", 80),
        "aws:scheduler/schedule:Schedule": ("name", 64),
        "aws:scheduler/scheduleGroup:ScheduleGroup": ("name", 64),
    }
    made = [each for each in run(lambda: _export(LONGEST, LONG_GROUP)) if each.type in limits]
    assert {each.type for each in made} == set(limits)
    for each in made:
        field, limit = limits[each.type]
        assert len(each.inputs[field]) <= limit, each.urn
    roles = [each.inputs["name"] for each in made if each.type == "aws:iam/role:Role"]
    assert len(set(roles)) == 3
    (machine,) = [each.inputs["definition"] for each in made if each.type == "aws:sfn/stateMachine:StateMachine"]
    task = json.loads(machine)["States"]["StartExport"]["Arguments"]["ExportTaskIdentifier"]
    assert len(task.split("'")[1] + "2026-11-03") <= 60


def _ways(state: dict[str, Any]) -> list[dict[str, Any]]:
    return [*state.get("Choices", []), *state.get("Catch", [])]
