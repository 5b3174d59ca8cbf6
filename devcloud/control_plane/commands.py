"""The command lines of a control plane's processes, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devcloud.control_plane.pki import Pki
from devcloud.processes import LOOPBACK
from devcloud.toolchain.tools import Tool

# Nothing routes to service or pod addresses here; they only have to be addresses that no laptop's network uses.
SERVICE_CIDR = "10.96.0.0/16"
POD_CIDR = "10.244.0.0/16"
# kwok's default lets nodes go NotReady after 50 s, for good.
NODE_LEASE_SECONDS = 40


@dataclass(frozen=True)
class Layout:
    """Everything the command lines refer to: files of one control plane and its ports on loopback."""

    directory: Path
    pki: Pki
    binaries: Mapping[Tool, Path]
    etcd_port: int
    etcd_peer_port: int
    api_server_port: int

    @property
    def server(self) -> str:
        return f"https://{LOOPBACK}:{self.api_server_port}"

    def kubeconfig(self, user: str) -> Path:
        """The kubeconfig of a component, named as its certificate."""
        return self.directory / f"{user}.kubeconfig"


def etcd(layout: Layout) -> list[str | Path]:
    client = f"https://{LOOPBACK}:{layout.etcd_port}"
    peer = f"https://{LOOPBACK}:{layout.etcd_peer_port}"
    own, authority = layout.pki.pair("etcd"), layout.pki.etcd_ca.certificate
    return [
        layout.binaries[Tool.ETCD],
        "--name=devcloud",
        f"--data-dir={layout.directory / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=devcloud={peer}",
        # Other users of this machine reach loopback as well: without a certificate nobody reads what is in it.
        "--client-cert-auth",
        f"--trusted-ca-file={authority}",
        f"--cert-file={own.certificate}",
        f"--key-file={own.key}",
        "--peer-client-cert-auth",
        f"--peer-trusted-ca-file={authority}",
        f"--peer-cert-file={own.certificate}",
        f"--peer-key-file={own.key}",
        "--log-level=warn",
    ]


def kube_apiserver(layout: Layout) -> list[str | Path]:
    pki = layout.pki
    server, etcd_client = pki.pair("api-server"), pki.pair("etcd-client")
    return [
        layout.binaries[Tool.KUBE_APISERVER],
        f"--bind-address={LOOPBACK}",
        f"--secure-port={layout.api_server_port}",
        f"--advertise-address={LOOPBACK}",
        # A loopback address may not be an endpoint; nothing in the cluster needs the `kubernetes` service.
        "--endpoint-reconciler-type=none",
        f"--service-cluster-ip-range={SERVICE_CIDR}",
        f"--etcd-servers=https://{LOOPBACK}:{layout.etcd_port}",
        f"--etcd-cafile={pki.etcd_ca.certificate}",
        f"--etcd-certfile={etcd_client.certificate}",
        f"--etcd-keyfile={etcd_client.key}",
        f"--tls-cert-file={server.certificate}",
        f"--tls-private-key-file={server.key}",
        f"--client-ca-file={pki.ca.certificate}",
        "--anonymous-auth=false",
        "--authorization-mode=Node,RBAC",
        # EKS has it; all others that matter here are on by default.
        "--enable-admission-plugins=NodeRestriction",
        *_service_accounts(pki),
        *_aggregator(pki),
        "--event-ttl=1h",
        "--profiling=false",
    ]


def _service_accounts(pki: Pki) -> list[str]:
    return [
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-signing-key-file={pki.service_account_key}",
        f"--service-account-key-file={pki.service_account_key}",
    ]


def _aggregator(pki: Pki) -> list[str]:
    proxy = pki.pair("front-proxy-client")
    return [
        f"--requestheader-client-ca-file={pki.front_proxy_ca.certificate}",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={proxy.certificate}",
        f"--proxy-client-key-file={proxy.key}",
    ]


def kube_controller_manager(layout: Layout) -> list[str | Path]:
    pki = layout.pki
    return [
        layout.binaries[Tool.KUBE_CONTROLLER_MANAGER],
        f"--kubeconfig={layout.kubeconfig('kube-controller-manager')}",
        "--leader-elect=false",
        "--secure-port=0",
        # Each controller under its own account, as in a real cluster: policies may look at who asks.
        "--use-service-account-credentials=true",
        f"--service-account-private-key-file={pki.service_account_key}",
        f"--root-ca-file={pki.ca.certificate}",
        f"--cluster-signing-cert-file={pki.ca.certificate}",
        f"--cluster-signing-key-file={pki.ca.key}",
        # 15 s in production; waiting for it would be most of a test.
        "--horizontal-pod-autoscaler-sync-period=2s",
        "--profiling=false",
    ]


def kube_scheduler(layout: Layout) -> list[str | Path]:
    return [
        layout.binaries[Tool.KUBE_SCHEDULER],
        f"--kubeconfig={layout.kubeconfig('kube-scheduler')}",
        "--leader-elect=false",
        "--secure-port=0",
        "--profiling=false",
    ]


def kwok(layout: Layout) -> list[str | Path]:
    return [
        layout.binaries[Tool.KWOK],
        f"--kubeconfig={layout.kubeconfig('kwok')}",
        "--manage-all-nodes=true",
        f"--node-lease-duration-seconds={NODE_LEASE_SECONDS}",
        f"--cidr={POD_CIDR}",
        "--v=WARN",
    ]
