"""A document has one form; what is wrong with another one is told in sentences, all at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.document import LONGEST, DocumentError, Override, override_of, read_document, written
from tests.guard.signing import NAME, OVERRIDE

GOOD = written(OVERRIDE)
HEAD = "# Opens a freeze window in an emergency: overrides/README.md. An edit makes every signature void."

words = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=10, max_size=40)
seconds = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001
regions = st.from_regex(r"[a-z]{2}-[a-z]{4,9}-[1-9]", fullmatch=True)


@st.composite
def overrides(draw: st.DrawFn) -> Override:
    start = draw(seconds)
    length = draw(st.integers(1, LONGEST // timedelta(seconds=1)))
    environment = draw(st.sampled_from(["prod", "staging"]))
    return Override(
        reason=" ".join(draw(st.lists(words, min_size=1, max_size=5))),
        ticket=draw(st.from_regex(r"[A-Z]{2,5}-[0-9]{1,5}", fullmatch=True)),
        requested_by=draw(st.from_regex(r"[a-z0-9._+-]{1,9}@[a-z0-9.-]{1,9}", fullmatch=True)),
        environment=environment,
        stacks=tuple(f"{environment}-{name}" for name in draw(st.sets(regions, min_size=1, max_size=4))),
        not_before=start,
        expires=start + timedelta(seconds=length),
        tree=draw(st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)),
    )


def mistakes(raw: bytes | str) -> list[str]:
    with pytest.raises(DocumentError) as wrong:
        read_document(raw if isinstance(raw, bytes) else raw.encode(), NAME)
    return [str(problem).removeprefix(f"{NAME}: ") for problem in wrong.value.problems]


def test_the_form() -> None:
    assert GOOD.decode().splitlines() == [
        HEAD,
        'reason: "Payments fail in Berlin"',
        'ticket: "OPS-1234"',
        'requested_by: "mary@wedsync.example"',
        'environment: "prod"',
        'stacks: ["prod-eu-central-1"]',
        'not_before: "2026-11-28T11:30:00Z"',
        'expires: "2026-11-28T14:00:00Z"',
        f'tree: "{OVERRIDE.tree}"',
    ]


@settings(deadline=None)
@given(overrides())
def test_what_is_written_is_read(override: Override) -> None:
    assert read_document(written(override), NAME) == override


@settings(deadline=None)
@given(
    st.binary()
    | st.text().map(str.encode)
    | st.lists(st.sampled_from([*GOOD.split(b"\n"), b"&a", b"*a", b"- ", b"? [a]: b"])).map(b"\n".join)
)
def test_anything_else_is_refused_in_sentences(raw: bytes) -> None:
    assert raw == GOOD or mistakes(raw)


@settings(deadline=None)
@given(st.data())
def test_no_other_bytes_mean_the_same(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD)))
    removed, added = data.draw(st.integers(0, 3)), data.draw(st.binary(max_size=3))
    other = GOOD[:at] + added + GOOD[at + removed :]
    try:
        found = read_document(other, NAME)
    except DocumentError:
        return
    assert (found == OVERRIDE) == (other == GOOD)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Payments fail in Berlin"', '"short"', "reason is 'short': must be text of at most 500 characters"),
        ('in Berlin"', 'in\\tBerlin"', "must be one line of visible characters, without spaces around it"),
        ('in Berlin"', 'in \u202eBerlin"', "must be one line of visible characters, without spaces around it"),
        ('in Berlin"', 'in Berlin "', "must be one line of visible characters, without spaces around it"),
        ("OPS-1234", "two words", "ticket is 'two words': must be text such as 'OPS-1234'"),
        ("mary@", "Mary@", "requested_by is 'Mary@wedsync.example': must be text such as 'ada@example.org'"),
        ('"prod"', '"pr-od"', "environment is 'pr-od': must be text matching"),
        ('["prod-eu-central-1"]', "[]", "stacks is []: must be a list of text such as 'prod-eu-central-1', at least 1"),
        ('["prod-eu-central-1"]', '"prod"', "stacks is 'prod': must be a list of text"),
        ('["prod-eu', '["prod-eu-central-1", "prod-eu', "must list each once; prod-eu-central-1 is there twice"),
        ('["prod-eu', '["staging", "prod-eu', "must be stacks of prod alone; staging is not: ask for another override"),
        ("11:30:00Z", "11:30:00+00:00", "not_before is '2026-11-28T11:30:00+00:00': must be an instant in UTC such as"),
        ("11-28T11:30:00Z", "11-28", "must be an instant in UTC such as '2026-11-28T18:30:00Z'"),
        ("2026-11-28T11", "2026-1-28T11", "must be an instant in UTC such as"),
        ("2026-11-28T11", "2026-13-28T11", "must be an instant in UTC such as"),
        ("14:00:00Z", "15:30:01Z", "must be after not_before, and at most 4 hours after it"),
        ("14:00:00Z", "11:30:00Z", "must be after not_before, and at most 4 hours after it"),
        ("sha256:", "sha1:", "tree is 'sha1:5a5a"),
        ("tree: ", "force: true\ntree: ", "force: is not a known field; known: "),
        ('ticket: "OPS-1234"\n', "", "ticket: is missing; add text such as 'OPS-1234'"),
    ],
)
def test_a_wrong_field_is_told(old: str, new: str, said: str) -> None:
    (sentence,) = mistakes(GOOD.decode().replace(old, new, 1))
    assert said in sentence


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# Opens", "# Closes", f"line 1: must be written as {HEAD!r}"),
        ('"prod"', "prod", "line 5: must be written as 'environment: \"prod\"'"),
        ('"prod"\n', '"prod" # yes\n', "line 5: must be written as 'environment: \"prod\"'"),
        ("Berlin", "\\u0042erlin", "line 2: must be written as 'reason: \"Payments fail in Berlin\"'"),
        ('ticket: "OPS-1234"\n', 'ticket: "OPS-1"\nticket: "OPS-1234"\n', "line 3: must be written as"),
        ("\n", "\r\n", f"line 1: must be written as {HEAD!r}"),
        ('5a"\n', '5a"', "line 10: must not be there"),
        ('5a"\n', '5a"\n\n', "line 10: must be empty and the last one"),
        ('environment: "prod"', 'environment: &e "prod"', "line 5: must be written as"),
    ],
)
def test_another_form_is_told_with_its_line(old: str, new: str, said: str) -> None:
    (sentence,) = mistakes(GOOD.decode().replace(old, new, 1))
    assert sentence.startswith(said)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\xff", "is not UTF-8 text"),
        (b"", "must be a mapping of fields"),
        (b"- a", "must be a mapping of fields"),
        (b"a: [", "is not valid YAML"),
        (b"a: 1\n---\nb: 2", "is not valid YAML"),
        (b"a: &a [*a]", "is not valid YAML"),
        (b"? [a]\n: b", "is not valid YAML"),
        (b"[" * 100_000, "is not valid YAML"),
    ],
)
def test_what_is_no_document_is_told(raw: bytes, said: str) -> None:
    (sentence,) = mistakes(raw)
    assert sentence.startswith(said)


def test_every_mistake_of_the_fields_is_told_at_once() -> None:
    with pytest.raises(DocumentError) as wrong:
        override_of({"reason": "x", "environment": "prod", "stacks": ["staging"], "tree": ""}, "override")
    assert [problem.field for problem in wrong.value.problems] == [
        "reason",
        "ticket",
        "requested_by",
        "stacks",
        "not_before",
        "expires",
        "tree",
    ]
