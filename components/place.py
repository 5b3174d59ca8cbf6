"""Where in AWS a resource is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """An AWS region of an account; `account_id` has twelve digits."""

    account_id: str
    aws_region: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource here, e.g. "arn:aws:sns:us-east-1:123456789012:page"."""
        return f"arn:aws:{service}:{self.aws_region}:{self.account_id}:{resource}"
