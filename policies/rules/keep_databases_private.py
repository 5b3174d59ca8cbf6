"""No database has an address outside of its network, and no subnet gives one to what starts in it."""

from __future__ import annotations

from collections.abc import Iterator

from policies import tokens
from policies.context import Context
from policies.reading import at, is_on, mappings, must_be_off, must_not_be_on
from policies.rule import Rule
from policies.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[str]:
    if subject.type == tokens.SUBNET:
        yield from must_not_be_on(subject, "mapPublicIpOnLaunch", "assignIpv6AddressOnCreation")
    elif subject.type == tokens.LAUNCH_TEMPLATE:
        if any(is_on(at(each, "associatePublicIpAddress")) for each in mappings(subject.get("networkInterfaces"))):
            yield "networkInterfaces have associatePublicIpAddress: nodes would have public addresses."
    else:  # without a word, RDS decides by what the network looks like
        yield from must_be_off(subject, "publiclyAccessible")


RULE = Rule(
    id="keep-databases-private",
    why="A database with a public address is found within minutes, and its password is then all that is in the way.",
    fix="Say publicly_accessible=False; clients come through the network, or over the backbone from another region.",
    types=(tokens.DB_CLUSTER_INSTANCE, tokens.DB_INSTANCE, tokens.SUBNET, tokens.LAUNCH_TEMPLATE),
    check=_check,
)
