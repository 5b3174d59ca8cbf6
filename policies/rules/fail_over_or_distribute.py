"""Traffic follows locality in one way: it fails over or is distributed, and knows which hosts are ill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies import tokens
from policies.context import Context
from policies.reading import at, mappings
from policies.rule import Rule
from policies.subject import UNKNOWN, Subject

_LOCALITY = "loadBalancer.localityLbSetting"


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    whole = subject.get("spec.trafficPolicy")
    yield from _policy("trafficPolicy", whole, None)
    for each in mappings(subject.get("spec.subsets")):
        yield from _policy(f"Subset {each.get('name')}", each.get("trafficPolicy"), whole)


def _policy(where: str, policy: Any, above: Any) -> Iterator[str]:
    """What is wrong with a policy; one of a subset has from the policy `above` what it does not say itself."""
    yield from _locality(where, policy, (policy, above))
    for each in mappings(at(policy, "portLevelSettings")):  # a port has nothing from above
        yield from _locality(f"{where}, port {at(each, 'port.number')}", each, (each,))


def _locality(where: str, policy: Any, detecting: tuple[Any, ...]) -> Iterator[str]:
    locality = at(policy, _LOCALITY)
    if locality in (None, UNKNOWN) or at(locality, "enabled") in (False, UNKNOWN):
        return
    failover, distribute = at(locality, "failover") or at(locality, "failoverPriority"), at(locality, "distribute")
    if failover and distribute and UNKNOWN not in (failover, distribute):
        yield f"{where} sets both failover and distribute."
    if all(at(each, "outlierDetection") in (None, {}) for each in detecting):
        yield f"{where} follows locality without outlierDetection: no host would ever count as ill."


RULE = Rule(
    id="fail-over-or-distribute",
    why="Istio refuses one beside the other, and without outlier detection it never fails over: the next region would"
    " not take over when this one's pods answer with errors.",
    fix="Set failover or distribute, and outlierDetection in the same policy: components/mesh/objects.py.",
    types=tokens.DESTINATION_RULES,
    check=_check,
)
