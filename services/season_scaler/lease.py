"""The Lease that says which of several season scalers acts.

As Kubernetes' own controllers elect their leader: who holds the lease renews it; who waits for it takes it once it
has not changed for as long as it lasts, by the waiting process' own clock, so that clocks of nodes need not agree.
The API server refuses a write to a lease that has changed since it was read, so two never hold it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lightkube import ApiError, Client
from lightkube.models.coordination_v1 import LeaseSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.coordination_v1 import Lease

from services.season_scaler.cluster import ClusterError, ConflictError, asking, micro

NAME = "season-scaler"
LEASE_SECONDS = 15
# A leader that could not renew for so long stops.
RENEW_WITHIN_SECONDS = 10.0
RENEW_EVERY_SECONDS = 2.0
_NOT_FOUND = 404


class DeposedError(Exception):
    """This process does not hold the lease, or cannot know that it does: it must not act."""


@dataclass(frozen=True, slots=True)
class Record:
    """A lease as it stands; `acquired` is when its holder took it, `version` None before there is an object."""

    holder: str
    seconds: int
    transitions: int
    acquired: datetime | None
    version: str | None


class Store(Protocol):
    """Where the lease is kept."""

    def read(self) -> Record: ...

    def write(self, record: Record, at: datetime) -> None:
        """Write it as of `at`, but only over the version that it names; ConflictError if it is not that any more."""
        ...


class LeaseStore:
    """The lease as an object of coordination.k8s.io/v1."""

    def __init__(self, client: Client, namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    def read(self) -> Record:
        """Read it; where there is none yet, nobody holds it.

        Raises:
            ClusterError: it cannot be read.
        """
        with asking(f"lease {NAME} cannot be read"):
            try:
                return _record(self._client.get(Lease, NAME))
            except ApiError as error:
                if error.response.status_code == _NOT_FOUND:
                    return Record("", LEASE_SECONDS, 0, None, None)
                raise

    def write(self, record: Record, at: datetime) -> None:
        """Write it as of `at`, but only over the version that it names.

        Raises:
            ConflictError: somebody else has written.
            ClusterError: it cannot be written.
        """
        lease = Lease(
            metadata=ObjectMeta(name=NAME, namespace=self._namespace, resourceVersion=record.version),
            spec=LeaseSpec(
                holderIdentity=record.holder,
                leaseDurationSeconds=record.seconds,
                leaseTransitions=record.transitions,
                acquireTime=None if record.acquired is None else micro(record.acquired),
                renewTime=micro(at),
            ),
        )
        with asking(f"lease {NAME} cannot be written"):
            if record.version is None:
                self._client.create(lease)
            else:
                self._client.replace(lease)


class Leadership:
    """This process' part in the election."""

    def __init__(self, store: Store, holder: str, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        """Hold nothing yet.

        Args:
            holder: who this process is; a process that comes back under the same name takes its lease at once.
            now: what is written as the time of renewal, for people.
            monotonic: what waiting is measured by, s.
        """
        self._store, self._holder = store, holder
        self._now, self._monotonic = now, monotonic
        self._renewed: float | None = None
        self._seen: tuple[str | None, float] | None = None
        self.other = ""

    @property
    def leads(self) -> bool:
        """Whether this process may act now."""
        return self._renewed is not None and self._monotonic() - self._renewed < RENEW_WITHIN_SECONDS

    def campaign(self) -> bool:
        """Take the lease if it is free, or renew it; return whether this process may act. Call it every 2 s.

        Raises:
            ClusterError: the lease cannot be read or written; a leader goes on until it has not renewed for 10 s.
        """
        started = self._monotonic()
        record = self._store.read()
        if record.holder not in ("", self._holder) and not self._has_ended(record, started):
            self._renewed, self.other = None, record.holder
            return False
        now, new = self._now(), record.holder != self._holder
        acquired, transitions = now if new else record.acquired, record.transitions + new
        try:
            self._store.write(Record(self._holder, LEASE_SECONDS, transitions, acquired, record.version), now)
        except ConflictError:  # another one was faster, or a renewal of our own whose answer was lost
            self._renewed = None
            return False
        self._renewed, self.other = started, ""
        return True

    def confirm(self, seconds: float) -> None:
        """Return if this process may act for so long: to be asked right before each step that takes so long at most.

        The lease ends at least `LEASE_SECONDS` after the renewal was begun, for the others count from when they saw it.

        Raises:
            DeposedError: it may not, or perhaps not for so long.
        """
        problem = ""
        if self._renewed is None or self._monotonic() - self._renewed >= RENEW_EVERY_SECONDS:
            try:
                self.campaign()
            except ClusterError as error:
                problem = f" {error}"
        if self._renewed is None:
            raise DeposedError(f"{self.other or 'Another scaler'} holds the lease.{problem}")
        left = LEASE_SECONDS - (self._monotonic() - self._renewed)
        if left <= seconds or not self.leads:
            raise DeposedError(
                f"The lease could not be renewed in time: it may end in {left:.1f} s, and the next step takes up to"
                f" {seconds:g} s.{problem}"
            )

    def release(self) -> None:
        """Give the lease up, so that another one need not wait for its end; nothing happens if it is not held.

        Raises:
            ClusterError: it could not be given up, and ends by itself.
        """
        self._renewed = None
        record = self._store.read()
        if record.holder == self._holder:
            self._store.write(Record("", 1, record.transitions, None, record.version), self._now())

    def _has_ended(self, record: Record, now: float) -> bool:
        if self._seen is None or self._seen[0] != record.version:
            self._seen = (record.version, now)
        return now - self._seen[1] >= record.seconds


def _record(lease: Lease) -> Record:
    metadata, spec = lease.metadata or ObjectMeta(), lease.spec or LeaseSpec()
    return Record(
        holder=spec.holderIdentity or "",
        seconds=spec.leaseDurationSeconds or LEASE_SECONDS,
        transitions=spec.leaseTransitions or 0,
        acquired=spec.acquireTime,
        version=metadata.resourceVersion,
    )
