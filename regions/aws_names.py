"""AWS regions that a text names."""

from __future__ import annotations

import re

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+){1,2}-[0-9]")
_ZONE = re.compile(rf"({_REGION.pattern})[a-z]")
_ARN = re.compile(rf"arn:[a-z-]+:[a-z0-9-]*:({_REGION.pattern}):")
_HOST = re.compile(rf"[.-]({_REGION.pattern})\.(?:[a-z0-9-]+\.)*amazonaws\.com")


def named_regions(text: str) -> list[str]:
    """Return the AWS regions in a text: by name, in an ARN, in a host's name, as the region of a zone."""
    named = [match[1] for pattern in (_ARN, _HOST) for match in pattern.finditer(text)]
    if _REGION.fullmatch(text):
        named.append(text)
    if zone := _ZONE.fullmatch(text):
        named.append(zone[1])
    return named
