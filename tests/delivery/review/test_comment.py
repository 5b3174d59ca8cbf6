"""The comment, from real previews: what it says first, what it never says, and that it always fits."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from delivery.deploy.preview import PolicyResult
from delivery.deploy.review import Review
from delivery.review.comment import LIMIT, comment, marker
from delivery.review.seen import Seen, exit_code
from tests.delivery.review.recorded import stream
from tests.delivery.review.rendered import codes, structure, words
from tests.delivery.review.reviews import SATURDAY, WEDNESDAY, preview, recorded, seen, step
from tests.delivery.review.test_markdown import HOSTILE

TABLE, BUCKET = "aws:dynamodb/table:Table", "aws:s3/bucket:Bucket"
# By which values are known that are more than JSON: pulumi's sdk/go/common/resource/sig.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
REGION = "local-us-east-1"


class _MarkdownFile(SingleFileSnapshotExtension):
    """A file that a browser shows as GitHub does."""

    _write_mode = WriteMode.TEXT
    file_extension = "md"


@pytest.mark.parametrize(
    ("name", "stack"),
    [
        ("same", REGION),
        ("resize", REGION),
        ("losses", REGION),
        ("domain", "local"),
        ("expensive", REGION),
        ("broken", REGION),
        ("occupied", "local-us-west-1"),
        ("thousands", "thousands"),
    ],
)
def test_a_recorded_preview(name: str, stack: str, snapshot: SnapshotAssertion) -> None:
    made = comment("local", [recorded(name, stack)], ())
    assert len(made.encode()) < LIMIT
    assert made == snapshot.use_extension(_MarkdownFile)


def test_several_stacks_on_a_saturday(snapshot: SnapshotAssertion) -> None:
    stacks = [recorded("domain", "local", SATURDAY), recorded("resize", REGION, SATURDAY)]
    new = Seen(
        replace(recorded("broken", "local-us-west-1", SATURDAY).review, preview=None, failure="no such stack"), True
    )
    made = comment("local", [*stacks, new], ("local-eu-central-1",))
    assert made == snapshot.use_extension(_MarkdownFile)


def test_thousands_of_resources_lose_no_summary_and_no_loss() -> None:
    found = recorded("thousands", "thousands")
    made = comment("local", [found], ())
    assert len(made.encode()) > LIMIT * 0.9  # the room is used
    assert len(found.review.losses) == 50
    assert all(f"`{loss.step.urn}`" in made for loss in found.review.losses)
    (said,) = re.findall(r"and (\d+) more creations, not shown", made)
    created = (
        [each for each in found.review.preview.steps if each.operation == "create"] if found.review.preview else []
    )
    assert int(said) + made.count("- **create**") == len(created)


def test_an_edit_that_touches_nothing() -> None:
    made = comment("prod", [], ("prod", "prod-us-east-1"))
    others = "Not touched by this edit: prod, prod-us-east-1."
    assert made == f"{marker('prod')}\n## prod: this edit touches no stack\n\n\n{others}\n"


def test_nothing_that_the_engine_masks_is_shown() -> None:
    """The stream itself has none: what the comment is made from cannot tell it."""
    events = stream("same")
    clusters = [each["resourcePreEvent"]["metadata"] for each in events if _is_a(each, "aws:rds/cluster:Cluster")]
    masked = {each["new"]["inputs"]["masterPasswordWo"]["ciphertext"] for each in clusters}
    assert masked == {"[secret]"}


@pytest.mark.parametrize(
    "secret",
    [
        "[secret]",
        {_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"},
        {_SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "plaintext": "hunter2"},
    ],
)
@pytest.mark.parametrize(("path", "wrap"), [("tags.password", False), ("tags", True)])
def test_a_secret_is_named_and_not_shown(secret: object, path: str, wrap: bool) -> None:
    old, new = {"tags": {"password": secret}}, {"tags": {"password": "open", "other": [secret]} if wrap else {}}
    made = comment("local", [seen(preview(step("update", TABLE, "table", paths=(path,), old=old, new=new)))], ())
    assert f"- `{path}`: a secret\n" in made
    assert "hunter2" not in made
    assert "`open`" not in made


def _is_a(event: object, kind: str) -> bool:
    return f'"type": "{kind}"' in json.dumps(event)


@pytest.mark.parametrize(
    ("path", "old", "new", "shown"),
    [
        ("spec.replicas", {"spec": {"replicas": 3}}, {"spec": {"replicas": 5}}, "`spec.replicas`: `3` → `5`"),
        ("zones[1]", {"zones": ["a"]}, {"zones": ["a", "b"]}, "`zones[1]`: nothing → `b`"),
        ('data["a.b"].c', {"data": {"a.b": {"c": "x"}}}, {"data": {"a.b": {}}}, '`data["a.b"].c`: `x` → nothing'),
        ("tags", {"tags": {"b": 1, "a": None}}, {}, '`tags`: `{"a": null, "b": 1}` → nothing'),
        ("on", {"on": True}, {"on": False}, "`on`: `true` → `false`"),
        ("size", {"size": 1}, {"size": 1}, "`size`: back to `1`"),
        ("arn", {}, {}, "`arn`"),
        ("id", {"id": "a"}, {"id": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}, "`id`: `a` → `(known afterwards)`"),
        ("long", {"long": "x" * 200 + "a"}, {"long": "x" * 200 + "b"}, f"`long`: `…{'x' * 40}a` → `…{'x' * 40}b`"),
        ("long", {"long": "x" * 200}, {"long": "x" * 201}, f"`long`: `…{'x' * 40}` → `…{'x' * 41}`"),
    ],
)
def test_a_property(path: str, old: dict[str, object], new: dict[str, object], shown: str) -> None:
    made = comment("local", [seen(preview(step("update", ALARM, "alarm", paths=(path,), old=old, new=new)))], ())
    assert f"- **update** `{ALARM}` `alarm`\n  - {shown}\n" in made


@given(name=st.sampled_from(HOSTILE), value=st.sampled_from(HOSTILE), message=st.sampled_from(HOSTILE))
@settings(deadline=None)
def test_hostile_names_values_and_messages_change_nothing(name: str, value: str, message: str) -> None:
    made, harmless = _everywhere(name, value, message), _everywhere("name", "value", "message")
    assert structure(made) == structure(harmless)
    assert re.search(r"@\w|#\d", "\n".join(words(made))) is None
    assert any(" ".join(name.split())[:8].strip("\x1b") in each for each in codes(made))


def _everywhere(name: str, value: str, message: str) -> str:
    """A comment with them wherever the engine, a policy or a program can put them."""
    steps = (
        step("replace", TABLE, name, replace_keys=(value,)),
        step("delete", ALARM, name, paths=(value,)),
        step(
            "update",
            ALARM,
            f"{name}-2",
            paths=("tags.x",),
            old={"tags": {"x": value}},
            new={"tags": {"x": f"{value}!"}},
        ),
        step("create", name, name),
    )
    said = (PolicyResult(name, "mandatory", "", message), PolicyResult(name, "advisory", "", message))
    one = seen(preview(*steps, policies=said, warnings=(message,), outputs=(name,)))
    two = Seen(replace(one.review, stack="local-us-east-1", failure=message, preview=None, losses=(), refusals=()))
    return comment("local", [one, two], ())


@given(
    counts=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=6),
    length=st.sampled_from([1, 60, 3000]),
    letter=st.sampled_from(["x", "ü", "💍", "`"]),
)
@settings(deadline=None, max_examples=25)
def test_it_always_fits_and_every_stack_and_every_loss_is_in_it(
    counts: Sequence[tuple[int, int, int]], length: int, letter: str
) -> None:
    stacks = [
        seen(
            preview(
                *(step("replace", TABLE, f"{number}{letter * length}") for number in range(lost)),
                *(step("update", ALARM, f"{number}{letter * length}", paths=("a",)) for number in range(updated)),
                *(step("create", BUCKET, f"{number}{letter * length}") for number in range(created)),
                stack=f"local-{index}",
            )
        )
        for index, (lost, updated, created) in enumerate(counts)
    ]
    made = comment("local", stacks, ())
    assert len(made.encode()) < LIMIT
    for index, (lost, updated, created) in enumerate(counts):
        assert f"| local-{index} | {created} | {updated} | {f'**{lost}**' if lost else 0} | 0 |" in made
        if lost:
            assert f"REPLACE {lost}** `{TABLE}` of `local-{index}`" in made or made.count("**REPLACE**") == sum(
                each for each, _, _ in counts
            )
    shown, hidden = made.count("- **update**"), sum(map(int, re.findall(r"and (\d+) more changes", made)))
    assert shown + hidden == sum(updated for _, updated, _ in counts)


def test_hundreds_of_stacks_fit_too() -> None:
    kinds = (TABLE, BUCKET, "aws:rds/cluster:Cluster", "aws:kms/key:Key", "aws:efs/fileSystem:FileSystem")
    stacks = [
        seen(
            preview(
                *(step("replace", kind, f"{number}{'x' * 90}") for kind in kinds for number in range(3)),
                *(step("update", ALARM, f"{number}", paths=("a",)) for number in range(20)),
                warnings=("careful",),
                outputs=("endpoint",),
                stack=f"local-{index}",
            )
        )
        for index in range(250)
    ]
    made = comment("local", stacks, ())
    assert len(made.encode()) < LIMIT
    assert all(f"| local-{index} | 0 | 20 | **15** | 0 |" in made for index in range(250))
    assert "3750 resources hold what would be LOST" in made
    assert all(f"- **REPLACE 750** `{kind}`" in made for kind in kinds)
    left = re.search(r"The details of (\d+) more stacks are not shown", made)
    assert left is not None
    assert made.count("<details>") + int(left[1]) == 250
    assert made.count("<details>") > 10


def test_what_matters_most_gets_the_room() -> None:
    many = [step("create", BUCKET, f"new-{number}{'x' * 100}") for number in range(2000)]
    changed = step("update", ALARM, "changed", paths=("threshold",), old={"threshold": 1}, new={"threshold": 2})
    made = comment("local", [seen(preview(*many)), seen(preview(*many, changed, stack=REGION))], ())
    assert "`threshold`: `1` → `2`" in made
    left = [int(number) for number in re.findall(r"and (\d+) more creations", made)]
    assert len(left) == 2
    assert abs(left[0] - left[1]) <= 1  # each gets its turn


def test_what_somebody_deleted_by_hand_is_told() -> None:
    table = step("create", TABLE, "table")
    made = comment("local", [seen(preview(table, gone={table.urn: {"name": "table"}}))], ())
    assert f"- **made again**, for it is gone from the cloud: `{table.urn}`\n" in made


def test_what_fails_beside_a_refusal_is_told_too() -> None:
    found = preview(step("delete", TABLE, "table"), errors=("preview failed", "no such host"))
    made = comment("local", [seen(found)], ())
    assert "**Failed as well:**\n\n```text\nno such host\n```" in made
    assert "preview failed" not in made


def test_exit_codes() -> None:
    fine, refused = seen(preview()), seen(preview(step("delete", TABLE, "table")))
    failed = Seen(replace(fine.review, preview=None, failure="no"))
    assert exit_code([]) == exit_code([fine]) == 0
    assert exit_code([fine, refused]) == 3
    assert exit_code([refused, failed]) == 1
    assert exit_code([Seen(failed.review, is_new=True)]) == 0


def test_a_closed_window_is_told_and_stops_nothing() -> None:
    closed = seen(preview(), SATURDAY)
    assert "| **blocked until Sun 2026-11-29 12:00 UTC** |" in comment("local", [closed], ())
    assert "| allowed until Fri 2026-11-27 11:00 UTC |" in comment("local", [seen(preview(), WEDNESDAY)], ())
    assert exit_code([closed]) == 0
    always = replace(closed.review, verdict=replace(closed.review.verdict, window=None, closes_at=None))
    assert "| always allowed |" in comment("local", [Seen(always)], ())


def test_a_review_without_a_preview_is_told() -> None:
    """Where the state has operations of an update that never ended."""
    stopped = Review("local", seen(preview()).review.verdict, refusals=("local: the state has 1 operation",))
    made = comment("local", [Seen(stopped)], ())
    assert "| local | not previewed |" in made
    assert "- **stops it:** local: the state has 1 operation" in made
