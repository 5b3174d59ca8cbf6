"""The event stream, and what a preview is made of it."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from delivery.deploy.events import EventLog
from delivery.deploy.preview import LOSING, OPERATIONS, preview_of
from tests.delivery.deploy.stream import (
    ALARM,
    AWS,
    CLUSTER,
    KEY,
    STACK,
    TABLE,
    diagnostic,
    outputs,
    replaced,
    step,
    urn,
    violation,
)


def test_a_stream_is_read_as_it_grows_and_only_whole_lines(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    log = EventLog(file)
    assert log.new() == []
    whole, half = json.dumps(diagnostic("error", "first")), json.dumps(diagnostic("error", "second"))
    file.write_text(f"{whole}\n{half[:10]}")
    assert log.new() == [diagnostic("error", "first")]
    file.write_text(f"{whole}\n{half}\n")
    assert log.new() == [diagnostic("error", "second")]
    assert log.new() == []


def test_debug_messages_are_left_out_because_they_have_secrets_in_them(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(diagnostic("debug", "password: hunter2")) + "\n")
    assert EventLog(file).new() == []


def test_a_replacement_is_one_step() -> None:
    events = replaced(CLUSTER, "database", {"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, "clusterIdentifier")
    [found] = preview_of(STACK, events).steps
    assert found.operation == "replace"
    assert found.urn == urn(CLUSTER, "database")
    assert (found.name, found.type, found.provider) == ("database", CLUSTER, AWS)
    assert found.paths == found.replace_keys == ("clusterIdentifier",)
    assert (found.old, found.new) == ({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"})


def test_what_is_deleted_has_nothing_afterwards() -> None:
    [found] = preview_of(STACK, [step("delete", TABLE, "locks", {"name": "locks"}, {"name": "locks"})]).steps
    assert (found.old, found.new) == ({"name": "locks"}, None)


def test_the_rest_of_an_earlier_replacement_is_a_loss() -> None:
    """An update that was cut off leaves the old resource, which the next one deletes."""
    [found] = preview_of(
        STACK, [step("same", TABLE, "locks", {}, {}), step("delete-replaced", TABLE, "locks", {})]
    ).steps
    assert found.operation == "replace"


def test_a_refresh_is_no_step() -> None:
    preview = preview_of(STACK, [step("refresh", KEY, "key", {}, {}), step("same", KEY, "key", {}, {})])
    assert preview.counts == {"same": 1}
    assert not preview.changes


@given(st.lists(st.sampled_from([*OPERATIONS, "create-replacement", "delete-replaced"]), min_size=1, max_size=4))
def test_the_most_harmful_part_of_a_step_is_told(operations: list[str]) -> None:
    events = [step(operation, KEY, "key", {}, {}) for operation in operations]
    [found] = preview_of(STACK, events).steps
    if {"replace", "create-replacement", "delete-replaced"} & set(operations):
        assert found.operation == "replace"
    elif {"delete", "discard"} & set(operations):
        assert found.operation in LOSING


def test_what_the_refresh_did_not_find_is_gone() -> None:
    found = step("refresh", KEY, "key", {}, {})
    events = [step("refresh", TABLE, "locks", {"name": "a"}), found]
    events += [step("create", TABLE, "locks", None, {"name": "b"}), step("same", KEY, "key", {}, {})]
    assert preview_of(STACK, [*events, step("create", KEY, "new", None, {})]).gone == {
        urn(TABLE, "locks"): {"name": "a"}
    }


def test_an_operation_of_a_newer_engine_is_a_change() -> None:
    preview = preview_of(STACK, [step("transmogrify", KEY, "key", {}, {}), {"somethingNewEvent": {}}])
    assert preview.counts == {"transmogrify": 1}
    assert preview.changes


def test_counts_are_by_harm() -> None:
    events = [step("same", KEY, "a", {}, {}), step("update", KEY, "b", {}, {}), *replaced(KEY, "c", {}, {})]
    assert list(preview_of(STACK, events).counts.items()) == [("replace", 1), ("update", 1), ("same", 1)]


def test_outputs_that_differ_are_a_change_that_no_resource_shows() -> None:
    preview = preview_of(STACK, [outputs({"kept": 1, "gone": 2, "moved": 3}, {"kept": 1, "moved": 4, "new": 5})])
    assert preview.outputs == ("gone", "moved", "new")
    assert preview.changes
    assert not preview_of(STACK, [outputs({"kept": 1}, {"kept": 1})]).changes


def test_protection_is_that_of_either_side() -> None:
    [found] = preview_of(STACK, [step("update", KEY, "key", {}, {}, protect=True)]).steps
    assert found.protect


def test_policies_name_the_resource_and_say_whether_they_stop() -> None:
    stack = urn("pulumi:pulumi:Stack", f"wedsync-{STACK}")
    found = preview_of(
        STACK,
        [
            violation("keep-backups", "Why.\n <{%reset%}>35 days  ", of=urn(CLUSTER, "database")),
            violation("block-saturday-deploys", "Closed.", "advisory", of=stack),
        ],
    ).policies
    assert [result.sentence for result in found] == [
        "Policy keep-backups (database): Why. 35 days",
        "Policy block-saturday-deploys: Closed.",
    ]
    assert [result.stops for result in found] == [True, False]


def test_diagnostics_are_told_once() -> None:
    preview = preview_of(
        STACK,
        [
            diagnostic("error", "<{%fg 1%}>no such subnet<{%reset%}>\n"),
            diagnostic("error", "no such subnet"),
            diagnostic("warning", "deprecated"),
            diagnostic("warning", "a moment only", ephemeral=True),
            diagnostic("info", "hello"),
        ],
    )
    assert preview.errors == ("no such subnet",)
    assert preview.warnings == ("deprecated",)


def test_components_and_providers_are_no_resources() -> None:
    component = step("create", "wedsync:database:RegionalDatabase", "database", None, {})
    component["resourcePreEvent"]["metadata"]["provider"] = ""
    events = [
        component,
        step("create", "pulumi:providers:aws", "aws", None, {}),
        step("create", ALARM, "cpu", None, {}),
    ]
    assert [found.is_resource for found in preview_of(STACK, events).steps] == [False, False, True]


def test_a_preview_that_a_policy_alone_stops_has_all_of_it() -> None:
    stopped, failed = violation("keep-backups", "35 days."), diagnostic("error", "preview failed")
    broken = diagnostic("error", "no such image")
    assert preview_of(STACK, []).complete
    assert preview_of(STACK, [stopped, failed]).complete
    assert not preview_of(STACK, [failed]).complete
    assert not preview_of(STACK, [stopped, broken, failed]).complete
