"""The mesh: mTLS everywhere, and traffic that follows locality in one way."""

from __future__ import annotations

from policies import tokens
from policies.rules import fail_over_or_distribute, keep_mesh_wide_mtls, require_strict_mtls
from tests.policies.rules.case import ABSENT, Bad, Case, resource

_PLAIN = "requests would be in plain text."
_ILL = "follows locality without outlierDetection: no host would ever count as ill."
_LOCAL = {"loadBalancer": {"localityLbSetting": {"failover": [{"from": "eu-central-1", "to": "us-east-1"}]}}}
_DETECTING = {**_LOCAL, "outlierDetection": {"consecutive5xxErrors": 5}}
_DISTRIBUTE = [{"from": "eu-central-1/*", "to": {"eu-central-1/*": 100}}]
_LOCALITY = "trafficPolicy>loadBalancer>localityLbSetting"
_MESH_WIDE = "There is no PeerAuthentication for all of the mesh in namespace istio-system."

CASES: tuple[Case, ...] = (
    Case(
        require_strict_mtls.RULE,
        (
            resource(
                tokens.PEER_AUTHENTICATIONS[0],
                {"spec": {"mtls": {"mode": "STRICT"}, "portLevelMtls": {"8080": {"mode": "STRICT"}}}},
            ),
        ),
        (
            Bad("spec>mtls>mode", "PERMISSIVE", "spec.mtls.mode is 'PERMISSIVE': it must be STRICT."),
            Bad("spec>mtls", ABSENT, "spec.mtls.mode is absent: it must be STRICT."),
            Bad("spec>portLevelMtls>8080>mode", "DISABLE", "Port 8080 has mode 'DISABLE': it must be STRICT."),
        ),
    ),
    Case(
        require_strict_mtls.RULE,
        (
            resource(
                tokens.DESTINATION_RULES[0],
                {
                    "spec": {
                        "trafficPolicy": {
                            "tls": {"mode": "ISTIO_MUTUAL"},
                            "portLevelSettings": [{"port": {"number": 8080}, "tls": {"mode": "ISTIO_MUTUAL"}}],
                        },
                        "subsets": [{"name": "stable", "trafficPolicy": {}}],
                    }
                },
            ),
            resource(tokens.DESTINATION_RULES[2], {"spec": {"host": "a"}}),  # mTLS without being told
        ),
        (
            Bad("spec>trafficPolicy>tls>mode", "DISABLE", f"trafficPolicy has tls.mode 'DISABLE': {_PLAIN}"),
            Bad("spec>trafficPolicy>tls>mode", ABSENT, f"trafficPolicy has tls.mode absent: {_PLAIN}"),
            Bad(
                "spec>trafficPolicy>portLevelSettings>0>tls>mode",
                "DISABLE",
                f"trafficPolicy, port 8080 has tls.mode 'DISABLE': {_PLAIN}",
            ),
            Bad(
                "spec>subsets>0>trafficPolicy",
                {"tls": {"mode": "DISABLE"}},
                f"Subset stable has tls.mode 'DISABLE': {_PLAIN}",
            ),
        ),
    ),
    Case(
        keep_mesh_wide_mtls.RULE,
        (
            resource(tokens.PEER_AUTHENTICATIONS[0], {"metadata": {"namespace": "istio-system"}, "spec": {"mtls": {}}}),
            resource(tokens.PEER_AUTHENTICATIONS[0], {"metadata": {"namespace": "database-optimization"}}),
        ),
        (
            Bad("metadata>namespace", "database-optimization", _MESH_WIDE),
            Bad("spec>selector", {"matchLabels": {"a": "b"}}, _MESH_WIDE),
            Bad("@type", "kubernetes:core/v1:ConfigMap", _MESH_WIDE),
        ),
    ),
    Case(keep_mesh_wide_mtls.RULE, (resource(tokens.TOPIC, {}),), stack="prod"),  # has no mesh
    Case(
        fail_over_or_distribute.RULE,
        (
            resource(
                tokens.DESTINATION_RULES[0],
                {
                    "spec": {
                        "trafficPolicy": _DETECTING,
                        "subsets": [{"name": "stable", "trafficPolicy": _LOCAL}],  # detects as the whole does
                    }
                },
            ),
            resource(
                tokens.DESTINATION_RULES[0],
                {
                    "spec": {
                        "trafficPolicy": {
                            **_DETECTING,
                            "portLevelSettings": [{"port": {"number": 8080}, **_DETECTING}],
                        }
                    }
                },
            ),
            resource(
                tokens.DESTINATION_RULES[0],
                {"spec": {"trafficPolicy": {"loadBalancer": {"localityLbSetting": {"enabled": False}}}}},
            ),
        ),
        (
            Bad(f"spec>{_LOCALITY}>distribute", _DISTRIBUTE, "trafficPolicy sets both failover and distribute."),
            Bad(
                "spec>trafficPolicy>portLevelSettings>0>outlierDetection", {}, f"trafficPolicy, port 8080 {_ILL}", of=1
            ),
            Bad(f"spec>{_LOCALITY}>enabled", True, f"trafficPolicy {_ILL}", of=2),
            Bad(
                "spec>subsets>0>trafficPolicy>loadBalancer>localityLbSetting>distribute",
                _DISTRIBUTE,
                "Subset stable sets both failover and distribute.",
            ),
        ),
    ),
)
