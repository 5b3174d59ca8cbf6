"""The region's Kubernetes objects that the season scaler reads and changes; all the rest of the cluster is not its."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime

import httpx2
import msgspec
from lightkube import ApiError, Client, ConfigError, KubeConfig
from lightkube.generic_resource import GenericNamespacedResource, create_namespaced_resource
from lightkube.models.autoscaling_v2 import HorizontalPodAutoscalerStatus, MetricStatus
from lightkube.models.core_v1 import ObjectReference
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.autoscaling_v2 import HorizontalPodAutoscaler
from lightkube.resources.core_v1 import ConfigMap
from lightkube.resources.events_v1 import Event
from lightkube.types import PatchType

from services.season_scaler.changes import AutoscalerChange, IntervalChange, SeasonChange
from services.season_scaler.quantities import quantity
from services.season_scaler.snapshot import AutoscalerState, Json, PodMonitorState, SeasonState, Version

FIELD_MANAGER = "season-scaler"
REPLACED = "wedsync.io/season-scaler-replaced"
SEASON_ACTIVE = "season_active"
# A leader that hears nothing for so long still knows it before its lease ends.
REQUEST_SECONDS = 5.0
_LONGEST_NOTE = 1024  # of an Event, in bytes
_NOT_FOUND, _CONFLICT = 404, 409
_PodMonitor = create_namespaced_resource("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors")


class ClusterError(Exception):
    """The API server could not be asked, or refused. The message is a sentence."""


class ConflictError(ClusterError):
    """The object is not the one, or not in the state, that the change was decided for."""


def connect(namespace: str) -> Client:
    """Return a client with the pod's own account, else with the current context of KUBECONFIG.

    Raises:
        ClusterError: there is neither.
    """
    try:
        # Proxies of the environment are for what is outside.
        config, timeout = KubeConfig.from_env(), httpx2.Timeout(REQUEST_SECONDS)
        return Client(config, namespace=namespace, timeout=timeout, field_manager=FIELD_MANAGER, trust_env=False)
    except ConfigError as error:
        raise ClusterError(f"There is no way into the cluster: {error}.") from error


@contextmanager
def asking(what: str) -> Generator[None]:
    """Whatever goes wrong becomes a sentence about `what`."""
    try:
        yield
    except ApiError as error:
        kind = ConflictError if error.response.status_code == _CONFLICT else ClusterError
        raise kind(f"{what}: the API server refuses: {error.status.message}") from error
    except (httpx2.HTTPError, ConfigError) as error:
        raise ClusterError(f"{what}: the API server cannot be asked ({type(error).__name__}: {error})") from error
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        raise ClusterError(f"{what}: the API server's answer makes no sense: {error}") from error


class Cluster:
    """The objects of one namespace."""

    def __init__(self, client: Client, namespace: str, pod: str) -> None:
        """Use `client`; events are told by `pod`."""
        self._client = client
        self._namespace = namespace
        self._pod = pod

    def autoscaler(self, name: str) -> AutoscalerState:
        """Read an HPA.

        Raises:
            ClusterError: it cannot be read, or is not there.
        """
        with asking(f"autoscaler {name} cannot be read"):
            return _autoscaler(name, self._client.get(HorizontalPodAutoscaler, name))

    def season(self, name: str) -> SeasonState:
        """Read the ConfigMap that workloads read.

        Raises:
            ClusterError: it cannot be read, or is not there.
        """
        with asking(f"ConfigMap {name} cannot be read"):
            found = self._client.get(ConfigMap, name)
            return SeasonState(name, _version(found.metadata), (found.data or {}).get(SEASON_ACTIVE))

    def emergency(self, name: str) -> Mapping[str, str] | None:
        """Read the ConfigMap that is the emergency flag; None where there is none.

        Raises:
            ClusterError: nobody knows whether there is one.
        """
        with asking(f"ConfigMap {name} cannot be read"):
            try:
                return self._client.get(ConfigMap, name).data or {}
            except ApiError as error:
                if error.response.status_code == _NOT_FOUND:
                    return None
                raise

    def pod_monitor(self, name: str) -> PodMonitorState:
        """Read a PodMonitor.

        Raises:
            ClusterError: it cannot be read, or is not there.
        """
        with asking(f"PodMonitor {name} cannot be read"):
            found = self._client.get(_PodMonitor, name)
            endpoints = found["spec"]["podMetricsEndpoints"]
            return PodMonitorState(name, _version(found.metadata), tuple(endpoints))

    def set_autoscaler(self, change: AutoscalerChange) -> None:
        """Force-apply both bounds, the complete metrics list and the annotation: a field left out would fall back.

        Raises:
            ConflictError: the HPA is not what the change was decided for.
            ClusterError: it could not be applied.
        """
        body = {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {**_metadata(change.name, change.state.version), "annotations": {REPLACED: change.replaced}},
            "spec": {"minReplicas": change.floor, "maxReplicas": change.ceiling, "metrics": list(change.metrics)},
        }
        self._apply(HorizontalPodAutoscaler, f"autoscaler {change.name}", change.name, body)

    def set_season(self, change: SeasonChange) -> None:
        """Force-apply key season_active.

        Raises:
            ConflictError: the ConfigMap is not what the change was decided for.
            ClusterError: it could not be applied.
        """
        body = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": _metadata(change.name, change.state.version),
            "data": {SEASON_ACTIVE: change.active},
        }
        self._apply(ConfigMap, f"ConfigMap {change.name}", change.name, body)

    def set_interval(self, change: IntervalChange) -> None:
        """Force-apply the complete list of endpoints: its fields have no owners of their own.

        Raises:
            ConflictError: the PodMonitor is not what the change was decided for.
            ClusterError: it could not be applied.
        """
        body = {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PodMonitor",
            "metadata": _metadata(change.name, change.state.version),
            "spec": {"podMetricsEndpoints": list(change.endpoints)},
        }
        self._apply(_PodMonitor, f"PodMonitor {change.name}", change.name, body)

    def tell(self, autoscaler: AutoscalerState, reason: str, note: str, at: datetime, *, warning: bool = False) -> None:
        """Leave an Event on an HPA.

        Args:
            reason: one word for machines, e.g. "SeasonPlan".
            note: the sentence; what is over 1 kB is cut off.
        Raises:
            ClusterError: it could not be left.
        """
        event = Event(
            metadata=ObjectMeta(name=f"{autoscaler.name}.{uuid.uuid4().hex}", namespace=self._namespace),
            eventTime=micro(at),
            type="Warning" if warning else "Normal",
            reason=reason,
            action="SetBounds",
            note=note.encode()[:_LONGEST_NOTE].decode(errors="ignore"),
            reportingController=FIELD_MANAGER,
            reportingInstance=self._pod,
            regarding=ObjectReference(
                apiVersion="autoscaling/v2",
                kind="HorizontalPodAutoscaler",
                name=autoscaler.name,
                namespace=self._namespace,
                uid=autoscaler.version.uid,
            ),
        )
        with asking(f"the event on {autoscaler.name} cannot be left"):
            self._client.create(event)

    def _apply(
        self,
        kind: type[HorizontalPodAutoscaler | ConfigMap | GenericNamespacedResource],
        what: str,
        name: str,
        body: Json,
    ) -> None:
        with asking(f"{what} cannot be changed"):
            self._client.patch(kind, name, dict(body), patch_type=PatchType.APPLY, force=True)


def micro(instant: datetime) -> datetime:
    """Return the instant with microseconds: the API server takes none without for a MicroTime, and 0 is not written."""
    return instant.replace(microsecond=max(1, instant.microsecond))


def _autoscaler(name: str, found: HorizontalPodAutoscaler) -> AutoscalerState:
    spec, status = found.spec, found.status
    return AutoscalerState(
        name=name,
        version=_version(found.metadata),
        floor=1 if spec.minReplicas is None else spec.minReplicas,
        ceiling=spec.maxReplicas,
        metrics=tuple(each.to_dict() for each in spec.metrics or []),
        usage=None if status is None else _usage(status),
        running=None if status is None else _running(status),
        replaced=((found.metadata and found.metadata.annotations) or {}).get(REPLACED),
    )


def _version(metadata: ObjectMeta | None) -> Version:
    if metadata is None or not metadata.uid or not metadata.resourceVersion:
        raise ValueError("it has no uid or no resourceVersion")
    return Version(metadata.uid, metadata.resourceVersion)


def _metadata(name: str, version: Version) -> dict[str, object]:
    return {"name": name, "uid": version.uid, "resourceVersion": version.resource_version}


def _running(status: HorizontalPodAutoscalerStatus) -> int | None:
    """None before the HPA's first look at its pods."""
    return max(status.currentReplicas or 0, status.desiredReplicas or 0) or None


def _usage(status: HorizontalPodAutoscalerStatus) -> Mapping[str, float] | None:
    """What was measured, by metric; None while the HPA says that it cannot measure."""
    active = {each.type: each.status for each in status.conditions or []}.get("ScalingActive")
    if active != "True":
        return None
    measured = (_measured(each) for each in status.currentMetrics or [])
    return {name: value for name, value in measured if value is not None}


def _measured(metric: MetricStatus) -> tuple[str, float | None]:
    if metric.resource is not None:
        percent = metric.resource.current.averageUtilization
        return metric.resource.name, None if percent is None else float(percent)
    if metric.pods is not None:
        average = metric.pods.current.averageValue
        return metric.pods.metric.name, None if average is None else float(quantity(average))
    return "", None
