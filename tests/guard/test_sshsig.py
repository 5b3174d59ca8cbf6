"""Signatures: the same answer as ssh-keygen's, and none that was changed in any way."""

from __future__ import annotations

import base64
import random
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.override import NAMESPACE, Candidate, RefusedError, approver_of, verify
from guard.signers import read_signers
from guard.sshsig import read_signature, wrapped
from guard.wire import WireError, string
from tests.guard.signing import (
    ADA,
    AT,
    BOTH,
    GRACE,
    KINDS,
    NAME,
    SECURITY_KINDS,
    TREE,
    Key,
    candidate,
    own,
    signature,
    signers,
    signers_text,
)

ALL = (*KINDS, *SECURITY_KINDS)
SEED = 20261128
CASES, MUTATIONS = 600, 100_000
POOL = tuple((f"{kind}-{number}@wedsync.example", own(kind, str(number))) for kind in ALL for number in (1, 2))
Change = Callable[[bytes, random.Random], bytes]


# The oracle.


def ours(text: bytes, person: str, found: bytes, message: bytes) -> bool:
    try:
        return approver_of(Candidate(NAME, message, {"x": found}), "x", read_signers(text), AT) == person
    except RefusedError:
        return False


def theirs(folder: Path, text: bytes, person: str, found: bytes, message: bytes) -> bool:
    (folder / "signers").write_bytes(text)
    (folder / "sig").write_bytes(found)
    command = ["ssh-keygen", "-Y", "verify", "-n", NAMESPACE, "-I", person, "-f", str(folder / "signers")]
    command += ["-s", str(folder / "sig"), f"-Overify-time={AT:%Y%m%d%H%M%S}Z"]
    return subprocess.run(command, input=message, capture_output=True, check=False).returncode == 0


def by_ssh_keygen(folder: Path, who: Key, message: bytes, namespace: str, hash_name: str) -> bytes:
    path = folder / "key"
    path.touch(mode=0o600)
    path.write_text(who.file)
    command = ["ssh-keygen", "-Y", "sign", "-f", str(path), "-n", namespace, f"-Ohashalg={hash_name}"]
    return subprocess.run(command, input=message, capture_output=True, check=True).stdout


def options(chance: random.Random) -> str:
    chosen: list[str] = []
    if chance.random() < 0.3:
        names = chance.choice(["file", "file,wedsync-override", "wedsync-override", "override"])
        chosen.append(f'namespaces="{names}"')
    if chance.random() < 0.4:
        # Never AT itself: ssh-keygen's valid-before has its last second in it, ours as all our intervals has not.
        name, signs = chance.choice([("valid-after", (-1, -1, 1)), ("valid-before", (1, 1, -1))])
        at = AT + chance.choice(signs) * timedelta(seconds=chance.choice([1, 60, 86400]))
        chosen.append(f'{name}="{at:%Y%m%d%H%M%S}Z"')
    return ",".join(chosen)


def case(chance: random.Random, folder: Path) -> tuple[bytes, str, bytes, bytes]:
    """A list of signers, a person, a signature and a message; they fit together in about every third case."""
    people = chance.sample(POOL, 6)
    person, who = chance.choice(people)
    message = chance.randbytes(chance.choice([0, 1, 100, 5000]))
    namespace = NAMESPACE if chance.random() < 0.9 else chance.choice(["file", "wedsync-overrid", "Wedsync-override"])
    hash_name = chance.choice(["sha256", "sha512"])
    if not who.application and chance.random() < 0.4:
        found = by_ssh_keygen(folder, who, message, namespace, hash_name)
    else:
        kinds = ["rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"] if who.kind == "ssh-rsa" else [who.kind]
        found = signature(who, message, namespace, hash_name, chance.choice(kinds))
    if chance.random() < 0.15:
        message += b"\n"
    if chance.random() < 0.15:
        found = of_blob(flipped)(found, chance)
    if chance.random() < 0.1:
        person = chance.choice(POOL)[0]
    listed = people if chance.random() < 0.9 else [each for each in people if each[1] is not who]
    return signers_text(*((name, each, options(chance)) for name, each in listed)), person, found, message


