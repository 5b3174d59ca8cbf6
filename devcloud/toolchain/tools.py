"""What is built, from which Go module, with which flags. The versions are in each module's go.mod and nowhere else."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

MODULES = Path(__file__).parent / "modules"


class Tool(enum.StrEnum):
    """A tool of the embedded cloud; the value is the name of its executable."""

    PULUMI = "pulumi"
    ETCD = "etcd"
    KUBE_APISERVER = "kube-apiserver"
    KUBE_CONTROLLER_MANAGER = "kube-controller-manager"
    KUBE_SCHEDULER = "kube-scheduler"
    KWOK = "kwok"
    KUBE_SCORE = "kube-score"
    ACTIONLINT = "actionlint"


@dataclass(frozen=True)
class Module:
    """A Go module whose go.mod and go.sum pin some tools.

    Attributes:
        name: what messages and the cache call it.
        directory: where its go.mod and go.sum are.
        packages: the main package of each tool, in the order in which they are built.
        pinned: the path of the required module whose version is the tools' version.
        stamps: the linker's `-X` assignments for a version such as "v1.35.4"; without them the tools would call
            themselves a development build.
    """

    name: str
    directory: Path
    packages: Mapping[Tool, str]
    pinned: str
    stamps: Callable[[str], Mapping[str, str]]

    @property
    def version(self) -> str:
        """The pinned version, e.g. "v1.35.4"."""
        requirement = rf"^(?:require )?\s*{re.escape(self.pinned)} (v\S+)"
        match = re.search(requirement, (self.directory / "go.mod").read_text(), re.MULTILINE)
        if match is None:
            raise LookupError(f"{self.directory / 'go.mod'} does not require {self.pinned}")
        return match[1]

    @property
    def go_version(self) -> str:
        """The lowest Go that builds it, e.g. "1.26.0"."""
        match = re.search(r"^go (\S+)", (self.directory / "go.mod").read_text(), re.MULTILINE)
        if match is None:
            raise LookupError(f"{self.directory / 'go.mod'} has no go line")
        return match[1]

    def build_flags(self) -> list[str]:
        """The flags of `go build`; part of what the cache's key is made of."""
        stamps = " ".join(f"-X {name}={value}" for name, value in self.stamps(self.version).items())
        # -s -w leaves symbols out: half the size. Version control is not stamped: a commit here changes no tool.
        return ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {stamps}".rstrip()]


def _no_stamps(_: str) -> Mapping[str, str]:
    return {}


def _pulumi_stamps(version: str) -> Mapping[str, str]:
    return {"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": version}


def _kube_score_stamps(version: str) -> Mapping[str, str]:
    return {"main.version": version}


def _actionlint_stamps(version: str) -> Mapping[str, str]:
    return {"github.com/rhysd/actionlint.version": version}


def _kubernetes_stamps(version: str) -> Mapping[str, str]:
    major, minor, _ = version.removeprefix("v").split(".")
    package = "k8s.io/component-base/version"
    return {f"{package}.gitVersion": version, f"{package}.gitMajor": major, f"{package}.gitMinor": minor}


ALL_MODULES = (
    Module(
        name="pulumi",
        directory=MODULES / "pulumi",
        packages={Tool.PULUMI: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"},
        pinned="github.com/pulumi/pulumi/pkg/v3",
        stamps=_pulumi_stamps,
    ),
    Module(
        name="etcd",
        directory=MODULES / "etcd",
        packages={Tool.ETCD: "go.etcd.io/etcd/server/v3"},
        pinned="go.etcd.io/etcd/server/v3",
        stamps=_no_stamps,
    ),
    Module(
        name="kubernetes",
        directory=MODULES / "kubernetes",
        packages={
            Tool.KUBE_APISERVER: "k8s.io/kubernetes/cmd/kube-apiserver",
            Tool.KUBE_CONTROLLER_MANAGER: "k8s.io/kubernetes/cmd/kube-controller-manager",
            Tool.KUBE_SCHEDULER: "k8s.io/kubernetes/cmd/kube-scheduler",
        },
        pinned="k8s.io/kubernetes",
        stamps=_kubernetes_stamps,
    ),
    Module(
        name="kwok",
        directory=MODULES / "kwok",
        packages={Tool.KWOK: "sigs.k8s.io/kwok/cmd/kwok"},
        pinned="sigs.k8s.io/kwok",
        stamps=_no_stamps,
    ),
    Module(
        name="kube-score",
        directory=MODULES / "kube-score",
        packages={Tool.KUBE_SCORE: "github.com/zegl/kube-score/cmd/kube-score"},
        pinned="github.com/zegl/kube-score",
        stamps=_kube_score_stamps,
    ),
    Module(
        name="actionlint",
        directory=MODULES / "actionlint",
        packages={Tool.ACTIONLINT: "github.com/rhysd/actionlint/cmd/actionlint"},
        pinned="github.com/rhysd/actionlint",
        stamps=_actionlint_stamps,
    ),
)


def module_of(tool: Tool) -> Module:
    """The module that pins `tool`."""
    return next(module for module in ALL_MODULES if tool in module.packages)
