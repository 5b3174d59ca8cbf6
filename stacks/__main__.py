"""The Pulumi program: `pulumi up -s <environment>` or `pulumi up -s <environment>-<region>`."""

from datetime import UTC, datetime

import pulumi

from stacks.program import run

run(pulumi.get_stack(), datetime.now(UTC))
