"""The other regions of the mesh: coordinators by name, and what istiod needs to see pods of other regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.mesh.api_routes import retries, traffic_policy
from components.mesh.objects import NETWORKING, istio_object, service_host
from components.security.synced_secret import SyncedSecret, SyncedSecretArgs
from regions.model.mesh import Mesh

_DOMAIN = "mesh.internal"


@dataclass(frozen=True)
class RemoteRegion:
    """Another region: the address of its east-west gateway, and the AWS secret that opens its API server to istiod.

    Without `access_secret` istiod knows none of its pods, and requests to Services never go there.
    """

    name: str
    aws_region: str
    gateway: str
    access_secret: str | None


@dataclass(frozen=True)
class RemoteRegionsArgs:
    """What RemoteRegions need.

    `service` with `port` is the coordinator's; `coordinating` is the name of the gateway of whichever region
    coordinates the others now, maybe this one.
    """

    namespace: str
    service: str
    port: int
    coordinating: str
    regions: Sequence[RemoteRegion]
    mesh: Mesh


class RemoteRegions(pulumi.ComponentResource):
    """For the coordinating region and for each other one a ServiceEntry and a remote secret; routes and limits for all.

    RemoteRegions("remote", RemoteRegionsArgs("apps", "coordinator", 3100, "coordinator.wedsync.example",
        [RemoteRegion("us-west-1", "us-west-1", "eastwest.us-west-1.wedsync.example", secret_name)], workloads.mesh))
    """

    def __init__(self, name: str, args: RemoteRegionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("wedsync:mesh:RemoteRegions", name, None, opts)
        self._name, self._args = name, args
        self._entry("coordinating", args.coordinating, {"address": args.coordinating})
        for region in args.regions:
            host = remote_host(args.service, region.name)
            place = {"address": region.gateway, "locality": region.aws_region, "network": region.name}
            self._entry(region.name, host, place)
            if region.access_secret is not None:
                self._access(f"{name}-{region.name}", args, region.name, region.access_secret)
        self._traffic()
        self.register_outputs({})

    def _object(self, kind: str, which: str, spec: Mapping[str, object]) -> None:
        args, title = self._args, f"{self._args.service}-{which}"
        istio_object(self, f"{self._name}-{which}-{kind}", (NETWORKING, kind), title, args.namespace, spec)

    def _entry(self, which: str, host: str, endpoint: Mapping[str, str]) -> None:
        self._object("ServiceEntry", which, _entry(self._args, host, endpoint))

    def _traffic(self) -> None:
        """One object for all of them, where one can be: a stack grows by as little as may be with the fleet."""
        args = self._args
        hosts = [args.coordinating, *(remote_host(args.service, region.name) for region in args.regions)]
        self._object("VirtualService", "regions", _routes(args, hosts))
        self._object("DestinationRule", "coordinating", _destination(args, args.coordinating))
        if args.regions:
            self._object("DestinationRule", "regions", _destination(args, f"*.{_DOMAIN}"))

    def _access(self, name: str, args: RemoteRegionsArgs, region: str, secret: str) -> None:
        """A remote secret as istiod looks for it: one kubeconfig, under the cluster's name."""
        SyncedSecret(
            f"{name}-access",
            SyncedSecretArgs(
                args.mesh.control_namespace,
                f"istio-remote-secret-{region}",
                {"remote": secret},
                properties=("kubeconfig",),
                template={region: "{{ .remote_kubeconfig }}"},
                labels={"istio/multiCluster": "true"},
                annotations={"networking.istio.io/cluster": region},
            ),
            pulumi.ResourceOptions(parent=self),
        )


def remote_host(service: str, region: str) -> str:
    """The name by which a service of another region is called, from any region."""
    return f"{service}.{region}.{_DOMAIN}"


def _entry(args: RemoteRegionsArgs, host: str, endpoint: Mapping[str, str]) -> dict[str, object]:
    return {
        "hosts": [host],
        "location": "MESH_INTERNAL",
        "resolution": "DNS",
        "ports": [{"name": "http", "number": args.port, "protocol": "HTTP"}],
        # The gateway passes on by server name and opens nothing: encryption is from proxy to proxy.
        "endpoints": [{**endpoint, "ports": {"http": args.mesh.east_west.port}}],
        "subjectAltNames": [f"spiffe://{args.mesh.trust_domain}/ns/{args.namespace}/sa/{args.service}"],
    }


def _routes(args: RemoteRegionsArgs, hosts: Sequence[str]) -> dict[str, object]:
    route = args.mesh.coordinator
    limits = {"timeout": f"{route.timeout_seconds}s", "retries": dict(retries(route))}
    return {
        "hosts": list(hosts),
        "http": [
            {
                # By its beginning: a client says the port too, where it is not 80.
                "match": [{"authority": {"prefix": host}}],
                "route": [{"destination": {"host": host, "port": {"number": args.port}}}],
                **limits,
            }
            for host in hosts
        ],
    }


def _destination(args: RemoteRegionsArgs, host: str) -> dict[str, object]:
    # The name that each region's gateway knows the service by.
    sni = f"outbound_.{args.port}_._.{service_host(args.service, args.namespace)}"
    return {"host": host, "trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL", "sni": sni}, **traffic_policy(args.mesh)}}
