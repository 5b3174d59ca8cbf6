"""Istio's rule of where a request goes first, as far as regions are concerned.

Its source has it in applyLocalityFailover (pilot/pkg/networking/core/loadbalancer): pods of the proxy's own region come
first; if an entry of `failover` is `from` that region, pods of its `to` come next and all others last, side by side;
entries from other regions are not read. Without such an entry all other regions are side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def ranks(own: str, failover: Iterable[Mapping[str, str]], discovered: Iterable[str]) -> list[set[str]]:
    """Who gets the requests of `own`, in order: each set when those before it have nobody left.

    Args:
        failover: the entries of a DestinationRule's localityLbSetting.
        discovered: AWS regions whose pods istiod knows, `own` among them or not.
    """
    nearest = next((entry["to"] for entry in failover if entry["from"] == own), None)
    others = {*discovered} - {own}
    wanted = [{own}, others & {nearest}, others - {nearest}]
    return [rank for rank in wanted if rank]
