"""A real Kubernetes control plane for each region, on loopback."""

from devcloud.control_plane.kubeconfig import Access, write_kubeconfig
from devcloud.control_plane.metrics_control import set_metrics
from devcloud.control_plane.plane import ControlPlane

__all__ = ["Access", "ControlPlane", "set_metrics", "write_kubeconfig"]
