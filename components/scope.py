"""Which stack a resource belongs to: the prefix of its names and the tags that say who owns it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_DIGEST = 6  # hexadecimal digits


@dataclass(frozen=True)
class Scope:
    """A stack's place in the fleet: an environment, and a region where it is a region stack."""

    environment: str
    region: str | None = None

    @property
    def stack(self) -> str:
        """The stack's name: `<environment>`, or `<environment>-<region>`."""
        return self.environment if self.region is None else f"{self.environment}-{self.region}"

    def name(self, what: str = "", limit: int = 63) -> str:
        """A name in the AWS account for `what`, e.g. "wedsync-prod-us-east-1-resident".

        Args:
            limit: characters that the service takes. A longer name is cut, and ends in a digest of the whole one, so
                that two names never become one.
        """
        whole = "-".join(part for part in ("wedsync", self.stack, what) if part)
        if len(whole) <= limit:
            return whole
        digest = hashlib.sha256(whole.encode()).hexdigest()[:_DIGEST]
        return f"{whole[: limit - _DIGEST - 1].rstrip('-')}-{digest}"

    def tags(self, name: str) -> dict[str, str]:
        """The tags that every AWS resource carries; `name` is unique in the account: a resource is found by it."""
        return {
            "Name": name,
            "wedsync:environment": self.environment,
            "wedsync:stack": self.stack,
            "wedsync:managed-by": "pulumi",
        }
