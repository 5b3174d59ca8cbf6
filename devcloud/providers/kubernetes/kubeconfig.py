"""Which API server to talk to, and as whom: the part of a kubeconfig that one context selects."""

from __future__ import annotations

import base64
import binascii
import os
import ssl
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from devcloud.providers.plugin import ProviderError

_DEFAULT_FILE = Path("~/.kube/config")
# What obtains credentials by running something: a control plane of this project hands out certificates or tokens.
_UNSUPPORTED_USER_FIELDS = ("exec", "auth-provider", "username", "password")


@dataclass(frozen=True)
class Cluster:
    """One API server and the credentials for it. Certificates and keys are PEM."""

    context: str
    server: str
    namespace: str
    certificate_authority: bytes | None = field(default=None, repr=False)
    client_certificate: bytes | None = field(default=None, repr=False)
    client_key: bytes | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    verify: bool = True

    def ssl_context(self) -> ssl.SSLContext:
        """A context that trusts this cluster's authority and presents its client certificate.

        Raises:
            ProviderError: a certificate or key is not PEM, or they do not belong together.
        """
        try:
            trusted = self.certificate_authority.decode("ascii") if self.certificate_authority else None
            context = ssl.create_default_context(cadata=trusted)
            if not self.verify:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            if self.client_certificate and self.client_key:
                with _private_file(self.client_certificate + b"\n" + self.client_key) as chain:
                    context.load_cert_chain(chain)
        except (ssl.SSLError, UnicodeDecodeError) as error:
            raise ProviderError(f"kubeconfig context {self.context!r}: bad certificate or key: {error}") from error
        return context


def load(source: str | None, context: str | None = None, cluster: str | None = None) -> Cluster:
    """The cluster that `context` (or the current context) names.

    Args:
        source: a path, or the text of a kubeconfig; None means $KUBECONFIG, else ~/.kube/config.
        cluster: overrides the cluster of the context.
    Raises:
        ProviderError: there is no such file, context, cluster or user, or it asks for what is not supported.
    """
    document, origin, folder = _read(source)
    return _Kubeconfig(document, origin, folder).select(context, cluster)


class _Kubeconfig:
    def __init__(self, document: Mapping[str, Any], origin: str, folder: Path) -> None:
        self._document, self._origin, self._folder = document, origin, folder

    def select(self, context: str | None, cluster: str | None) -> Cluster:
        name = context or self._document.get("current-context")
        if not name:
            self._fail("it has no current-context; set `kubernetes:context`")
        chosen = self._entry("contexts", "context", name)
        endpoint = self._entry("clusters", "cluster", cluster or str(chosen.get("cluster", "")))
        user = self._entry("users", "user", chosen["user"]) if chosen.get("user") else {}
        for unsupported in _UNSUPPORTED_USER_FIELDS:
            if unsupported in user:
                self._fail(
                    f"user {chosen['user']!r} has {unsupported!r}: the local Kubernetes provider takes client "
                    "certificates and tokens only"
                )
        if "server" not in endpoint:
            self._fail(f"cluster {chosen.get('cluster')!r} has no server")
        return Cluster(
            context=name,
            server=str(endpoint["server"]).rstrip("/"),
            namespace=chosen.get("namespace") or "default",
            certificate_authority=self._bytes(endpoint, "certificate-authority"),
            client_certificate=self._bytes(user, "client-certificate"),
            client_key=self._bytes(user, "client-key"),
            token=self._token(user),
            verify=not endpoint.get("insecure-skip-tls-verify", False),
        )

    def _entry(self, section: str, key: str, name: str) -> Mapping[str, Any]:
        entries = {entry["name"]: entry.get(key) or {} for entry in self._document.get(section) or []}
        if name not in entries:
            known = ", ".join(sorted(entries)) or "none"
            self._fail(f"it has no {key} {name!r}; it has: {known}")
        return entries[name]

    def _bytes(self, entry: Mapping[str, Any], key: str) -> bytes | None:
        """`<key>-data` (base64) or the content of the file `<key>`, relative to the kubeconfig's folder."""
        if inline := entry.get(f"{key}-data"):
            try:
                return base64.b64decode(inline, validate=True)
            except binascii.Error:
                self._fail(f"{key}-data is not base64")
        return self._file(entry[key]).read_bytes() if entry.get(key) else None

    def _token(self, user: Mapping[str, Any]) -> str | None:
        if user.get("tokenFile"):
            return self._file(user["tokenFile"]).read_text().strip()
        return user.get("token")

    def _file(self, name: str) -> Path:
        file = self._folder / Path(name).expanduser()
        if not file.is_file():
            self._fail(f"there is no file {file}")
        return file

    def _fail(self, reason: str) -> NoReturn:
        raise ProviderError(f"kubeconfig {self._origin}: {reason}")


def _read(source: str | None) -> tuple[Mapping[str, Any], str, Path]:
    """The parsed kubeconfig, how to call it in messages, and the folder that its relative paths start from."""
    if source and ("\n" in source or source.lstrip().startswith("{")):
        text, origin, folder = source, "(given as text)", Path.cwd()
    else:
        file = Path(source or _environment_file() or _DEFAULT_FILE).expanduser()
        if not file.is_file():
            raise ProviderError(f"there is no kubeconfig {file}: set $KUBECONFIG or `kubernetes:kubeconfig`")
        text, origin, folder = file.read_text(), str(file), file.parent
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ProviderError(f"kubeconfig {origin} is not YAML: {error}") from error
    if not isinstance(document, dict):
        raise ProviderError(f"kubeconfig {origin} is not a mapping")
    return document, origin, folder


def _environment_file() -> str | None:
    """$KUBECONFIG. kubectl would merge a list of files; the last of equal names losing is too easy to get wrong."""
    value = os.environ.get("KUBECONFIG")
    if value and os.pathsep in value:
        raise ProviderError(f"KUBECONFIG={value} lists several files: the local Kubernetes provider takes one")
    return value


@contextmanager
def _private_file(content: bytes) -> Generator[str]:
    """A file that only this user may read, for as long as the block runs: `ssl` loads keys from files only."""
    with tempfile.NamedTemporaryFile(prefix="wedsync-", suffix=".pem") as file:
        file.write(content)
        file.flush()
        yield file.name
