"""The list of who may approve: what counts, and every mistake at once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.signers import FILE, SignersError, read_signers
from tests.guard.signing import ADA, GRACE, KINDS, SECURITY_KINDS, key, own

KEY = own("ed25519", ADA).line
OTHER = own("p256", GRACE).line
SK, SK_ECDSA = "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"
SECURITY_KEY = own("sk-ed25519", ADA).blob
OTHER_KIND = SECURITY_KEY.replace(SK.encode(), SK.replace("sk", "xx").encode())
OTHER_CURVE = own("sk-p256", ADA).blob.replace(b"nistp256" + b"\0", b"nistp384" + b"\0")


def mistakes(text: str) -> list[str]:
    with pytest.raises(SignersError) as wrong:
        read_signers(text.encode())
    return [str(problem).removeprefix(f"{FILE}: ") for problem in wrong.value.problems]


def test_the_projects_own_list_can_be_read() -> None:
    read_signers((Path(__file__).parents[2] / FILE).read_bytes())


def test_lines_comments_and_options() -> None:
    text = (
        f"# people\n\n{ADA} {KEY}\n"
        f'\t{GRACE}\tnamespaces="a,b-c@d",valid-after="20260102Z",valid-before="202601020304Z"  {OTHER} a "comment\n'
    )
    ada, grace = read_signers(text.encode()).values()
    assert (ada.person, ada.namespaces, ada.after, ada.before) == (ADA, None, None, None)
    assert (grace.person, grace.namespaces) == (GRACE, ("a", "b-c@d"))
    assert (grace.after, grace.before) == (
        datetime(2026, 1, 2, tzinfo=UTC),
        datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize("kind", [*KINDS, *SECURITY_KINDS])
def test_kinds_of_keys(kind: str) -> None:
    (blob,) = read_signers(f"{ADA} {own(kind, ADA).line}".encode())
    assert blob == own(kind, ADA).blob


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"*@wedsync.example {KEY}", "'*@wedsync.example' is not one person's address, in lower case and in full"),
        (f"{ADA},{GRACE} {KEY}", "is not one person's address"),
        (f"Ada@wedsync.example {KEY}", "is not one person's address"),
        (f"ada {KEY}", "is not one person's address"),
        (f'"{ADA}" {KEY}', "is not one person's address"),
        (f"{ADA} cert-authority {KEY}", "cert-authority is not allowed: list each person's own key"),
        (f'{ADA} valid-until="20260101Z" {KEY}', "valid-until= is no option that is allowed: use namespaces, valid-"),
        (f'{ADA} valid-after="20260101" {KEY}', "valid-after='20260101' is no instant in UTC: write YYYYMMDDZ"),
        (f'{ADA} valid-after="20261301Z" {KEY}', "valid-after='20261301Z' is no instant in UTC"),
        (f'{ADA} valid-before="2026010101Z" {KEY}', "valid-before='2026010101Z' is no instant in UTC"),
        (f'{ADA} valid-before="2026 101Z" {KEY}', "is no instant in UTC"),
        (f'{ADA} valid-before="20260101ZZ" {KEY}', "is no instant in UTC"),
        (f'{ADA} valid-after="20260102Z",valid-before="20260102Z" {KEY}', "the key would never count"),
        (f'{ADA} namespaces="a",namespaces="b" {KEY}', "has an option twice: leave one"),
        (f'{ADA} namespaces="wedsync-*" {KEY}', "without spaces and wildcards"),
        (f'{ADA} namespaces="!file" {KEY}', "without spaces and wildcards"),
        (f'{ADA} namespaces="" {KEY}', "without spaces and wildcards"),
        (f"{ADA} namespaces=a {KEY}", "is not <address>"),
        (f'{ADA} namespaces="a {KEY}', "is not <address>"),
        (ADA, "is not <address>"),
        (KEY, "is not <address>"),
        (f"{KEY} comment", "is not <address>"),
        (f"{ADA} {KEY[:-1]}", "the key of ada@wedsync.example: is no ssh-ed25519 key: copy the line of its .pub file"),
        (f"{ADA} {KEY[:-4]}", "is no ssh-ed25519 key"),
        (f"{ADA} ssh-rsa {KEY.split()[1]}", "is no ssh-rsa key"),
        (f"{ADA} ssh-dss {KEY.split()[1]}", "'ssh-dss' is no kind of key that is allowed: use one of ssh-ed25519, ec"),
        (f"{ADA} {SK} {base64.b64encode(SECURITY_KEY + b'x').decode()}", f"is no {SK} key"),
        (f"{ADA} {SK} {base64.b64encode(SECURITY_KEY[:-1]).decode()}", f"is no {SK} key"),
        (f"{ADA} {SK} {base64.b64encode(OTHER_KIND).decode()}", f"is no {SK} key"),
        (f"{ADA} {SK} {KEY.split()[1]}", f"is no {SK} key"),
        (f"{ADA} {SK_ECDSA} {base64.b64encode(SECURITY_KEY).decode()}", f"is no {SK_ECDSA} key"),
        (f"{ADA} {SK_ECDSA} {base64.b64encode(OTHER_CURVE).decode()}", f"is no {SK_ECDSA} key"),
        (f"{ADA} {KEY}\r", "is not <address>"),
    ],
)
def test_a_wrong_line_is_told(line: str, said: str) -> None:
    (sentence,) = mistakes(f"# first\n{line}\n")
    assert sentence.startswith("line 2: ")
    assert said in sentence


def test_a_short_rsa_key_is_refused() -> None:
    short = key(rsa.generate_private_key(65537, 1024)).line  # noqa: S505 - to see it refused
    (sentence,) = mistakes(f"{ADA} {short}\n")
    assert "has 1024 bits, 2048 are the fewest" in sentence


def test_a_key_is_one_persons_on_one_line() -> None:
    for person in (ADA, GRACE):
        assert mistakes(f"{ADA} {KEY}\n{person} {KEY} again\n") == [
            f"line 2: has the key of {ADA} again: a key is on one line"
        ]


def test_every_wrong_line_is_told_at_once() -> None:
    assert [line[:6] for line in mistakes(f"x\n{ADA} {KEY}\ny\n")] == ["line 1", "line 3"]


@settings(deadline=None)
@given(
    st.binary()
    | st.lists(st.sampled_from([ADA, " ", "\n", KEY, OTHER, 'namespaces="a"', ",", '"', "#"]))
    .map("".join)
    .map(str.encode)
)
def test_anything_can_be_read_or_is_refused_in_sentences(text: bytes) -> None:
    try:
        found = read_signers(text)
    except SignersError:
        return
    assert {signer.person for signer in found.values()} <= {ADA, GRACE}
