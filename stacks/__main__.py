"""The Pulumi program: `pulumi up -s <environment>` or `pulumi up -s <environment>-<region>`."""

import pulumi

from stacks.program import register

register(pulumi.get_stack())
