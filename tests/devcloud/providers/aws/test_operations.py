"""What single operations send and answer: drift, write-only values, ignored paths, previews, failures, invokes."""

from __future__ import annotations

from typing import Any

import pytest

from devcloud.providers.aws.writeonly import MARKER
from devcloud.providers.plugin import PartialFailureError, ProviderError, State
from devcloud.providers.properties import UNKNOWN

CLUSTER = "aws:rds/cluster:Cluster"
GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
PARAMETERS = {
    "work_mem": "8192",
    "maintenance_work_mem": "65536",
    "statement_timeout": "8000",
    "lock_timeout": "1000",
    "deadlock_timeout": "1000",
    "idle_in_transaction_session_timeout": "60000",
    "effective_cache_size": "1000",
    "random_page_cost": "1.1",
    "seq_page_cost": "1",
    "cpu_tuple_cost": "0.01",
    "cpu_index_tuple_cost": "0.005",
    "cpu_operator_cost": "0.0025",
    "default_statistics_target": "100",
    "from_collapse_limit": "8",
    "join_collapse_limit": "8",
    "geqo_threshold": "12",
    "geqo_effort": "5",
    "log_min_duration_statement": "500",
    "log_temp_files": "0",
    "temp_buffers": "1024",
    "vacuum_cost_delay": "0",
    "vacuum_cost_limit": "200",
    "vacuum_cost_page_hit": "1",
    "autovacuum_naptime": "60",
    "gin_pending_list_limit": "4096",
}
BASE = {
    "engine": "aurora-postgresql",
    "masterUsername": "admin1",
    "masterPasswordWo": "correct-horse",
    "masterPasswordWoVersion": 1,
    "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8},
    "skipFinalSnapshot": True,
}


def sent(aws: Any, operation: str) -> list[dict[str, Any]]:
    return [parameters for name, parameters in aws.calls if name == operation]


def modify(aws: Any, identifier: str, **parameters: Any) -> None:
    """A change made by hand, past Pulumi."""
    aws.apis[-1].call("rds", "us-east-1", "ModifyDBCluster", {"DBClusterIdentifier": identifier, **parameters})
    aws.calls.clear()


def test_drift_shows_and_is_repaired(aws: Any, resource: Any) -> None:
    this = resource(CLUSTER, "drift")
    state = aws.create(this, {**BASE, "backupRetentionPeriod": 7})
    modify(aws, state.identifier, BackupRetentionPeriod=3)
    drifted = aws.refresh(this, state)
    assert drifted.inputs["backupRetentionPeriod"] == 3
    news = {**BASE, "backupRetentionPeriod": 7}
    assert [change.path for change in aws.diff(this, drifted, news).changes] == [("backupRetentionPeriod",)]
    assert aws.update(this, drifted, news).outputs["backupRetentionPeriod"] == 7


def test_a_write_only_value_is_sent_at_create_and_with_a_new_version_and_kept_nowhere(aws: Any, resource: Any) -> None:
    this = resource(CLUSTER, "secret")
    state = aws.create(this, BASE)
    assert sent(aws, "CreateDBCluster")[0]["MasterUserPassword"] == "correct-horse"
    assert state.inputs["masterPasswordWo"] == MARKER
    assert "masterPasswordWo" not in state.outputs
    aws.calls.clear()
    state = aws.update(this, state, {**BASE, "masterPasswordWo": "battery-staple", "backupRetentionPeriod": 3})
    assert all("MasterUserPassword" not in parameters for parameters in sent(aws, "ModifyDBCluster"))
    aws.calls.clear()
    news = {**BASE, "masterPasswordWo": "staple-battery", "masterPasswordWoVersion": 2, "backupRetentionPeriod": 3}
    state = aws.update(this, state, news)
    assert [parameters["MasterUserPassword"] for parameters in sent(aws, "ModifyDBCluster")] == ["staple-battery"]
    assert not any(word in repr(state) for word in ("correct-horse", "battery-staple", "staple-battery"))


