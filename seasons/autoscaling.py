"""How a HorizontalPodAutoscaler (autoscaling/v2) moves: its controller's rules, on CPU alone, minute by minute.

Source: "Horizontal Pod Autoscaling" of the Kubernetes documentation (algorithm details, configurable scaling behavior).
"""

from __future__ import annotations

import math
from collections import deque
from itertools import islice

from regions.model.kubernetes import Autoscaler, ScalingPolicy, ScalingRules

STEP_SECONDS = 60  # the controller looks every 15 s: the model reacts up to 45 s later, which matters to no hour
_TOLERANCE = 0.1  # the controller's default: no change while usage is this close to the target
# From the decision to a pod that serves: image, start and the first probes (assumption; a node has room for it).
_START_STEPS = 2


class Hpa:
    """One autoscaler and its pods. `step` is a minute; everything else is state.

    A replica that serves its rate uses all of the CPU that it asks for (assumption, until load tests have measured it).
    """

    def __init__(self, rules: Autoscaler, per_replica: float, most_use: float, replicas: int) -> None:
        """Start with `replicas` that serve.

        Args:
            rules: the autoscaler's pace.
            per_replica: requests/s that one replica serves.
            most_use: CPU that a replica can use as a multiple of its requests: more than that no overload shows.
            replicas: pods that have been there for long.
        """
        self._rules, self._per_replica, self._most_use = rules, per_replica, most_use
        self.replicas = replicas
        looks = max(_looks_back(rules.scale_up), _looks_back(rules.scale_down))
        self._recommended = deque([replicas] * looks, maxlen=looks)
        counted = max(_steps(policy.period_seconds) for policy in rules.scale_up.policies + rules.scale_down.policies)
        self._changes = deque([0] * counted, maxlen=counted)
        self._held = deque([replicas] * (_START_STEPS + 1), maxlen=_START_STEPS + 1)

    @property
    def ready(self) -> int:
        """Pods that serve: those that have been there since their start."""
        return min(self._held)

    def step(self, rate: float, floor: int, ceiling: int, cpu_percent: int) -> bool:
        """Live through a minute of `rate` requests/s under these bounds.

        Returns:
            Whether anything changed; if not, further minutes of the same change nothing either.
        """
        before = (tuple(self._recommended), tuple(self._changes), tuple(self._held))
        wanted = self._recommendation(rate, cpu_percent)
        self._recommended.append(wanted)
        after = self._next(floor, ceiling)
        self._changes.append(after - self.replicas)
        self._held.append(after)
        self.replicas = after
        return before != (tuple(self._recommended), tuple(self._changes), tuple(self._held))

    def _recommendation(self, rate: float, cpu_percent: int) -> int:
        """Pods that are not ready yet count as idle, as the controller counts them when it scales up."""
        used = min(rate, self.ready * self._per_replica * self._most_use)
        ratio = used / (self.replicas * self._per_replica) / (cpu_percent / 100)
        if abs(ratio - 1) <= _TOLERANCE:
            return self.replicas
        return math.ceil(self.replicas * ratio)

    def _next(self, floor: int, ceiling: int) -> int:
        """The bounds hold at once, whatever the pace: as in the controller.

        They may have moved the replicas further within a period than its policy allows: then no policy moves them on,
        and none moves them back.
        """
        if not floor <= self.replicas <= ceiling:
            return min(max(self.replicas, floor), ceiling)
        wanted = self._stabilised()
        if wanted > self.replicas:
            most = max(self._most_up(policy) for policy in self._rules.scale_up.policies)
            return min(wanted, ceiling, max(most, self.replicas))
        if wanted < self.replicas:
            least = min(self._least_down(policy) for policy in self._rules.scale_down.policies)
            return max(wanted, floor, min(least, self.replicas))
        return wanted

    def _stabilised(self) -> int:
        up = min(self._last(_looks_back(self._rules.scale_up)))
        down = max(self._last(_looks_back(self._rules.scale_down)))
        return min(max(self.replicas, up), down)

    def _last(self, count: int) -> islice[int]:
        return islice(reversed(self._recommended), count)

    def _most_up(self, policy: ScalingPolicy) -> int:
        start = self._at_the_start(policy)
        return math.ceil(start * (1 + policy.value / 100)) if policy.type == "Percent" else start + policy.value

    def _least_down(self, policy: ScalingPolicy) -> int:
        start = self._at_the_start(policy)
        return math.floor(start * (1 - policy.value / 100)) if policy.type == "Percent" else start - policy.value

    def _at_the_start(self, policy: ScalingPolicy) -> int:
        """Replicas at the start of the policy's period, which ends now."""
        return self.replicas - sum(islice(reversed(self._changes), _steps(policy.period_seconds) - 1))


def _looks_back(rules: ScalingRules) -> int:
    """Recommendations that count, the newest among them."""
    return max(1, _steps(rules.stabilization_window_seconds))


def _steps(seconds: int) -> int:
    return math.ceil(seconds / STEP_SECONDS)
