"""The Kubernetes provider's operations: what the engine asks, over objects.py, applying.py, live.py and awaiting/."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from typing import Any

from devcloud.providers.changes import Change, compare
from devcloud.providers.kubernetes import decoding, immutable, live, naming, paths, previewing, tokens
from devcloud.providers.kubernetes.applying import apply_over, field_manager, is_patch
from devcloud.providers.kubernetes.awaiting import wait
from devcloud.providers.kubernetes.client import ApiError, Client
from devcloud.providers.kubernetes.discovery import Discovery, UnknownKindError
from devcloud.providers.kubernetes.ignored import without_ignored
from devcloud.providers.kubernetes.objects import ObjectAddress
from devcloud.providers.kubernetes.settings import Settings
from devcloud.providers.kubernetes.settings import parse as parse_settings
from devcloud.providers.plugin import Checked, Difference, PartialFailureError, ProviderError, Resource, State
from devcloud.providers.properties import UNKNOWN, Path, contains_unknown

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class KubernetesProvider:
    """`devcloud.providers.plugin.Provider` for one cluster; a program may start several."""

    def __init__(self) -> None:
        self.version = importlib.metadata.version("pulumi-kubernetes")
        self._settings: Settings | None = None
        self._discovery: Discovery | None = None
        self._client: Client | None = None
        # Resources that the state has: in a preview, the object that a replacement will have deleted still exists.
        self._in_state: set[str] = set()

    def configure(self, settings: dict[str, Any]) -> None:
        """Read the settings; no request is made yet.

        Raises:
            ProviderError: a setting is wrong.
        """
        self._settings = parse_settings(settings)
        if self._settings.cluster is not None:
            self._client = Client(self._settings.cluster)
            self._discovery = Discovery(self._client)

    def close(self) -> None:
        """Close the connections to the cluster."""
        if self._client is not None:
            self._client.close()

    def check(self, resource: Resource, olds: dict[str, Any], news: dict[str, Any], seed: bytes) -> Checked:
        """Fill in apiVersion, kind, name and namespace; refuse what is not taken here."""
        if olds:
            self._in_state.add(resource.urn)
        refusal = tokens.refusal(resource)
        if refusal:
            return Checked(news, [("kind", refusal)])
        inputs = {**tokens.identity(resource, news), **news}
        metadata = inputs.get("metadata") or {}
        if metadata is UNKNOWN:
            return Checked(inputs)
        if metadata.get("generateName"):
            return Checked(
                inputs, [("metadata.generateName", "leave it out: objects without a name get one by Pulumi")]
            )
        if is_patch(resource) and not metadata.get("name"):
            return Checked(inputs, [("metadata.name", "a Patch needs the name of the object that it changes")])
        inputs = self._with_namespace(naming.named(resource.name, olds, inputs | {"metadata": metadata}, seed))
        try:  # a bad deadline must not be found after the object was created
            wait.seconds_given(inputs, 0)
        except ProviderError as error:
            return Checked(inputs, [("metadata.annotations", str(error))])
        return Checked(inputs)

    def diff(self, resource: Resource, old: State, news: dict[str, Any], ignore_changes: Sequence[str]) -> Difference:
        """Compare inputs with inputs; a dry run tells what cannot be changed in place."""
        ignored = [paths.parse(text) for text in ignore_changes]
        changes = [c for c in compare(old.inputs, news) if not any(paths.covers(p, c.path) for p in ignored)]
        if not changes:
            return Difference([])
        changes = immutable.needing_replacement(changes, old.inputs, news, mutable_data=self._mutable(news))
        if not any(change.replace for change in changes):
            changes = self._ask_server(resource, changes, news, ignore_changes)
        replacing = any(change.replace for change in changes)
        same_name = _place(old.inputs) == _place(news) and not naming.is_autonamed(news)
        return Difference(changes, delete_before_replace=replacing and same_name)

    def create(self, resource: Resource, inputs: dict[str, Any], *, timeout: float, preview: bool) -> State:
        """Apply a new object and wait until it is ready."""
        if preview and (self._client is None or contains_unknown(inputs)):
            return State("", previewing.echoed(inputs))
        try:
            address = self._address(inputs)
            existing = address.get()
            manager = field_manager(resource, inputs)
            self._refuse_stranger(resource, address, existing, preview)
            if preview and existing is not None and not is_patch(resource):  # it is being replaced under its own name
                address.try_create(inputs, manager=manager)
                return State("", previewing.echoed(inputs))
            applied = apply_over(address, inputs, manager=manager, known={}, live=existing, dry_run=preview)
        except UnknownKindError:
            if preview:  # its CustomResourceDefinition may be created by this update
                return State("", previewing.echoed(inputs))
            raise
        except ApiError as error:
            if preview and previewing.lacks_namespace(error):
                return State("", previewing.echoed(inputs))
            raise
        if preview:
            return State("", previewing.of_new(_outputs(applied), inputs))
        return self._awaited(address, applied, inputs, timeout)

    def read(self, resource: Resource, old: State) -> State | None:
        """The live object, and the inputs that would declare it as it is now; None where it is gone."""
        declared = old.inputs
        namespace, name = tokens.split_id(old.identifier)
        stub = tokens.identity(resource, declared) | {"metadata": {"name": name, "namespace": namespace}}
        try:
            address = self._address(self._with_namespace(stub))
        except UnknownKindError:
            return None
        found = address.get()
        if found is None:
            return None
        manager = field_manager(resource, declared)
        if declared:
            inputs = live.live_inputs(declared, found, manager, lambda: _reapplied(address, declared, manager))
        else:
            inputs = live.imported_inputs(found, manager)
        return State(address.identifier, _outputs(found), inputs)

    def update(
        self,
        resource: Resource,
        old: State,
        news: dict[str, Any],
        *,
        ignore_changes: Sequence[str],
        timeout: float,
        preview: bool,
    ) -> State:
        """Apply the new inputs, but what is ignored and another manager's, and wait until the object is ready."""
        if preview and (self._client is None or contains_unknown(news)):
            return State(old.identifier, previewing.echoed(news, old.outputs))
        address = self._address(news)
        found = address.get()
        manager = field_manager(resource, news)
        manifest = without_ignored(news, found or {}, ignore_changes, manager)
        applied = apply_over(address, manifest, manager=manager, known=old.inputs, live=found, dry_run=preview)
        if preview:
            return State(old.identifier, previewing.of_changed(_outputs(applied)))
        return self._awaited(address, applied, news, timeout)

    def delete(self, resource: Resource, old: State, *, timeout: float) -> None:
        """Delete the object and wait until it is gone; a Patch only gives its fields up."""
        inputs = old.inputs or old.outputs
        try:
            address = self._address(inputs)
        except UnknownKindError:
            return  # with its CustomResourceDefinition went every object of the kind
        if is_patch(resource):
            self._release(address, inputs, field_manager(resource, inputs))
        elif address.delete():
            wait.until_gone(address, timeout, inputs)

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The functions that the SDK's components call."""
        if token == "kubernetes:yaml:decode":  # noqa: S105 - a Pulumi token
            return {"result": decoding.objects(arguments["text"])}
        raise ProviderError(
            f"{token} is not supported by the local Kubernetes provider: declare the objects themselves"
        )

    def secret_outputs(self, resource: Resource, outputs: dict[str, Any]) -> set[Path]:
        """A Secret's data, and the annotation in which `kubectl apply` copies it."""
        if tokens.identity(resource, outputs)["kind"] != "Secret":
            return set()
        found: set[Path] = {(name,) for name in ("data", "stringData") if name in outputs}
        if naming.annotation(outputs, _LAST_APPLIED) is not None:
            found.add(("metadata", "annotations", _LAST_APPLIED))
        return found

    def _address(self, inputs: Mapping[str, Any]) -> ObjectAddress:
        client, discovery = self._connected()
        info = discovery.find(inputs["apiVersion"], inputs["kind"])
        metadata = inputs["metadata"]
        namespace = (metadata.get("namespace") or self._configured().namespace) if info.namespaced else None
        return ObjectAddress(client, inputs["kind"], info, namespace, metadata["name"])

    def _with_namespace(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The default namespace where a namespaced kind names none (nothing while the kind cannot be looked up)."""
        metadata = inputs["metadata"]
        if metadata.get("namespace") is not None or self._discovery is None or contains_unknown(_kind_of(inputs)):
            return inputs
        try:
            namespaced = self._discovery.find(*_kind_of(inputs)).namespaced
        except UnknownKindError:
            return inputs
        return inputs | {"metadata": {**metadata, "namespace": self._configured().namespace}} if namespaced else inputs

    def _refuse_stranger(
        self, resource: Resource, address: ObjectAddress, existing: Mapping[str, Any] | None, preview: bool
    ) -> None:
        """Raise where there is an object already that the state does not know or, for a Patch, where there is none."""
        if is_patch(resource):
            if existing is None and not preview:
                raise ProviderError(f"{address} does not exist: a Patch changes an object that somebody else creates")
            return
        in_state = preview and resource.urn in self._in_state
        if existing is None or in_state or self._configured().adopt_existing:
            return
        going = " and is being deleted" if existing["metadata"].get("deletionTimestamp") else ""
        raise ProviderError(
            f"{address} exists already{going}, and this stack does not know it. To take it into the stack: "
            f"`pulumi import {resource.type} {resource.name} {address.identifier}`; to have it replaced, delete it "
            f"first; if it was renamed in the program, give the resource an alias. Look with: {address.kubectl('get')}"
        )

    def _ask_server(
        self, resource: Resource, changes: list[Change], news: dict[str, Any], ignore_changes: Sequence[str]
    ) -> list[Change]:
        """`changes` with those marked that a dry run finds immutable. Other refusals are the update's to report."""
        if self._client is None or contains_unknown(news):
            return changes
        manager = field_manager(resource, news)
        try:
            address = self._address(news)
            manifest = without_ignored(news, address.get() or {}, ignore_changes, manager)
            address.apply(manifest, manager=manager, force=True, dry_run=True)
        except UnknownKindError:
            return changes
        except ApiError as error:
            return immutable.refused_as_immutable(error, changes) or changes
        return changes

    def _awaited(
        self, address: ObjectAddress, applied: dict[str, Any], inputs: dict[str, Any], timeout: float
    ) -> State:
        """The state once the object is ready. From here on it exists: whatever fails, the engine must keep it."""
        try:
            ready = wait.until_ready(address, applied, timeout)
        except wait.NotReadyError as error:
            raise PartialFailureError(address.identifier, _outputs(error.live), inputs, error.reasons) from error
        except ProviderError as error:
            raise PartialFailureError(address.identifier, _outputs(applied), inputs, [str(error)]) from error
        return State(address.identifier, _outputs(ready), inputs)

    def _release(self, address: ObjectAddress, inputs: Mapping[str, Any], manager: str) -> None:
        """Apply nothing: what this manager alone owned goes, what others own too stays."""
        if address.get() is None:
            return
        empty = {**{key: inputs[key] for key in ("apiVersion", "kind")}, "metadata": {"name": address.name}}
        address.apply(empty, manager=manager, force=False, dry_run=False)

    def _mutable(self, news: Mapping[str, Any]) -> bool:
        configured = self._configured()
        return configured.mutable_secrets if news.get("kind") == "Secret" else configured.mutable_config_maps

    def _configured(self) -> Settings:
        if self._settings is None:
            raise ProviderError("the Kubernetes provider was used before it was configured")
        return self._settings

    def _connected(self) -> tuple[Client, Discovery]:
        if self._client is None or self._discovery is None:
            raise ProviderError(
                "the cluster of this Kubernetes provider is not known yet: its kubeconfig is an unknown"
            )
        return self._client, self._discovery


def _outputs(found: Mapping[str, Any]) -> dict[str, Any]:
    """A live object without the record of who set which field: it is long, and its times change with every look."""
    metadata = {key: value for key, value in found["metadata"].items() if key != "managedFields"}
    return {**found, "metadata": metadata}


def _reapplied(address: ObjectAddress, declared: Mapping[str, Any], manager: str) -> dict[str, Any] | None:
    """The object as applying `declared` again would leave it.

    None where the server refuses: the live object cannot become what was declared, so every difference is a drift.
    """
    try:
        return address.apply(declared, manager=manager, force=True, dry_run=True)
    except ApiError:
        return None


def _kind_of(inputs: Mapping[str, Any]) -> list[Any]:
    return [inputs["apiVersion"], inputs["kind"]]


def _place(inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    metadata = inputs.get("metadata")
    return (metadata.get("namespace"), metadata.get("name")) if isinstance(metadata, Mapping) else (None, None)
