"""The lock in the cluster: admission policies that let nobody change what weddings rest on in a freeze window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as k8s

from components.kubernetes import freeze_rules as rules
from guard.in_cluster import GROUP, KIND, NAME, OVERRIDE, VERSION

if TYPE_CHECKING:
    from pulumi_kubernetes.admissionregistration.v1 import (
        MatchResourcesArgsDict,
        ParamRefArgsDict,
        ValidatingAdmissionPolicyBindingSpecArgsDict,
        ValidatingAdmissionPolicySpecArgsDict,
    )

_Policy = k8s.admissionregistration.v1.ValidatingAdmissionPolicy
LOCK = "freeze-window"
KEEPER = "freeze-window-keeper"
# Where there is no window the API server's own words are all that is told, with this name among them.
LOCK_BINDING = "closed-unless-the-season-scaler-says-open"


@dataclass(frozen=True)
class FreezePolicyArgs:
    """What a FreezePolicy needs.

    `namespace` has the window and the workloads, `gateway_namespace` the mesh's gateways, `mesh_namespace` its control
    plane; `emergency` is the ConfigMap by which somebody declares one. `everything_else` is what has to be there before
    the lock is: while there is no window, it denies all.
    """

    namespace: str
    gateway_namespace: str
    mesh_namespace: str
    emergency: str
    everything_else: Sequence[pulumi.Resource]


class FreezePolicy(pulumi.ComponentResource):
    """Two ValidatingAdmissionPolicies, each with its binding: who may change objects, and who may write windows.

    FreezePolicy("freeze", FreezePolicyArgs("apps", "istio-ingress", "istio-system", "emergency", made))
    """

    def __init__(self, name: str, args: FreezePolicyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:kubernetes:FreezePolicy", name, None, opts)
        self._name, self._args = name, args
        places = rules.Places(args.namespace, args.mesh_namespace, [args.emergency, OVERRIDE])
        self._lock(places)
        self._keeper(places)
        self.register_outputs({})

    def _lock(self, places: rules.Places) -> None:
        args = self._args
        policy = self._policy(
            "lock",
            LOCK,
            {
                "param_kind": {"api_version": f"{GROUP}/{VERSION}", "kind": KIND},
                "match_constraints": _matched(
                    rules.WATCHED, args.namespace, args.gateway_namespace, args.mesh_namespace
                ),
                "match_conditions": rules.lock_conditions(places),
                "variables": rules.lock_variables(places),
                "validations": rules.lock_validations(places),
            },
        )
        window: ParamRefArgsDict = {
            "name": NAME,
            "namespace": args.namespace,
            "parameter_not_found_action": "Deny",
        }
        self._bind("lock", LOCK_BINDING, {**_enforced(policy), "param_ref": window})

    def _keeper(self, places: rules.Places) -> None:
        policy = self._policy(
            "keeper",
            KEEPER,
            {
                "match_constraints": _matched(rules.KEPT, self._args.namespace),
                "match_conditions": rules.keeper_conditions(),
                "validations": rules.keeper_validations(places),
            },
        )
        self._bind("keeper", KEEPER, _enforced(policy))

    def _policy(self, suffix: str, title: str, spec: ValidatingAdmissionPolicySpecArgsDict) -> _Policy:
        return _Policy(
            f"{self._name}-{suffix}",
            metadata={"name": title},
            spec={"failure_policy": "Fail", **spec},
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self._args.everything_else)),
        )

    def _bind(self, suffix: str, title: str, spec: ValidatingAdmissionPolicyBindingSpecArgsDict) -> None:
        k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
            f"{self._name}-{suffix}", metadata={"name": title}, spec=spec, opts=pulumi.ResourceOptions(parent=self)
        )


def _enforced(policy: _Policy) -> ValidatingAdmissionPolicyBindingSpecArgsDict:
    return {"policy_name": policy.metadata.name, "validation_actions": ["Deny", "Audit"]}


def _matched(watched: rules.Watched, *namespaces: str) -> MatchResourcesArgsDict:
    """By a label that the API server itself gives each namespace, and that nobody can take away."""
    label = "kubernetes.io/metadata.name"
    return {
        "namespace_selector": {"match_expressions": [{"key": label, "operator": "In", "values": list(namespaces)}]},
        "resource_rules": [
            {
                "api_groups": [group],
                "api_versions": ["*"],
                "operations": list(operations),
                "resources": list(resources),
                "scope": "*",
            }
            for group, resources, operations in watched
        ],
    }
