"""moto's state on disk: one pickle of every backend that was used, replaced before a change is answered.

One pickle, not one a service: RDS objects point at EC2 subnets and KMS keys, and must point at the same ones after a
restart.
"""

from __future__ import annotations

import copyreg
import importlib
import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import dill
import moto
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives import serialization
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

from devcloud.processes import StartError

Reduced = tuple[Callable[..., Any], tuple[Any, ...]]
_HEADER = f"moto {moto.__version__}\n".encode()


class BackendStore:
    """Saves and restores all moto backends of this process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._saved = b""
        self._saved_backends: set[int] = set()

    def load(self) -> None:
        """Put the saved backends into moto; without a file, moto starts empty.

        Raises:
            StartError: the file is from another version of moto or is damaged.
        """
        if not self._file.exists():
            return
        header, _, body = self._file.read_bytes().partition(b"\n")
        if header + b"\n" != _HEADER:
            raise StartError(
                f"{self._file} was written by {header.decode(errors='replace')}, this is {_HEADER.decode().strip()}. "
                "Start over with `make destroy`."
            )
        try:
            backends: list[tuple[str, str, BaseBackend]] = pickle.loads(body)  # noqa: S301 - our own file, mode 0600
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, TypeError, ValueError) as error:
            raise StartError(f"{self._file} cannot be read: {error}. Start over with `make destroy`.") from error
        for account, region, backend in backends:
            dict.__setitem__(_backends_of(type(backend))[account], region, backend)
        self._saved = body
        self._saved_backends = {id(backend) for _, _, backend in backends}

    def has_new_backends(self) -> bool:
        """Whether moto made a backend since the last save: a new one has defaults (a VPC) with random ids."""
        return {id(backend) for _, _, backend in _used_backends()} != self._saved_backends

    def save(self) -> None:
        """Write all the backends, durably; returns at once when nothing changed."""
        backends = _used_backends()
        body = pickled(backends)
        if body != self._saved:
            _write_durably(self._file, _HEADER + body)
            self._saved = body
        self._saved_backends = {id(backend) for _, _, backend in backends}


def _used_backends() -> list[tuple[str, str, BaseBackend]]:
    instances: list[Any] = vars(BackendDict)["_instances"]  # moto has no other list of them
    return [entry for backends in instances for entry in backends.iter_backends()]


def pickled(value: object, persistent_id: Callable[[object], object | None] | None = None) -> bytes:
    """Pickle by the C implementation; by dill, ten times slower, when a service holds a lambda or a local class.

    Args:
        persistent_id: as of pickle.Pickler: the key of an object that is left out, None for the others.
    """
    try:
        return _dump(_Pickler, value, persistent_id)
    except (pickle.PicklingError, TypeError, AttributeError):
        return _dump(_DillPickler, value, persistent_id)


def _dump(kind: Any, value: object, persistent_id: Callable[[object], object | None] | None) -> bytes:
    buffer = io.BytesIO()
    pickler = kind(buffer, protocol=pickle.HIGHEST_PROTOCOL)
    if persistent_id is not None:
        pickler.persistent_id = persistent_id
    pickler.dump(value)
    return buffer.getvalue()


def _backends_of(backend: type[BaseBackend]) -> Any:
    """moto's registry of a backend class, e.g. `rds_backends` of RDSBackend."""
    module = importlib.import_module(backend.__module__)
    return next(value for value in vars(module).values() if isinstance(value, BackendDict) and value.backend is backend)


def _account_backends(backend: type[BaseBackend], account: str) -> Any:
    return _backends_of(backend)[account]


def _reduce_registry(registry: Any) -> Reduced:
    return _backends_of, (registry.backend,)


def _reduce_account_registry(registry: Any) -> Reduced:
    return _account_backends, (registry.backend, registry.account_id)


def _reduce_private_key(key: Any) -> Reduced:
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return _private_key, (der,)


def _private_key(der: bytes) -> Any:
    return serialization.load_der_private_key(der, password=None)


# What pickle cannot do by itself: registries go by name (they are not state), KMS keys as DER.
_REDUCERS: dict[type, Callable[[Any], Reduced]] = {
    BackendDict: _reduce_registry,
    AccountSpecificBackend: _reduce_account_registry,
    openssl.rsa.RSAPrivateKey: _reduce_private_key,
    openssl.ec.ECPrivateKey: _reduce_private_key,
    openssl.ed25519.Ed25519PrivateKey: _reduce_private_key,
}
_DISPATCH = cast(dict[type, Callable[[Any], Any]], copyreg.dispatch_table) | _REDUCERS


class _Pickler(pickle.Pickler):
    dispatch_table = _DISPATCH


class _DillPickler(dill.Pickler):
    dispatch_table = _DISPATCH


def _write_durably(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
