"""Add-ons by their charts: pinned, with the service accounts that have identities; Istio as the mesh describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.cluster import add_ons
from components.cluster.add_ons import AddOns, AddOnsArgs
from components.cluster.istio_base import IstioBase, IstioBaseArgs
from components.cluster.istiod import Istiod, IstiodArgs

from .conftest import WORKLOADS, Program, one

if TYPE_CHECKING:
    from stacks.recording import Registered

RELEASE = "kubernetes:helm.sh/v3:Release"
METRIC = "database_optimization_queue_length"
LOCAL = ["pgbouncer.apps.svc.cluster.local"]


def everything() -> None:
    args = AddOnsArgs(WORKLOADS.cluster, "the-cluster", "eu-central-1", "vpc-1", "monitoring", [METRIC])
    AddOns("add-ons", args)
    base = IstioBase("istio", IstioBaseArgs(WORKLOADS.cluster.istio, WORKLOADS.mesh))
    Istiod("istiod", IstiodArgs(WORKLOADS.cluster.istio, WORKLOADS.mesh, "eu-central-1", LOCAL, [base]))


def releases(run: Program) -> dict[str, Registered]:
    return {each.inputs["name"]: each for each in run(everything) if each.type == RELEASE}


def test_every_chart_is_installed_in_its_pinned_version(run: Program) -> None:
    made = releases(run)
    charts = WORKLOADS.cluster.charts
    pinned = {each.chart: each.version for each in (getattr(charts, name) for name in type(charts).model_fields)}
    istio = dict.fromkeys(("istio-base", "istio-cni", "istiod"), WORKLOADS.cluster.istio.version)
    assert {name: each.inputs["version"] for name, each in made.items()} == pinned | istio
    assert all(each.inputs["repositoryOpts"]["repo"].startswith("https://") for each in made.values())
    assert all(each.inputs["atomic"] is True for each in made.values())


def test_charts_make_the_accounts_that_identities_are_for(run: Program) -> None:
    values = {name: each.inputs for name, each in releases(run).items()}
    accounts = {
        add_ons.LOAD_BALANCERS: ("aws-load-balancer-controller", ("serviceAccount",)),
        add_ons.EXTERNAL_SECRETS: ("external-secrets", ("serviceAccount",)),
        add_ons.NODE_AUTOSCALER: ("cluster-autoscaler", ("rbac", "serviceAccount")),
        add_ons.FILE_STORAGE: ("aws-efs-csi-driver", ("controller", "serviceAccount")),
        add_ons.BLOCK_STORAGE: ("aws-ebs-csi-driver", ("controller", "serviceAccount")),
    }
    for account, (chart, path) in accounts.items():
        found = values[chart]["values"]
        for step in path:
            found = found[step]
        assert found["name"] == account.name
        assert values[chart]["namespace"] == account.namespace


def test_the_autoscalers_metric_comes_from_prometheus(run: Program) -> None:
    values = releases(run)["prometheus-adapter"].inputs["values"]
    assert values["prometheus"] == {"url": "http://prometheus-operated.monitoring.svc", "port": 9090}
    (rule,) = values["rules"]["custom"]
    assert rule["name"] == {"matches": METRIC, "as": METRIC}
    assert METRIC in {each.name for each in WORKLOADS.performance_monitor.autoscaler.pods_metrics}


def test_prometheus_is_there_before_what_asks_it(run: Program) -> None:
    made = releases(run)
    assert made["kube-prometheus-stack"].urn in made["prometheus-adapter"].depends_on


def test_prometheus_reads_what_the_workloads_offer_and_nothing_else(run: Program) -> None:
    values = releases(run)["kube-prometheus-stack"].inputs["values"]
    prometheus = values["prometheus"]["prometheusSpec"]
    assert prometheus["podMonitorSelectorNilUsesHelmValues"] is False
    assert prometheus["serviceMonitorSelectorNilUsesHelmValues"] is False
    assert prometheus["resources"]["requests"] == {"cpu": "500m", "memory": "2Gi", "ephemeral-storage": "5Gi"}
    for part in ("grafana", "alertmanager", "nodeExporter", "kubeStateMetrics", "kubelet"):
        assert values[part] == {"enabled": False}


def test_prometheus_has_a_restricted_namespace_of_its_own(run: Program) -> None:
    made = run(everything)
    namespace = one(made, "kubernetes:core/v1:Namespace")["metadata"]
    assert namespace["name"] == "monitoring"
    assert namespace["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    release = one(made, RELEASE, "add-ons-monitoring")
    assert release["namespace"] == namespace["name"]


def test_nodes_are_found_by_the_clusters_name(run: Program) -> None:
    made = releases(run)
    assert made["cluster-autoscaler"].inputs["values"]["autoDiscovery"] == {"clusterName": "the-cluster"}
    assert made["aws-load-balancer-controller"].inputs["values"]["clusterName"] == "the-cluster"


def test_istiod_is_of_the_regions_network_and_the_fleets_trust(run: Program) -> None:
    made = releases(run)
    istiod = made["istiod"]
    shared = istiod.inputs["values"]["global"]
    assert (shared["network"], shared["multiCluster"]["clusterName"]) == ("eu-central-1", "eu-central-1")
    assert istiod.inputs["values"]["meshConfig"]["trustDomain"] == WORKLOADS.mesh.trust_domain
    assert istiod.inputs["namespace"] == WORKLOADS.mesh.control_namespace
    resources = shared["proxy"]["resources"]
    assert resources["requests"] == {"cpu": "100m", "memory": "128Mi"}  # what quotas and node pools count with
    assert {made[name].urn for name in ("istio-base", "istio-cni")} <= set(istiod.depends_on)


def test_callers_of_local_services_stay_in_their_cluster(run: Program) -> None:
    settings = releases(run)["istiod"].inputs["values"]["meshConfig"]["serviceSettings"]
    assert settings == [{"settings": {"clusterLocal": True}, "hosts": LOCAL}]


def test_what_pods_cannot_start_without_gives_way_to_nothing(run: Program) -> None:
    made = {name: each.inputs["values"] for name, each in releases(run).items()}
    secrets = made["external-secrets"]
    found = [
        made["istiod"]["global"],
        secrets,
        secrets["webhook"],
        secrets["certController"],
        made["prometheus-adapter"],
    ]
    assert {each["priorityClassName"] for each in found} == {"system-cluster-critical"}


def test_pods_need_no_right_to_change_their_network(run: Program) -> None:
    made = releases(run)
    assert made["istiod"].inputs["values"]["pilot"]["cni"] == {"enabled": True}
    assert made["istio-cni"].inputs["namespace"] == "kube-system"


def test_proxies_answer_for_other_regions_names(run: Program) -> None:
    defaults = releases(run)["istiod"].inputs["values"]["meshConfig"]["defaultConfig"]
    assert defaults["proxyMetadata"]["ISTIO_META_DNS_CAPTURE"] == "true"
