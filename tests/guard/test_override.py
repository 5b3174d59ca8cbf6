"""An override that counts, and with one thing broken: every refusal has its sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from guard.document import written
from guard.override import Approved, Candidate, RefusedError, verify
from guard.public_keys import fingerprint
from guard.signers import Signers
from guard.target import Target, target_of
from seasons.local_days import NaiveInstantError
from tests.guard.signing import (
    ADA,
    AT,
    BOTH,
    GRACE,
    KINDS,
    MARY,
    NAME,
    OVERRIDE,
    SECURITY_KINDS,
    TREE,
    Key,
    candidate,
    changed,
    mpint,
    own,
    signature,
    signers,
)

SIGNERS = signers(*BOTH, (MARY, own("ed25519", MARY)))
BERLIN = Target("prod", "eu-central-1")
ADAS, GRACES, MARYS = own("ed25519", ADA), own("p256", GRACE), own("ed25519", MARY)


def refusals(found: Candidate, who: Signers = SIGNERS, tree: str = TREE, at: Any = AT) -> list[str]:
    with pytest.raises(RefusedError) as refused:
        verify(found, who, tree, at)
    return list(refused.value.sentences)


def signed(raw: bytes, *keys: Key) -> Candidate:
    return Candidate(NAME, raw, {f"{number}.sig": signature(each, raw) for number, each in enumerate(keys)})


def test_what_two_people_signed_counts() -> None:
    approved = verify(candidate(), SIGNERS, TREE, AT)
    assert approved == Approved(NAME, OVERRIDE, (ADA, GRACE))
    assert approved.objection(BERLIN, AT) is None
    assert approved.sentence == (
        f"{NAME} opens prod-eu-central-1 until Sat 2026-11-28 14:00 UTC: Payments fail in Berlin "
        f"(OPS-1234, requested by {MARY}, approved by {ADA} and {GRACE})"
    )


@pytest.mark.parametrize("kind", [*KINDS, *SECURITY_KINDS])
def test_every_kind_of_key_can_approve(kind: str) -> None:
    who = signers((ADA, own(kind, ADA)), (GRACE, own(kind, GRACE)))
    found = candidate(OVERRIDE, own(kind, ADA), own(kind, GRACE))
    assert verify(found, who, TREE, AT).approvers == (ADA, GRACE)
    assert "does not fit" in refusals(replace(found, raw=found.raw.replace(b"Berlin", b"Berlim")), who)[0]


@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
@pytest.mark.parametrize("kind", ["rsa-sha2-256", "rsa-sha2-512"])
def test_either_hash_can_be_used(hash_name: str, kind: str) -> None:
    rsa, raw = own("rsa", ADA), written(OVERRIDE)
    found = Candidate(
        NAME,
        raw,
        {"0": signature(rsa, raw, hash_name=hash_name, kind=kind), "1": signature(GRACES, raw, hash_name=hash_name)},
    )
    assert verify(found, signers((ADA, rsa), BOTH[1]), TREE, AT).approvers == (ADA, GRACE)


def test_it_counts_from_its_first_instant_until_before_its_last() -> None:
    tick = timedelta(microseconds=1)
    for at in (OVERRIDE.not_before, OVERRIDE.expires - tick):
        approved = verify(candidate(), SIGNERS, TREE, at)
        assert approved.objection(BERLIN, at) is None
    early, late = OVERRIDE.not_before - tick, OVERRIDE.expires
    said_early = f"{NAME} is not valid yet: it counts from Sat 2026-11-28 11:30 UTC on."
    said_late = f"{NAME} has expired: it counted until Sat 2026-11-28 14:00 UTC. Ask for another one."
    assert refusals(candidate(), at=early) == [said_early]
    assert refusals(candidate(), at=late) == [said_late]
    approved = verify(candidate(), SIGNERS, TREE, AT)
    assert (approved.objection(BERLIN, early), approved.objection(BERLIN, late)) == (said_early, said_late)


def test_an_instant_has_an_offset() -> None:
    with pytest.raises(NaiveInstantError):
        verify(candidate(), SIGNERS, TREE, AT.replace(tzinfo=None))


def test_it_opens_its_stacks_alone() -> None:
    both = changed(stacks=("prod", "prod-eu-central-1"))
    approved = verify(candidate(both), SIGNERS, TREE, AT)
    assert approved.objection(Target("prod", None), AT) is None
    assert approved.objection(BERLIN, AT) is None
    assert approved.objection(Target("prod", "us-east-1"), AT) == (
        f"{NAME} opens prod and prod-eu-central-1, not prod-us-east-1."
    )
    assert approved.objection(Target("staging", "eu-central-1"), AT) == (
        f"{NAME} is for the environment prod, not for staging."
    )
    of_one_region = verify(candidate(), SIGNERS, TREE, AT)
    assert of_one_region.objection(Target("prod", None), AT) == f"{NAME} opens prod-eu-central-1, not prod."


def test_a_stack_is_what_its_name_says() -> None:
    for target in (BERLIN, Target("prod", None)):
        assert target_of(target.stack) == target
    assert BERLIN.stack == "prod-eu-central-1"


def test_another_tree_is_refused() -> None:
    (said,) = refusals(candidate(), tree=TREE.replace("5a5a", "5a5b"))
    assert said.startswith(f"{NAME} is for another tree, {TREE}; this one is sha256:5a5b")
    assert "check out what was approved" in said


def test_an_edit_of_one_byte_is_refused() -> None:
    found = candidate()
    edited = replace(found, raw=found.raw.replace(b"14:00:00Z", b"14:00:01Z"))
    assert refusals(edited) == [
        f"{file} does not fit {NAME}: the document was edited after {person} signed it, or the signature is forged."
        " What was approved is what was signed, byte for byte."
        for file, person in (("0.sig", ADA), ("1.sig", GRACE))
    ]


def test_a_forged_signature_is_refused() -> None:
    # By Mary's key, said to be by Ada's.
    raw = written(OVERRIDE)
    forged = signature(Key(MARYS.private, ADAS.line), raw)
    assert "0.sig does not fit" in refusals(Candidate(NAME, raw, {"0.sig": forged, "1.sig": signature(GRACES, raw)}))[0]


def test_one_person_is_one_approver_however_many_keys_they_have() -> None:
    second = own("rsa", ADA)
    who = signers(*BOTH, (ADA, second))
    assert refusals(candidate(OVERRIDE, ADAS, second), who) == [
        f"{NAME} is signed 2 times by {ADA}: however many keys, that is one approver.",
        f"{NAME} is approved by 1 of the 2 people who have to: wedops override sign.",
    ]
    assert refusals(candidate(OVERRIDE, ADAS, ADAS), who)[0].startswith(f"{NAME} is signed 2 times by {ADA}")
    assert verify(candidate(OVERRIDE, ADAS, second, GRACES), who, TREE, AT).approvers == (ADA, GRACE)


def test_too_few_signatures_are_refused() -> None:
    one = f"{NAME} is approved by 1 of the 2 people who have to: wedops override sign."
    assert refusals(candidate(OVERRIDE, ADAS)) == [one]
    assert refusals(replace(candidate(), signatures={})) == [one.replace("by 1", "by 0")]


def test_who_requested_it_cannot_approve_it() -> None:
    assert refusals(candidate(changed(requested_by=ADA))) == [
        f"{NAME} was requested by {ADA}, who therefore cannot approve it."
    ]
    assert refusals(candidate(OVERRIDE, ADAS, GRACES, MARYS)) == [
        f"{NAME} was requested by {MARY}, who therefore cannot approve it."
    ]


def test_an_unknown_signer_is_refused() -> None:
    unknown = own("ed25519", "nobody")
    assert refusals(candidate(OVERRIDE, ADAS, GRACES, unknown)) == [
        f"2.sig is by the key {fingerprint(unknown.blob)}, which is not in overrides/allowed_signers."
    ]


def test_another_namespace_is_refused() -> None:
    raw = written(OVERRIDE)
    found = Candidate(NAME, raw, {"a": signature(ADAS, raw, "file"), "b": signature(GRACES, raw)})
    assert refusals(found) == ["a was made for 'file', not for 'wedsync-override': it approves something else."]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ('namespaces="file,git"', "is not for wedsync-override, by namespaces="),
        ('valid-after="20261128120001Z"', "counts only from Sat 2026-11-28 12:00:01 UTC on, by valid-after="),
        ('valid-before="202611281200Z"', "counts no more since Sat 2026-11-28 12:00 UTC, by valid-before="),
        ('namespaces="wedsync-override",valid-before="20261128Z"', "counts no more since Sat 2026-11-28 00:00 UTC"),
    ],
)
def test_a_key_that_does_not_count_is_refused(options: str, said: str) -> None:
    (sentence,) = refusals(candidate(), signers((ADA, ADAS, options), BOTH[1]))
    assert sentence.startswith("0.sig does not count: the key of ada@wedsync.example")
    assert said in sentence
    assert sentence.endswith("in overrides/allowed_signers.")


@pytest.mark.parametrize(
    "options",
    [
        'namespaces="file,wedsync-override"',
        'valid-after="20261128120000Z",valid-before="20261128120001Z"',
        'valid-before="20270101Z",namespaces="wedsync-override"',
    ],
)
def test_a_key_that_counts_for_this_at_this_time_can_approve(options: str) -> None:
    assert verify(candidate(), signers((ADA, ADAS, options), BOTH[1]), TREE, AT).approvers == (ADA, GRACE)


def test_longer_than_four_hours_is_refused_whoever_signed_it() -> None:
    exactly = OVERRIDE.not_before + timedelta(hours=4)
    verify(candidate(changed(expires=exactly)), SIGNERS, TREE, AT)
    (said,) = refusals(candidate(changed(expires=exactly + timedelta(seconds=1))))
    assert said == (
        f"{NAME}: expires is '2026-11-28T15:30:01Z': must be after not_before, and at most 4 hours after it"
    )


def test_a_signed_document_that_is_none_is_refused_with_every_mistake() -> None:
    raw = written(OVERRIDE).replace(b"prod-eu", b"staging-eu").replace(b"OPS-1234", b"").replace(b"reason", b"raeson")
    assert refusals(signed(raw, ADAS, GRACES)) == [
        f"{NAME}: ticket is '': must be text such as 'OPS-1234' of at most 40 characters (The incident's ticket)",
        f"{NAME}: stacks is ['staging-eu-central-1']: must be stacks of prod alone; staging-eu-central-1 is not:"
        " ask for another override",
        f"{NAME}: raeson: is not a known field; did you mean 'reason'?",
    ]


def test_everything_else_that_is_wrong_is_told_at_once() -> None:
    found = candidate(changed(requested_by=ADA), ADAS)
    assert [said.removeprefix(NAME).split()[:3] for said in refusals(found, tree="sha256:x", at=OVERRIDE.expires)] == [
        ["was", "requested", "by"],
        ["is", "approved", "by"],
        ["has", "expired:", "it"],
        ["is", "for", "another"],
    ]


def test_every_bad_signature_is_told_and_nothing_of_the_document() -> None:
    found = replace(candidate(changed(tree="none")), signatures={"a": b"", "b": signature(ADAS, b"else")})
    first, second = refusals(found)
    assert first.startswith("a is no signature: it has not the first and last line of an SSH signature.")
    assert second.startswith("b does not fit")


def test_sha1_is_refused() -> None:
    rsa, raw = own("rsa", ADA), written(OVERRIDE)
    found = Candidate(NAME, raw, {"0": signature(rsa, raw, kind="ssh-rsa"), "1": signature(GRACES, raw)})
    assert refusals(found, signers((ADA, rsa), BOTH[1]))[0].startswith("0 does not fit")


def test_a_number_has_one_form() -> None:
    assert mpint(0x80) == b"\0\0\0\2\0\x80"
    assert mpint(0x7F) == b"\0\0\0\1\x7f"


@pytest.mark.parametrize("kind", SECURITY_KINDS)
def test_a_security_key_has_to_be_touched(kind: str) -> None:
    raw, who = written(OVERRIDE), signers((ADA, own(kind, ADA)), BOTH[1])
    for touch, counts in (
        (b"\1\0\0\0\0", True),
        (b"\5\xff\xff\xff\xff", True),
        (b"\0\0\0\0\7", False),
        (b"\4\0\0\0\7", False),
    ):
        found = Candidate(NAME, raw, {"0": signature(own(kind, ADA), raw, touch=touch), "1": signature(GRACES, raw)})
        if counts:
            assert verify(found, who, TREE, AT).approvers == (ADA, GRACE)
        else:
            assert refusals(found, who)[0].startswith("0 does not fit")
