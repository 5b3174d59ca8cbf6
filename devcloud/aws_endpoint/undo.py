"""Takes back what PostgreSQL or Redis refused: a refused create leaves nothing, a refused modify nothing new."""

from __future__ import annotations

import io
import pickle
from typing import Any

from moto.core.base_backend import BaseBackend
from moto.elasticache.models import elasticache_backends
from moto.rds.models import rds_backends
from moto.secretsmanager.models import secretsmanager_backends

from devcloud.aws_endpoint.persistence import pickled

# RDS makes and deletes the secrets of managed master passwords: they go back with it.
SERVICES = frozenset({"rds", "secretsmanager", "elasticache"})
_REGISTRIES: tuple[Any, ...] = (rds_backends, secretsmanager_backends, elasticache_backends)
# Parts of moto whose objects belong to whoever holds them; those of other services are shared, and stay as they are.
_COPIED_PACKAGES = SERVICES | {"core", "utilities", "moto_api"}
# Changes that are safe to take back. The others delete data or change who is the primary: taking them back would put
# an empty server in the place of one that is gone.
_REVERSIBLE = ("Create", "Modify", "Reset")


def is_reversible(action: str) -> bool:
    """Whether an action can be undone, e.g. "CreateDBCluster"; not "FailoverDBCluster"."""
    return action.startswith(_REVERSIBLE)


class Snapshot:
    """The state of `SERVICES` at this moment.

    Until `restore`, nothing but the change in question may write to them; other services may go on.
    """

    def __init__(self) -> None:
        entries = [
            (number, account, region, backend)
            for number, registry in enumerate(_REGISTRIES)
            for account, region, backend in registry.iter_backends()
        ]
        self._shared: dict[int, object] = {}
        self._body = pickled(entries, self._share)

    def restore(self) -> None:
        """Put the state back. Objects that requests hold from before are dead afterwards."""
        unpickler = pickle.Unpickler(io.BytesIO(self._body))  # noqa: S301 - our own bytes, never on disk
        unpickler.persistent_load = self._shared.__getitem__
        entries: list[tuple[int, str, str, BaseBackend]] = unpickler.load()
        for registry in _REGISTRIES:
            for backends in registry.values():
                backends.clear()
        for number, account, region, backend in entries:
            dict.__setitem__(_REGISTRIES[number][account], region, backend)

    def _share(self, value: object) -> int | None:
        """The key of an object that is not copied; None for one that is."""
        package = type(value).__module__.split(".")
        if package[0] != "moto" or package[1] in _COPIED_PACKAGES:
            return None
        self._shared[id(value)] = value  # which keeps it alive, and so its id
        return id(value)
