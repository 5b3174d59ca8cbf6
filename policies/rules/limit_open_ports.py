"""The internet reaches HTTPS, where the entry is, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies import tokens
from policies.context import Context
from policies.reading import Fields, mappings, words, written
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject

_HTTPS = 443
_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
# Two halves of the internet are all of it: whoever lets in this much means everybody.
_FEWEST_BITS = 8
_RANGES = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks")


def _check(subject: Subject, context: Context) -> Iterator[str]:
    if subject.type in tokens.SERVICES:
        yield from _service(subject, context)
    elif subject.type == tokens.PREFIX_LIST:
        for each in mappings(subject.get("entries")):
            if _everybody(each.get("cidr")):
                yield f"It contains {each['cidr']}: that is everybody."
    elif subject.type == tokens.SECURITY_GROUP:
        for each in mappings(subject.get("ingress")):
            yield from _opening(each)
    elif subject.type == tokens.INGRESS_RULE or subject.get("type") == "ingress":
        yield from _opening(subject.props)


def _opening(rule: Fields) -> Iterator[str]:
    ports = (rule.get("fromPort"), rule.get("toPort"))
    if UNKNOWN in ports or ports == (_HTTPS, _HTTPS):
        return
    for source in (each for name in _RANGES for each in words(rule.get(name)) if _everybody(each)):
        yield f"Ports {written(ports[0])} to {written(ports[1])} are open to {source}: only {_HTTPS} may be."


def _service(subject: Subject, context: Context) -> Iterator[str]:
    if subject.get("spec.type") != "LoadBalancer":
        return
    annotations = subject.get("metadata.annotations", {})
    scheme = UNKNOWN if annotations is UNKNOWN else annotations.get(_SCHEME)
    if scheme in ("internal", UNKNOWN):
        return
    if scheme is None:
        yield f"A load balancer must say whom it is for: annotation {_SCHEME} is absent."
        return
    namespace, entry = subject.get("metadata.namespace"), context.fleet.workloads.mesh.gateway_namespace
    if namespace is not UNKNOWN and namespace != entry:
        yield f"It is open to the internet in namespace {written(namespace)}: only {entry} is the entry."
    for each in mappings(subject.get("spec.ports")):
        if each.get("port") not in (_HTTPS, UNKNOWN):
            yield f"Port {written(each.get('port'))} is open to the internet: only {_HTTPS} may be."


def _everybody(cidr: Any) -> bool:
    if not isinstance(cidr, str):
        return False
    bits = cidr.rpartition("/")[2]
    return bits.isdigit() and int(bits) < _FEWEST_BITS


RULE = Rule(
    id="limit-open-ports",
    why="What is open to the internet is scanned within minutes; the entry is the one place that is made for it.",
    fix="Name the security group, prefix list or range that needs the port; put what clients of ours need behind the"
    " gateway.",
    types=(
        tokens.SECURITY_GROUP,
        tokens.SECURITY_GROUP_RULE,
        tokens.INGRESS_RULE,
        tokens.PREFIX_LIST,
        *tokens.SERVICES,
    ),
    check=_check,
)
