"""What the lock in a region's cluster is made of, by name: for who declares it, keeps it, gives it overrides.

The lock is a FreezeWindow object that admission policies read. CEL has no clock, so a clock of the cluster's own stands
behind it: a CronJob makes a Job without pods every few minutes, and Kubernetes ends and removes each after its
lifetime. The window is owned by the newest of them; once that is gone, the garbage collector takes the owner's name
out of the window. A window without such an owner is stale, whatever it says (docs/decisions/0019-cluster-lock.md).
"""

from __future__ import annotations

from datetime import timedelta

GROUP, VERSION, KIND, PLURAL = "wedsync.io", "v1", "FreezeWindow", "freezewindows"
NAME = "region"
"""The one window of a cluster; it is in the workloads' namespace."""

CLOCK = "freeze-clock"
"""The CronJob, and what its Jobs' names begin with."""
CLOCK_LIFETIME = timedelta(minutes=11)
"""How long a Job lives: the longest that a window counts without being renewed."""
CLOCK_SCHEDULE = "*/5 * * * *"
"""Two Jobs overlap by more than a minute, so that one that is made late leaves no gap."""

OVERRIDE = "freeze-override"
"""The ConfigMap that an override and its signatures are given by, as files."""
EMERGENCY_GROUP = "wedsync:emergency"
"""The Kubernetes group of the emergency role."""
