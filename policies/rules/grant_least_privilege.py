"""No role may do everything of a service, and nothing is open to everybody."""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.reading import Fields, mappings, words
from policies.rule import Rule
from policies.statements import everybody, statements
from policies.subject import UNKNOWN, Subject

_OF_IDENTITIES = (tokens.ROLE_POLICY, tokens.IAM_POLICY)
_OF_RESOURCES = (
    tokens.BUCKET_POLICY,
    tokens.TOPIC_POLICY,
    tokens.QUEUE_POLICY,
    tokens.FILE_SYSTEM_POLICY,
    tokens.SECRET_POLICY,
    tokens.REPOSITORY_POLICY,
    tokens.VPC_ENDPOINT,
    tokens.KEY,
    tokens.REPLICA_KEY,
)
_MANAGED = ("AdministratorAccess", "PowerUserAccess", "FullAccess")
"""How the names of AWS's own policies end that allow all of a service, or all there is."""


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    if subject.type == tokens.ROLE_POLICY_ATTACHMENT:
        yield from _managed(words(subject.get("policyArn")))
    elif subject.type == tokens.ROLE:
        yield from _managed(words(subject.get("managedPolicyArns")))
        yield from _trust(subject)
        for each in mappings(subject.get("inlinePolicies")):
            yield from _identity(each.get("policy"))
    elif subject.type in _OF_IDENTITIES:
        yield from _identity(subject.get("policy"))
    else:
        for statement in _allowing(subject.get("policy")):
            # An endpoint's policy gives nobody a right: it says what can be reached through it.
            wide = subject.type != tokens.VPC_ENDPOINT or "*" in words(statement.get("Resource"))
            if wide and everybody(statement.get("Principal")) and not statement.get("Condition"):
                yield "policy allows everybody, without a condition."


def _identity(document: object) -> Iterator[str]:
    for statement in _allowing(document):
        for action in words(statement.get("Action")):
            if action == "*" or action.endswith(":*"):
                yield f"It allows {action!r}: name the actions."
        for inverted in ("NotAction", "NotResource"):
            if inverted in statement:
                yield f"It allows by {inverted}: that is all but a few, and more with every new service."


def _trust(role: Subject) -> Iterator[str]:
    for statement in _allowing(role.get("assumeRolePolicy")):
        if everybody(statement.get("Principal")) or "NotPrincipal" in statement:
            yield "assumeRolePolicy lets everybody assume the role."


def _managed(arns: list[str]) -> Iterator[str]:
    for arn in arns:
        if arn.endswith(_MANAGED):
            yield f"It has {arn}: that is everything, or everything of a service."


def _allowing(document: object) -> Iterator[Fields]:
    """The statements of a document that allow something; none where a preview does not know it."""
    if document is not UNKNOWN:
        yield from (each for each in statements(document) if each.get("Effect") == "Allow")


RULE = Rule(
    id="grant-least-privilege",
    why="Whoever gets hold of a pod has its role: with a wildcard, that is every database of the environment.",
    fix="Name the actions, and the resources where the service knows them; name who may assume a role.",
    types=(tokens.ROLE, tokens.ROLE_POLICY_ATTACHMENT, *_OF_IDENTITIES, *_OF_RESOURCES),
    check=_check,
)
