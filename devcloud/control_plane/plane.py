"""One region's Kubernetes control plane: its processes, in the order in which they need each other."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx

from devcloud.control_plane import bootstrap, commands, definitions, metrics_control, objects
from devcloud.control_plane.commands import Layout
from devcloud.control_plane.connection import connect
from devcloud.control_plane.kubeconfig import Access, write_kubeconfig
from devcloud.control_plane.pki import Pki
from devcloud.control_plane.surroundings import BARE, Surroundings
from devcloud.processes import LOOPBACK, Child, Ports, StartError, accepts_connections
from devcloud.toolchain.tools import Tool

# Generous: a cold disk and two cores shared with a build. A process that exits is noticed at once.
START_SECONDS = 90.0
_API_SERVER_NAMES = (LOOPBACK, "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")


class ControlPlane:
    """etcd, API server, controller manager, scheduler, kwok and the add-ons of one region.

    Everything that is kept is in etcd and in `directory`; every process may be killed at any moment.
    """

    def __init__(
        self,
        region: str,
        directory: Path,
        binaries: Mapping[Tool, Path],
        ports: Ports,
        around: Surroundings = BARE,
    ) -> None:
        """Start nothing yet.

        Args:
            region: name of the region, e.g. us-east-1.
            directory: where its data, keys and logs are, e.g. <state>/control-planes/us-east-1.
            binaries: the executables of all tools but Pulumi's.
            ports: where its ports are remembered.
            around: zones, node pools and add-ons; by default those of a bare cluster.
        """
        self.region = region
        self.directory = directory.resolve()
        self._binaries = binaries
        self._ports = ports
        self._around = around
        self._layout: Layout | None = None
        self._children: list[Child] = []

    @property
    def kubeconfig_context(self) -> str:
        return f"wedsync-{self.region}"

    @property
    def access(self) -> Access:
        """How an administrator reaches it.

        Raises:
            StartError: it was not started.
        """
        if self._layout is None:
            raise StartError(f"the control plane of {self.region} was not started")
        return self._access_as("admin", self._layout)

    def start(self) -> None:
        """Start everything and return when nodes are Ready and the metrics API answers.

        Call it from a thread that lives as long as the control plane should (see `Child`). When it fails, nothing
        is left running.

        Raises:
            StartError: a process did not come up, with the end of its log; or a port is taken.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything; the state stays. Stopping twice does nothing."""
        while self._children:
            self._children.pop().stop()

    def exited(self) -> Child | None:
        """A process that has ended by itself, or None while all is well."""
        return next((child for child in self._children if child.exit_code() is not None), None)

    def _start(self) -> None:
        layout = self._prepare()
        metrics_port = self._port("metrics-api")
        settings_port = self._port("metrics-settings")

        # etcd alone gets the time to end well; the others keep nothing.
        etcd = self._spawn("etcd", commands.etcd(layout), stop_signal=signal.SIGTERM)
        etcd.wait_ready(lambda: accepts_connections(layout.etcd_port), seconds=START_SECONDS)
        api_server = self._spawn("kube-apiserver", commands.kube_apiserver(layout))
        self._spawn_add_ons(layout, metrics_port, settings_port)

        with connect(self.access) as admin:
            self._wait(api_server, lambda: bootstrap.api_server_is_ready(admin))
            try:
                self._bring_up(layout, admin, metrics_port)
            except httpx.HTTPError as error:
                raise StartError(f"{api_server.name} refused a request: {_explain(error)}") from error
        metrics_control.record_url(self.directory, settings_port)

    def _bring_up(self, layout: Layout, admin: httpx.Client, metrics_port: int) -> None:
        around = self._around
        bootstrap.apply(admin, definitions.changed(admin, around.definitions))
        bootstrap.apply(admin, objects.add_ons_role())
        # The autoscaler looks for the metrics APIs when it starts, and then only every 30 s.
        bootstrap.apply(admin, objects.metrics_api(port=metrics_port, ca=layout.pki.ca.certificate))
        self._spawn("kube-controller-manager", commands.kube_controller_manager(layout))
        self._spawn("kube-scheduler", commands.kube_scheduler(layout))
        bootstrap.drop_node_leases(admin)
        nodes = {item.body["metadata"]["name"]: item for item in objects.nodes(around)}
        bootstrap.drop_nodes_but(admin, nodes)
        bootstrap.apply(admin, nodes.values())
        # Or it would read the configuration that the user's own kwok has in the home directory.
        kwok = self._spawn("kwok", commands.kwok(layout), environment={"KWOK_WORKDIR": str(self.directory)})
        bootstrap.apply(admin, objects.file_storage())
        self._wait(kwok, lambda: bootstrap.cluster_is_ready(admin, nodes))
        self._wait(kwok, lambda: definitions.are_served(admin, around.definitions))

    def _prepare(self) -> Layout:
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        pki = Pki(self.directory / "pki")
        pki.create(api_server_names=_API_SERVER_NAMES, metrics_names=[objects.METRICS_HOST])
        layout = Layout(
            directory=self.directory,
            pki=pki,
            binaries=self._binaries,
            etcd_port=self._port("etcd"),
            etcd_peer_port=self._port("etcd-peer"),
            api_server_port=self._port("kube-apiserver"),
        )
        for user in ("kube-controller-manager", "kube-scheduler", "kwok"):
            write_kubeconfig(layout.kubeconfig(user), [self._access_as(user, layout)])
        self._layout = layout
        return layout

    def _access_as(self, user: str, layout: Layout) -> Access:
        return Access(self.kubeconfig_context, layout.server, layout.pki.ca.certificate, layout.pki.pair(user))

    def _port(self, name: str) -> int:
        return self._ports.get(f"{self.region}/{name}")

    def _spawn_add_ons(self, layout: Layout, metrics_port: int, settings_port: int) -> None:
        module = "devcloud.control_plane.add_ons"
        arguments = [str(self.directory), layout.server, str(metrics_port), str(settings_port), self.region]
        arguments += [self._around.aws_endpoint] if self._around.aws_endpoint else []
        self._spawn("add-ons", [sys.executable, "-m", module, *arguments])

    def _spawn(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGKILL,
    ) -> Child:
        child = Child(
            f"{name} of {self.region}",
            command,
            log=self.directory / "logs" / f"{name}.log",
            env={**os.environ, **(environment or {})},
            # etcd's log is written ahead and everything else is in etcd: the quickest end is as good as any.
            death_signal=signal.SIGKILL,
            stop_signal=stop_signal,
        )
        self._children.append(child)
        return child

    def _wait(self, child: Child, ready: Callable[[], bool]) -> None:
        def nobody_died_and_ready() -> bool:
            if (dead := self.exited()) is not None:
                dead.wait_ready(lambda: False, seconds=0)
            return ready()

        child.wait_ready(nobody_died_and_ready, seconds=START_SECONDS)


def _explain(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"{error.request.method} {error.request.url}: {error.response.text}"
    return str(error)
