"""Whether an override counts: its document, the two approvals, the tree and the instant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from guard.document import DocumentError, Override, read_document
from guard.public_keys import fingerprint
from guard.signers import FILE, Signers
from guard.sshsig import read_signature
from guard.target import Target
from guard.wire import WireError
from guard.words import at_utc, listed
from seasons.local_days import utc

NAMESPACE = "wedsync-override"
APPROVERS = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document as it lies in overrides/, byte for byte, and the signatures beside it by the names of their files."""

    name: str
    raw: bytes
    signatures: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Approved:
    """An override that counts; made by `verify` alone. `approvers`: their addresses, sorted."""

    name: str
    override: Override
    approvers: tuple[str, ...]

    def objection(self, target: Target, at: datetime) -> str | None:
        """Return why it does not open this stack at this instant, or None if it does."""
        override = self.override
        if target.environment != override.environment:
            return f"{self.name} is for the environment {override.environment}, not for {target.environment}."
        if target.stack not in override.stacks:
            return f"{self.name} opens {listed(override.stacks)}, not {target.stack}."
        return time_objection(self.name, override, at)

    @property
    def sentence(self) -> str:
        """What was approved: where, until when, why and by whom."""
        what = self.override
        return (
            f"{self.name} opens {listed(what.stacks)} until {at_utc(what.expires)}: {what.reason} "
            f"({what.ticket}, requested by {what.requested_by}, approved by {listed(self.approvers)})"
        )


class RefusedError(Exception):
    """The override does not count; `sentences` has every reason."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        """Make the error of at least one reason."""
        self.sentences = sentences
        super().__init__("\n".join(sentences))


def verify(candidate: Candidate, signers: Signers, tree: str | None, at: datetime) -> Approved:
    """Return the override if it counts for this tree at this instant.

    Whatever lies beside the document has to be a good signature. As long as one is not, nothing in the document is
    believed, so that nothing else about it is told.

    Args:
        candidate: the document with its signatures.
        signers: who may approve.
        tree: the hash of what would be deployed, see `tree_hash`; None in a cluster, which cannot know.
        at: when; has an offset from UTC.
    Raises:
        RefusedError: it does not count, with every reason.
    """
    at = utc(at)
    approvers = _approvers(candidate, signers, at)
    try:
        override = read_document(candidate.raw, candidate.name)
    except DocumentError as error:
        raise RefusedError(tuple(map(str, error.problems))) from error
    sentences = tuple(_objections(candidate, override, approvers, tree, at))
    if sentences:
        raise RefusedError(sentences)
    return Approved(candidate.name, override, tuple(sorted(set(approvers))))


def approver_of(candidate: Candidate, file: str, signers: Signers, at: datetime) -> str:
    """Return whose approval of the document the signature in `file`, which is beside it, is.

    Raises:
        RefusedError: it is none.
    """
    try:
        signature = read_signature(candidate.signatures[file])
    except WireError as error:
        raise RefusedError((f"{file} is no signature: {error}. Make it with wedops override sign.",)) from error
    signer = signers.get(signature.key)
    if signer is None:
        raise RefusedError((f"{file} is by the key {fingerprint(signature.key)}, which is not in {FILE}.",))
    if signature.namespace != NAMESPACE:
        said = f"{file} was made for {signature.namespace!r}, not for {NAMESPACE!r}: it approves something else."
        raise RefusedError((said,))
    if not signature.fits(signer.key, candidate.raw):
        raise RefusedError(
            (
                f"{file} does not fit {candidate.name}: the document was edited after {signer.person} signed it, or"
                f" the signature is forged. What was approved is what was signed, byte for byte.",
            )
        )
    if objection := signer.objection(NAMESPACE, at):
        raise RefusedError((f"{file} does not count: {objection}.",))
    return signer.person


def time_objection(name: str, override: Override, at: datetime) -> str | None:
    """Return why the override does not count at this instant, or None if it does."""
    if at < override.not_before:
        return f"{name} is not valid yet: it counts from {at_utc(override.not_before)} on."
    if at >= override.expires:
        return f"{name} has expired: it counted until {at_utc(override.expires)}. Ask for another one."
    return None


def is_over(candidate: Candidate, at: datetime) -> bool:
    """Tell whether it says itself that its time is over, as every document will: then why else it fails is no news."""
    try:
        return at >= read_document(candidate.raw, candidate.name).expires
    except DocumentError:
        return False


def requester_objection(name: str, override: Override, approver: str) -> str | None:
    """Return why this person cannot approve the override, or None if they can."""
    if approver == override.requested_by:
        return f"{name} was requested by {approver}, who therefore cannot approve it."
    return None


def tree_objection(name: str, override: Override, tree: str) -> str | None:
    """Return why the override does not count for this tree, or None if it does."""
    if tree == override.tree:
        return None
    return (
        f"{name} is for another tree, {override.tree}; this one is {tree}. An approval is never carried over to"
        f" another change: check out what was approved, or ask for an override of this."
    )


def _approvers(candidate: Candidate, signers: Signers, at: datetime) -> list[str]:
    """Who approved, once for each signature."""
    approvers: list[str] = []
    sentences: list[str] = []
    for file in sorted(candidate.signatures):
        try:
            approvers.append(approver_of(candidate, file, signers, at))
        except RefusedError as error:
            sentences += error.sentences
    if sentences:
        raise RefusedError(tuple(sentences))
    return approvers


def _objections(
    candidate: Candidate, override: Override, approvers: list[str], tree: str | None, at: datetime
) -> Iterator[str]:
    name, people = candidate.name, sorted(set(approvers))
    for objection in (requester_objection(name, override, person) for person in people):
        if objection:
            yield objection
    if len(people) < APPROVERS:
        if len(approvers) > len(people):
            yield f"{name} is signed {len(approvers)} times by {people[0]}: however many keys, that is one approver."
        yield f"{name} is approved by {len(people)} of the {APPROVERS} people who have to: wedops override sign."
    if objection := time_objection(name, override, at):
        yield objection
    if tree is not None and (objection := tree_objection(name, override, tree)):
        yield objection
