"""Nothing of ours answers without TLS: databases, caches, buckets, topics, file systems, gateways."""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.reading import at, is_on, mappings, must_be_on, written
from policies.rule import Rule
from policies.statements import everybody, statements
from policies.subject import UNKNOWN, Subject

_FORCE = "rds.force_ssl"
_POLICIES = (tokens.BUCKET_POLICY, tokens.TOPIC_POLICY, tokens.FILE_SYSTEM_POLICY)
_TLS = ("HTTPS", "TLS")


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    if subject.type == tokens.CACHE:
        yield from _cache(subject)
    elif subject.type == tokens.DB_CLUSTER_PARAMETERS:
        yield from _parameters(subject)
    elif subject.type in _POLICIES:
        yield from _policy(subject)
    else:
        yield from _gateway(subject)


def _cache(subject: Subject) -> Iterator[str]:
    yield from must_be_on(subject, "transitEncryptionEnabled")
    if subject.get("transitEncryptionMode") == "preferred":
        yield "transitEncryptionMode is 'preferred': clients without TLS would be served."


def _parameters(subject: Subject) -> Iterator[str]:
    parameters = subject.get("parameters", [])
    if parameters is UNKNOWN or UNKNOWN in parameters:
        return
    values = {each.get("name"): each.get("value") for each in mappings(parameters)}
    value = values.get(_FORCE)
    if value is not UNKNOWN and value != "1":
        yield f"Parameter {_FORCE} is {written(value)}: it must be '1'."


def _policy(subject: Subject) -> Iterator[str]:
    document = subject.get("policy")
    if document is not UNKNOWN and not any(_denies_plain(each) for each in statements(document)):
        yield "policy denies nobody who comes without TLS (aws:SecureTransport)."


def _denies_plain(statement: object) -> bool:
    secure = at(statement, "Condition.Bool", {}).get("aws:SecureTransport")
    denied = at(statement, "Effect") == "Deny" and everybody(at(statement, "Principal"))
    return denied and secure in ("false", False)


def _gateway(subject: Subject) -> Iterator[str]:
    for each in mappings(subject.get("spec.servers")):
        protocol, port = at(each, "port.protocol"), at(each, "port.number")
        redirect = at(each, "tls.httpsRedirect")
        if protocol in (*_TLS, UNKNOWN) or redirect is UNKNOWN or is_on(redirect):
            continue
        yield f"Port {written(port)} of the gateway speaks {written(protocol)}: it must be one of {', '.join(_TLS)}."


RULE = Rule(
    id="encrypt-in-transit",
    why="A client that forgets TLS would be served, and nobody would notice whose data went over the wire.",
    fix="Let the server refuse what comes without TLS: force it on the database and the cache, deny it by policy"
    " elsewhere.",
    types=(tokens.CACHE, tokens.DB_CLUSTER_PARAMETERS, *_POLICIES, *tokens.GATEWAYS),
    check=_check,
)
