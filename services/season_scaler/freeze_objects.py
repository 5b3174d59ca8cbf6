"""The objects of the cluster's lock as the season scaler reads and writes them: the window, its clock, an override."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from lightkube import ApiError, Client
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models.core_v1 import ObjectReference
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.batch_v1 import Job
from lightkube.resources.core_v1 import ConfigMap
from lightkube.resources.events_v1 import Event
from lightkube.types import PatchType

from guard.in_cluster import CLOCK, GROUP, KIND, NAME, OVERRIDE, PLURAL, VERSION
from services.season_scaler.cluster import FIELD_MANAGER, asking, micro
from services.season_scaler.freeze_window import Clock, Owner, Spec, Window

FreezeWindow = create_namespaced_resource(GROUP, VERSION, KIND, PLURAL)
_API_VERSIONS = {"Job": "batch/v1", "CronJob": "batch/v1"}
_LONGEST_NOTE = 1024  # of an Event, in bytes
_NOT_FOUND = 404


class FreezeObjects:
    """Those of one namespace."""

    def __init__(self, client: Client, namespace: str, pod: str) -> None:
        """Use `client`; events are told by `pod`."""
        self._client, self._namespace, self._pod = client, namespace, pod

    def clock(self) -> Clock | None:
        """Read the Job of the clock that lives longest; None if there is none.

        Raises:
            ClusterError: they cannot be read.
        """
        with asking(f"jobs of {CLOCK} cannot be read"):
            found = [_clock(job) for job in self._client.list(Job, labels={"app.kubernetes.io/name": CLOCK})]
            return max((each for each in found if each), key=lambda each: each.ends, default=None)

    def window(self) -> Window | None:
        """Read the window; None where there is none yet.

        Raises:
            ClusterError: it cannot be read.
        """
        with asking(f"freeze window {NAME} cannot be read"):
            try:
                found = self._client.get(FreezeWindow, NAME)
            except ApiError as error:
                if error.response.status_code == _NOT_FOUND:
                    return None
                raise
            owners = (found.metadata and found.metadata.ownerReferences) or []
            return Window(dict(found["spec"]), tuple(each.uid for each in owners if each.kind == "Job"))

    def set_window(self, spec: Spec, clock: Clock) -> None:
        """Force-apply all that the window says, and what it is owned by.

        Raises:
            ClusterError: it could not be applied.
        """
        owners = [
            {"apiVersion": _API_VERSIONS[each.kind], "kind": each.kind, "name": each.name, "uid": each.uid}
            for each in (clock.maker, clock.job)
        ]
        body = {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": KIND,
            "metadata": {"name": NAME, "ownerReferences": owners},
            "spec": dict(spec),
        }
        with asking(f"freeze window {NAME} cannot be written"):
            self._client.patch(FreezeWindow, NAME, body, patch_type=PatchType.APPLY, force=True)

    def override(self) -> Mapping[str, bytes]:
        """Read the files of the override that was given: the document and its signatures; none where none was.

        Raises:
            ClusterError: nobody knows whether one was.
        """
        with asking(f"ConfigMap {OVERRIDE} cannot be read"):
            try:
                data = self._client.get(ConfigMap, OVERRIDE).binaryData or {}
            except ApiError as error:
                if error.response.status_code == _NOT_FOUND:
                    return {}
                raise
            return {name: base64.b64decode(text) for name, text in data.items()}

    def warn(self, note: str, at: datetime) -> None:
        """Leave a warning on the override's ConfigMap; what is over 1 kB of it is cut off.

        Raises:
            ClusterError: it could not be left.
        """
        event = Event(
            metadata=ObjectMeta(name=f"{OVERRIDE}.{uuid.uuid4().hex}", namespace=self._namespace),
            eventTime=micro(at),
            type="Warning",
            reason="OverrideRefused",
            action="Verify",
            note=note.encode()[:_LONGEST_NOTE].decode(errors="ignore"),
            reportingController=FIELD_MANAGER,
            reportingInstance=self._pod,
            regarding=ObjectReference(apiVersion="v1", kind="ConfigMap", name=OVERRIDE, namespace=self._namespace),
        )
        with asking(f"the event on {OVERRIDE} cannot be left"):
            self._client.create(event)


def _clock(job: Job) -> Clock | None:
    """None for a Job that has ended, or that is none of the clock's."""
    metadata, spec = job.metadata, job.spec
    if metadata is None or spec is None or metadata.deletionTimestamp or (job.status and job.status.conditions):
        return None
    makers = [each for each in metadata.ownerReferences or [] if (each.kind, each.name) == ("CronJob", CLOCK)]
    if not makers or metadata.creationTimestamp is None or spec.activeDeadlineSeconds is None:
        return None
    # Kubernetes counts from when it has seen the Job, a moment later.
    ends = metadata.creationTimestamp + timedelta(seconds=spec.activeDeadlineSeconds)
    job_owner = Owner("Job", str(metadata.name), str(metadata.uid))
    return Clock(job_owner, Owner("CronJob", makers[0].name, makers[0].uid), ends)
