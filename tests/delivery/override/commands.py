"""What the tests of `wedops override` share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import Result

from tests.guard.checkout import Checkout
from tests.guard.signing import ADA, GRACE, MARY, Key, own

VALID, FAILED, BAD_INPUT, REFUSED = 0, 1, 2, 3
ADAS, GRACES, MARYS = own("ed25519", ADA), own("p256", GRACE), own("ed25519", MARY)
ASKED = ("--environment", "prod", "--ticket", "OPS-1234", "--hours", "2", "--reason", "Payments fail in Berlin")

Override = Callable[..., Result]
"""Runs `wedops override` with these arguments in the checkout."""


def key_file(folder: Path, key: Key, name: str = "id") -> Path:
    path = folder / name
    path.touch(mode=0o600)
    path.write_text(key.file)
    return path


def signatures(document: Path) -> list[Path]:
    return sorted(document.parent.glob("*.sig"))


def fresh(checkout: Checkout, *keys: Key, **fields: object) -> Path:
    """A document that counts by now's clock, but for what is given."""
    now = datetime.now(UTC).replace(microsecond=0)
    checkout.override(*keys, name="now.yaml", **{"not_before": now, "expires": now + timedelta(hours=1), **fields})
    return checkout.path / "overrides" / "now.yaml"
