"""Who may approve: overrides/allowed_signers, in the format of ssh-keygen(1), "ALLOWED SIGNERS".

Less is allowed than there: a line is one person, by one address in full, and a key is on one line. So a line can never
stand for somebody else, and one person's keys are known to be one person's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from guard.public_keys import PublicKey, UnusableKeyError, read_key
from guard.words import at_utc
from regions.problems import ABSENT, Problem, Problems

FILE = "overrides/allowed_signers"

PERSON = r"[a-z0-9._+-]+@[a-z0-9.-]+"
"""An address in its one form: two spellings would be two people."""

_LINE = re.compile(
    r"(?P<person>\S+)[ \t]+"
    r'(?:(?P<options>[a-z-]+="[^"]*"(?:,[a-z-]+="[^"]*")*|cert-authority)[ \t]+)?'
    r"(?P<kind>[a-z0-9@.-]+)[ \t]+(?P<key>[A-Za-z0-9+/=]+)(?:[ \t].*)?"
)
_OPTION = re.compile(r'([a-z-]+)="([^"]*)"')
_OPTIONS = ("namespaces", "valid-after", "valid-before")
_NAMESPACE = re.compile(r"[A-Za-z0-9@._-]+")
_TIME_FORMATS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_FORM = '<address> [namespaces="…",valid-after="…Z",valid-before="…Z"] <kind of key> <key> [comment]'


@dataclass(frozen=True, slots=True)
class Signer:
    """One key of a person; valid from `after` until before `before`, for `namespaces` (None: for all)."""

    person: str
    key: PublicKey
    namespaces: tuple[str, ...] | None
    after: datetime | None
    before: datetime | None

    def objection(self, namespace: str, at: datetime) -> str | None:
        """Return why the key does not count for this namespace at this instant, or None if it does."""
        if self.namespaces is not None and namespace not in self.namespaces:
            return f"the key of {self.person} is not for {namespace}, by namespaces= in {FILE}"
        if self.after and at < self.after:
            return f"the key of {self.person} counts only from {at_utc(self.after)} on, by valid-after= in {FILE}"
        if self.before and at >= self.before:
            return f"the key of {self.person} counts no more since {at_utc(self.before)}, by valid-before= in {FILE}"
        return None


Signers = Mapping[bytes, Signer]
"""Every signer by the key's encoding."""


class SignersError(ValueError):
    """The file holds mistakes; `problems` has all of them. Nobody can approve until they are corrected."""

    def __init__(self, problems: Problems) -> None:
        """Make the error of at least one problem."""
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class _LineError(ValueError):
    """What is wrong with a line."""


def read_signers(text: bytes) -> Signers:
    """Return the signers that the file's text lists.

    Raises:
        SignersError: with every line that is wrong.
    """
    signers: dict[bytes, Signer] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.decode(errors="replace").split("\n"), start=1):
        line = line.strip(" \t")
        if not line or line.startswith("#"):
            continue
        try:
            signer = _signer(line)
            if signer.key.blob in signers:
                raise _LineError(f"has the key of {signers[signer.key.blob].person} again: a key is on one line")
            signers[signer.key.blob] = signer
        except _LineError as error:
            problems.append(Problem(FILE, f"line {number}", ABSENT, str(error)))
    if problems:
        raise SignersError(tuple(problems))
    return signers


def _signer(line: str) -> Signer:
    found = _LINE.fullmatch(line)
    if not found:
        raise _LineError(f"is not {_FORM}")
    person, options, kind, key = found["person"], found["options"], found["kind"], found["key"]
    if not re.fullmatch(PERSON, person):
        raise _LineError(f"{person!r} is not one person's address, in lower case and in full: ada@wedsync.example")
    try:
        public_key = read_key(kind, key)
    except UnusableKeyError as error:
        raise _LineError(f"the key of {person}: {error}") from error
    given = _options(options or "")
    after, before = _time(given, "valid-after"), _time(given, "valid-before")
    if after and before and after >= before:
        raise _LineError("valid-before= is not after valid-after=: the key would never count")
    return Signer(person, public_key, _namespaces(given), after, before)


def _options(text: str) -> dict[str, str]:
    if text == "cert-authority":
        raise _LineError("cert-authority is not allowed: list each person's own key")
    pairs = _OPTION.findall(text)
    given = dict(pairs)
    unknown = [name for name in given if name not in _OPTIONS]
    if unknown:
        raise _LineError(f"{unknown[0]}= is no option that is allowed: use {', '.join(_OPTIONS)}")
    if len(given) != len(pairs):
        raise _LineError("has an option twice: leave one")
    return given


def _namespaces(given: Mapping[str, str]) -> tuple[str, ...] | None:
    if "namespaces" not in given:
        return None
    names = tuple(given["namespaces"].split(","))
    if not all(map(_NAMESPACE.fullmatch, names)):
        raise _LineError("namespaces= must be names with commas between, without spaces and wildcards")
    return names


def _time(given: Mapping[str, str], name: str) -> datetime | None:
    """The instant of an option. Without Z, it would be another one on each machine."""
    text = given.get(name)
    if text is None:
        return None
    digits = text.removesuffix("Z")
    form = _TIME_FORMATS.get(len(digits))
    try:
        if form is None or digits == text or not (digits.isascii() and digits.isdigit()):
            raise ValueError(text)
        return datetime.strptime(digits, form).replace(tzinfo=UTC)
    except ValueError:
        raise _LineError(f"{name}={text!r} is no instant in UTC: write YYYYMMDDZ or YYYYMMDDHHMMSSZ") from None