def test_the_answer_is_that_of_ssh_keygen(tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 - cases, not keys
    answers: list[bool] = []
    for number in range(CASES):
        given_ = case(chance, tmp_path)
        expected = theirs(tmp_path, *given_)
        assert ours(*given_) == expected, (number, given_)
        answers.append(expected)
    assert CASES / 4 < sum(answers) < CASES * 3 / 4  # or nothing was compared


# Mutations.


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def replaced(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice([chance.randbytes(1), b" ", b"\n", b"=", b"A", b"0", b'"']) + data[at + 1 :]


def inserted(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice([chance.randbytes(1), b" ", b"\n", b"\r", b"\0", b"=", b"#"]) + data[at:]


def cut(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.choice([1, 1, 2, 8, len(data)]) :]


def doubled(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.sample(range(len(data) + 1), 2))
    return data[:end] + data[start:end] + data[end:]


def swapped(data: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.sample(range(len(data)), 2))
    return (
        data[:first]
        + data[second : second + 1]
        + data[first + 1 : second]
        + data[first : first + 1]
        + data[second + 1 :]
    )


CHANGES: tuple[Change, ...] = (flipped, flipped, replaced, inserted, cut, doubled, swapped)


def of_blob(change: Change) -> Change:
    """The change made to what a signature's base64 text encodes, which is then wrapped well."""

    def changed(text: bytes, chance: random.Random) -> bytes:
        return wrapped(change(base64.b64decode(b"".join(text.split(b"\n")[1:-2])), chance))

    return changed


def mutated(found: Candidate, chance: random.Random) -> Candidate:
    change = chance.choice(CHANGES)
    if chance.random() < 0.4:
        return replace(found, raw=change(found.raw, chance))
    file = chance.choice(tuple(found.signatures))
    change = of_blob(change) if chance.random() < 0.5 else change
    return replace(found, signatures={**found.signatures, file: change(found.signatures[file], chance)})


def test_of_many_mutations_of_a_valid_override_none_is_accepted() -> None:
    chance = random.Random(SEED)  # noqa: S311 - cases, not keys
    who, kinds = signers(*BOTH), set[str]()
    valid = candidate()
    assert verify(valid, who, TREE, AT).approvers == (ADA, GRACE)
    tried = 0
    while tried < MUTATIONS:
        mutation = mutated(valid, chance)
        if mutation == valid:
            continue
        tried += 1
        with pytest.raises(RefusedError) as refused:
            verify(mutation, who, TREE, AT)
        kinds.update(" ".join(said.split()[1:4]) for said in refused.value.sentences)
    assert kinds >= {"does not fit", "is no signature:", "is by the", "was made for"}


@pytest.mark.parametrize("kind", ALL)
def test_no_byte_of_a_signature_of_any_kind_can_be_changed(kind: str) -> None:
    """Every byte of the signature's encoding in its eight bits, and every byte of the file."""
    who, key = signers((ADA, own(kind, ADA))), own(kind, ADA)
    found = signature(key, b"message")
    blob = base64.b64decode(b"".join(found.split(b"\n")[1:-2]))
    files = {
        wrapped(blob[:at] + bytes([blob[at] ^ 1 << bit]) + blob[at + 1 :])
        for at in range(len(blob))
        for bit in range(8)
    }
    files |= {found[:at] + other + found[at + 1 :] for at in range(len(found)) for other in (b"", b"A", b"\n", b"=")}
    for file in files - {found}:
        with pytest.raises(RefusedError):
            approver_of(Candidate(NAME, b"message", {"x": file}), "x", who, AT)
    assert approver_of(Candidate(NAME, b"message", {"x": found}), "x", who, AT) == ADA


# The form.

KEY = own("ed25519", ADA)
FIELDS: Mapping[str, bytes] = {
    "magic": b"SSHSIG",
    "version": b"\0\0\0\1",
    "key": string(KEY.blob),
    "namespace": string(NAMESPACE.encode()),
    "reserved": string(b""),
    "hash": string(b"sha512"),
    "inner": string(string(b"ssh-ed25519") + string(bytes(64))),
}


def of_fields(**other: bytes) -> bytes:
    return wrapped(b"".join({**FIELDS, **other}.values()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (of_fields(magic=b"SSHSIH"), "it is not of version 1 of SSH's signatures"),
        (of_fields(version=b"\0\0\0\2"), "it is not of version 1 of SSH's signatures"),
        (of_fields(namespace=string(b"a\nb")), "a name in it is not ASCII text"),
        (of_fields(namespace=string("ä".encode())), "a name in it is not ASCII text"),
        (of_fields(reserved=string(b"x")), "it has fields that ssh-keygen does not write"),
        (of_fields(hash=string(b"sha1")), "it has fields that ssh-keygen does not write"),
        (of_fields(more=b"x"), "something follows its end"),
        (of_fields(inner=b""), "it ends too early"),
        (of_fields(inner=string(string(b"ssh-ed25519") + string(b"") + b"x")), "something follows its end"),
        (
            of_fields(inner=string(string(b"sk-ssh-ed25519@openssh.com") + string(bytes(64)) + bytes(6))),
            "something follows its end",
        ),
        (of_fields()[1:], "it has not the first and last line of an SSH signature"),
        (of_fields()[:-1], "it has not the first and last line of an SSH signature"),
        (of_fields().replace(b"\nU", b"\n\nU"), "its lines are not those that ssh-keygen writes"),
        (of_fields().replace(b"\nU", b"\n*"), "it is not base64"),
        (of_fields(more=b"x").replace(b"eA==\n", b"eA=\n"), "it is not base64$"),
        (of_fields(more=b"x").replace(b"eA==\n", b"eB==\n"), "it is not base64 as ssh-keygen writes it"),
    ],
)
def test_another_form_is_no_signature(text: bytes, said: str) -> None:
    with pytest.raises(WireError, match=f"^{said}"):
        read_signature(text)


def test_the_form_itself_is_one() -> None:
    assert read_signature(of_fields()).namespace == NAMESPACE


@settings(deadline=None)
@given(st.binary() | st.binary().map(wrapped) | st.binary().map(lambda inner: of_fields(inner=string(inner))))
def test_anything_is_read_or_refused(text: bytes) -> None:
    try:
        found = read_signature(text)
    except WireError:
        return
    assert found.hash_name in ("sha256", "sha512")
