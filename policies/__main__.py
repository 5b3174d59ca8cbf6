"""What the engine runs for `--policy-pack policies`."""

from datetime import UTC, datetime

from policies.analyzer import serve
from policies.pack import Pack
from policies.rules import RULES

serve(Pack(RULES), lambda: datetime.now(UTC))
