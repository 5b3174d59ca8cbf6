"""Objects of the kinds that a region declares, each as short as the server takes it and with what it rewrites."""

from __future__ import annotations

from typing import Any

Manifest = dict[str, Any]

_RBAC = "rbac.authorization.k8s.io"
_LABELS = {"app": "wedding-api"}
_HOST = "wedding-api.apps.svc.cluster.local"
_SELECTOR = {"matchLabels": _LABELS}
_POLICY = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"

BUILT_IN: dict[str, Manifest] = {
    "kubernetes:scheduling.k8s.io/v1:PriorityClass": {"value": 1000, "globalDefault": False, "description": "ours"},
    "kubernetes:policy/v1:PodDisruptionBudget": {
        "spec": {"selector": _SELECTOR, "maxUnavailable": "25%", "unhealthyPodEvictionPolicy": "AlwaysAllow"}
    },
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": {
        "spec": {
            "podSelector": _SELECTOR,
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{"from": [{"namespaceSelector": {}}], "ports": [{"port": "http"}]}],
            "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 5432, "endPort": 5440}]}],
        }
    },
    "kubernetes:core/v1:ResourceQuota": {
        "spec": {"hard": {"pods": "0010", "requests.cpu": "1500m", "limits.memory": "0.5Gi", "services.nodeports": "0"}}
    },
    "kubernetes:core/v1:LimitRange": {
        "spec": {
            "limits": [
                {"type": "Container", "default": {"cpu": "0.2"}, "max": {"memory": "1024Mi"}},
                {"type": "PersistentVolumeClaim", "max": {"storage": "500G"}},
            ]
        }
    },
    "kubernetes:batch/v1:CronJob": {
        "spec": {
            "schedule": "0 8 1 5,6 *",
            "timeZone": "America/New_York",
            "concurrencyPolicy": "Forbid",
            "jobTemplate": {
                "spec": {
                    "template": {
                        "spec": {"restartPolicy": "Never", "containers": [{"name": "scaler", "image": "scaler:1"}]}
                    }
                }
            },
        }
    },
    "kubernetes:core/v1:Service": {
        "spec": {"selector": _LABELS, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    },
    "kubernetes:core/v1:ServiceAccount": {"automountServiceAccountToken": False},
    "kubernetes:core/v1:Secret": {"type": "kubernetes.io/basic-auth", "stringData": {"username": "u", "password": "p"}},
    "kubernetes:storage.k8s.io/v1:StorageClass": {
        "provisioner": "efs.csi.aws.com",
        "parameters": {"provisioningMode": "efs-ap"},
        "mountOptions": ["tls"],
    },
    f"kubernetes:{_RBAC}/v1:Role": {
        "rules": [{"apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"], "verbs": ["get", "patch"]}]
    },
    f"kubernetes:{_RBAC}/v1:RoleBinding": {
        "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": "scaler"},
        "subjects": [{"kind": "ServiceAccount", "name": "scaler", "namespace": "apps"}],
    },
    f"kubernetes:{_RBAC}/v1:ClusterRole": {
        "rules": [
            {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]},
            {"nonResourceURLs": ["/metrics"], "verbs": ["get"]},
        ]
    },
    f"kubernetes:{_RBAC}/v1:ClusterRoleBinding": {
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": "reader"},
        "subjects": [{"kind": "User", "name": "prometheus"}],
    },
    _POLICY: {
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "resourceRules": [
                    {
                        "apiGroups": ["apps"],
                        "apiVersions": ["v1"],
                        "operations": ["UPDATE"],
                        "resources": ["deployments"],
                    }
                ]
            },
            "validations": [{"expression": "object.spec.replicas < 100", "message": "never so many"}],
        }
    },
    f"{_POLICY}Binding": {
        "spec": {
            "policyName": "saturday",
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": _SELECTOR},
        }
    },
}

_HTTP = [{"route": [{"destination": {"host": _HOST, "port": {"number": 80}}, "weight": 100}], "timeout": "5s"}]

OF_ADD_ONS: dict[str, Manifest] = {
    "kubernetes:networking.istio.io/v1:Gateway": {
        "spec": {
            "selector": {"istio": "ingress"},
            "servers": [{"port": {"number": 443, "name": "https", "protocol": "HTTPS"}, "hosts": ["api.example.test"]}],
        }
    },
    "kubernetes:networking.istio.io/v1:VirtualService": {"spec": {"hosts": [_HOST], "http": _HTTP}},
    "kubernetes:networking.istio.io/v1:DestinationRule": {
        "spec": {
            "host": _HOST,
            "trafficPolicy": {
                "tls": {"mode": "ISTIO_MUTUAL"},
                "outlierDetection": {"consecutive5xxErrors": 5, "interval": "10s"},
                "loadBalancer": {"localityLbSetting": {"failover": [{"from": "us-east-1", "to": "us-west-1"}]}},
            },
        }
    },
    "kubernetes:networking.istio.io/v1:ServiceEntry": {
        "spec": {
            "hosts": ["coordinator.us-west-1.mesh.internal"],
            "ports": [{"name": "http", "number": 3100, "protocol": "HTTP"}],
            "resolution": "DNS",
        }
    },
    "kubernetes:security.istio.io/v1:PeerAuthentication": {"spec": {"mtls": {"mode": "STRICT"}}},
    "kubernetes:security.istio.io/v1:AuthorizationPolicy": {
        "spec": {
            "selector": _SELECTOR,
            "action": "ALLOW",
            "rules": [{"from": [{"source": {"principals": ["cluster.local/ns/apps/sa/api"]}}]}],
        }
    },
    "kubernetes:external-secrets.io/v1:ClusterSecretStore": {
        "spec": {
            "provider": {"aws": {"service": "SecretsManager", "region": "us-east-1"}},
            "conditions": [{"namespaces": ["apps"]}],
        }
    },
    "kubernetes:external-secrets.io/v1:SecretStore": {
        "spec": {"provider": {"aws": {"service": "SecretsManager", "region": "us-east-1"}}}
    },
    # Its definition writes defaults into `target` and into every item of an atomic list.
    "kubernetes:external-secrets.io/v1:ExternalSecret": {
        "spec": {
            "refreshInterval": "5m",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": "aws"},
            "target": {"name": "database", "template": {"data": {"url": "postgresql://{{ .user | urlquery }}@db"}}},
            "data": [{"secretKey": "user", "remoteRef": {"key": "wedsync/local/database/app", "property": "username"}}],
        }
    },
    "kubernetes:monitoring.coreos.com/v1:ServiceMonitor": {
        "spec": {"selector": _SELECTOR, "endpoints": [{"port": "metrics", "interval": "30s"}]}
    },
    "kubernetes:monitoring.coreos.com/v1:PodMonitor": {
        "spec": {"selector": _SELECTOR, "podMetricsEndpoints": [{"port": "metrics"}]}
    },
    "kubernetes:monitoring.coreos.com/v1:PrometheusRule": {
        "spec": {
            "groups": [
                {"name": "lag", "rules": [{"alert": "Lag", "expr": "lag > 1", "for": "1m", "labels": {"a": "b"}}]}
            ]
        }
    },
}