def test_a_write_only_value_that_the_process_never_saw_is_an_error(aws: Any, resource: Any) -> None:
    with pytest.raises(
        ProviderError, match=r"create .* 'unseen': masterPasswordWo is to be sent, but its value is stored"
    ):
        aws.create(resource(CLUSTER, "unseen"), {**BASE, "masterPasswordWo": MARKER})


def test_an_ignored_write_only_value_is_not_needed_until_its_version_changes(aws: Any, resource: Any) -> None:
    state = aws.create(resource(CLUSTER, "later"), BASE)
    # Another process: the engine puts the stored marker where the program's value is ignored.
    this, news = resource(CLUSTER, "later")._replace(urn="seen-nowhere"), {**BASE, "masterPasswordWo": MARKER}
    aws.calls.clear()
    updated = aws.update(this, state, {**news, "backupRetentionPeriod": 4})
    assert updated.outputs["backupRetentionPeriod"] == 4
    assert all("MasterUserPassword" not in parameters for parameters in sent(aws, "ModifyDBCluster"))
    with pytest.raises(ProviderError, match="masterPasswordWo is to be sent, but its value is stored nowhere"):
        aws.update(this, updated, {**news, "masterPasswordWoVersion": 2})


def test_an_ignored_member_is_sent_as_it_is_now(aws: Any, resource: Any) -> None:
    this = resource(CLUSTER, "ignored")
    state = aws.create(this, BASE)
    modify(aws, state.identifier, ServerlessV2ScalingConfiguration={"MinCapacity": 4, "MaxCapacity": 8})
    news = {**BASE, "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 16}}
    updated = aws.update(this, state, news, ("serverlessv2ScalingConfiguration.minCapacity",))
    configuration = sent(aws, "ModifyDBCluster")[0]["ServerlessV2ScalingConfiguration"]
    assert configuration == {"MinCapacity": 4, "MaxCapacity": 16}
    assert updated.outputs["serverlessv2ScalingConfiguration"] == {"minCapacity": 4, "maxCapacity": 16}


def test_an_update_sends_what_changed_and_nothing_else(aws: Any, resource: Any) -> None:
    this = resource(CLUSTER, "narrow")
    state = aws.create(this, BASE)
    aws.calls.clear()
    aws.update(this, state, {**BASE, "backupRetentionPeriod": 5})
    assert sent(aws, "ModifyDBCluster") == [
        {"DBClusterIdentifier": state.identifier, "BackupRetentionPeriod": 5, "ApplyImmediately": False}
    ]


def test_joining_a_global_cluster_later_is_refused(aws: Any, resource: Any) -> None:
    this = resource(CLUSTER, "alone")
    state = aws.create(this, BASE)
    with pytest.raises(ProviderError, match="globalClusterIdentifier cannot be changed to 'world' on an existing"):
        aws.update(this, state, {**BASE, "globalClusterIdentifier": "world"})


def test_a_member_leaves_its_global_cluster_before_it_is_deleted(aws: Any, resource: Any) -> None:
    world = resource("aws:rds/globalCluster:GlobalCluster", "globe")
    globe = aws.create(world, {"engine": "aurora-postgresql"})
    this = resource(CLUSTER, "member")
    state = aws.create(this, {**BASE, "globalClusterIdentifier": globe.identifier})
    assert aws.refresh(world, globe).outputs["globalClusterMembers"] == [
        {"dbClusterArn": state.outputs["arn"], "isWriter": True}
    ]
    aws.calls.clear()
    aws.delete(this, state)
    changing = [name for name, _ in aws.calls if not name.startswith("Describe")]
    assert changing == ["RemoveFromGlobalCluster", "DeleteDBCluster"]


def test_parameters_are_sent_twenty_a_call_and_only_the_changed_ones_again(aws: Any, resource: Any) -> None:
    this = resource(GROUP, "many")
    parameters = [{"name": name, "value": value} for name, value in PARAMETERS.items()]
    state = aws.create(this, {"family": "aurora-postgresql15", "parameters": parameters})
    batches = [len(call["Parameters"]) for call in sent(aws, "ModifyDBClusterParameterGroup")]
    assert batches == [20, 5]
    aws.calls.clear()
    other = [{**each, "value": "4096"} if each["name"] == "work_mem" else each for each in parameters]
    aws.update(this, state, {"family": "aurora-postgresql15", "parameters": other})
    assert [call["Parameters"] for call in sent(aws, "ModifyDBClusterParameterGroup")] == [
        [{"ParameterName": "work_mem", "ParameterValue": "4096", "ApplyMethod": "immediate"}]
    ]


def test_a_zone_with_records_is_emptied_only_when_the_program_says_so(aws: Any, resource: Any) -> None:
    this = resource("aws:route53/zone:Zone", "zone")
    state = aws.create(this, {"name": "records.example", "forceDestroy": True})
    record = {"Name": "a.records.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "127.0.0.1"}]}
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    call = {"HostedZoneId": state.identifier, "ChangeBatch": change}
    aws.apis[-1].call("route53", "us-east-1", "ChangeResourceRecordSets", call)
    kept = State(state.identifier, state.outputs, {**state.inputs, "forceDestroy": False})
    with pytest.raises(
        ProviderError, match="delete aws:route53/zone:Zone 'zone': DeleteHostedZone: HostedZoneNotEmpty"
    ):
        aws.delete(this, kept)
    aws.delete(this, state)
    assert aws.provider.read(this, state) is None


def test_a_preview_calls_nothing_and_leaves_computed_outputs_unknown(aws: Any, resource: Any) -> None:
    this = resource(CLUSTER, "preview")
    inputs = aws.checked(this, BASE)
    state = aws.provider.create(this, inputs, timeout=0, preview=True)
    assert aws.calls == []
    assert state.outputs["endpoint"] is UNKNOWN
    assert state.outputs["arn"] is UNKNOWN
    assert state.outputs["engine"] == "aurora-postgresql"
    assert "masterPasswordWo" not in state.outputs


def test_a_preview_of_an_update_keeps_what_is_known(aws: Any, resource: Any) -> None:
    this = resource(CLUSTER, "preview-update")
    state = aws.create(this, BASE)
    news = aws.checked(this, {**BASE, "backupRetentionPeriod": 9}, state.inputs)
    previewed = aws.provider.update(this, state, news, ignore_changes=(), timeout=0, preview=True)
    assert previewed.outputs == {**state.outputs, "backupRetentionPeriod": 9}


def test_a_refusal_of_the_service_is_passed_through_whole(aws: Any, resource: Any) -> None:
    this = resource("aws:kms/alias:Alias", "dangling")
    with pytest.raises(
        ProviderError, match=r"create aws:kms/alias:Alias 'dangling': CreateAlias: NotFoundException: .+"
    ):
        aws.create(this, {"targetKeyId": "no-such-key"})


def test_an_object_that_fails_after_its_creation_is_kept_in_state(aws: Any, resource: Any) -> None:
    this = resource("aws:iam/role:Role", "half")
    trust = '{"Version":"2012-10-17","Statement":[]}'
    with pytest.raises(PartialFailureError, match="AttachRolePolicy: NoSuchEntity") as failed:
        aws.create(this, {"assumeRolePolicy": trust, "managedPolicyArns": ["arn:aws:iam::aws:policy/Nothing"]})
    assert failed.value.outputs["arn"].endswith(f"role/{failed.value.identifier}")
    aws.delete(this, State(failed.value.identifier, failed.value.outputs, failed.value.inputs))


def test_invokes(aws: Any) -> None:
    identity = aws.provider.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})
    assert identity["accountId"] == identity["id"] == "123456789012"
    region = aws.provider.invoke("aws:index/getRegion:getRegion", {"region": "eu-central-1"})
    assert region["region"] == region["id"] == "eu-central-1"
    zones = aws.provider.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"})
    assert zones["names"][:2] == ["us-east-1a", "us-east-1b"]
    with pytest.raises(ProviderError, match=r"no function aws:index/getRegoin.*did you mean"):
        aws.provider.invoke("aws:index/getRegoin:getRegion", {})
    with pytest.raises(ProviderError, match="does not take 'stat'; did you mean 'state'"):
        aws.provider.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", {"stat": "x"})
