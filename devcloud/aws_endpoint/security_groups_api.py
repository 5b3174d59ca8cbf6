"""Descriptions of rules that let security groups and lists of ranges in; moto tells those of single ranges alone."""

from __future__ import annotations

import inspect
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    """Change moto's class. Once a process."""
    made: Any = SecurityGroupRule.__init__
    signature = inspect.signature(made)

    def init(self: Any, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        given = signature.bind(self, *arguments, **named).arguments.get("prefix_list_id") or {}
        # Saved with moto's object, which keeps no more than the list's id.
        self.list_description = given.get("Description")

    SecurityGroupRule.__init__ = init
    SecurityGroupRule.description = property(_description)  # pyright: ignore[reportAttributeAccessIssue]


def _description(self: Any) -> str | None:
    return (
        self.ip_range.get("Description")
        or self.source_group.get("Description")
        or getattr(self, "list_description", None)
    )
