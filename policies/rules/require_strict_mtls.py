"""Within the mesh nobody speaks or answers in plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies import tokens
from policies.context import Context
from policies.reading import at, mappings, written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject

_STRICT = "STRICT"


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    if subject.type in tokens.PEER_AUTHENTICATIONS:
        yield from _answers(subject)
    else:
        yield from _speaks(subject)


def _answers(subject: Subject) -> Iterator[str]:
    mode = subject.get("spec.mtls.mode")
    if mode not in (_STRICT, UNKNOWN):
        yield f"spec.mtls.mode is {written(mode)}: it must be {_STRICT}."
    ports = subject.get("spec.portLevelMtls", {})
    for port, settings in () if ports is UNKNOWN else ports.items():
        if at(settings, "mode") not in (_STRICT, UNKNOWN):
            yield f"Port {port} has mode {written(at(settings, 'mode'))}: it must be {_STRICT}."


def _speaks(subject: Subject) -> Iterator[str]:
    policies = [
        ("trafficPolicy", subject.get("spec.trafficPolicy")),
        *((f"Subset {each.get('name')}", each.get("trafficPolicy")) for each in mappings(subject.get("spec.subsets"))),
    ]
    for where, policy in policies:
        yield from _plain(where, policy)
        for each in mappings(at(policy, "portLevelSettings")):
            yield from _plain(f"{where}, port {at(each, 'port.number')}", each)


def _plain(where: str, settings: Any) -> Iterator[str]:
    """Settings that switch TLS off. Without any, Istio speaks mTLS; settings without a mode are DISABLE."""
    tls = at(settings, "tls")
    if tls is not None and at(tls, "mode", "DISABLE") == "DISABLE":
        yield f"{where} has tls.mode {written(at(tls, 'mode'))}: requests would be in plain text."


RULE = Rule(
    id="require-strict-mtls",
    why="Whoever gets into one pod could read and forge the traffic of all others.",
    fix="Leave PeerAuthentications at STRICT, and give DestinationRules ISTIO_MUTUAL or no tls at all.",
    types=(*tokens.PEER_AUTHENTICATIONS, *tokens.DESTINATION_RULES),
    check=_check,
)
