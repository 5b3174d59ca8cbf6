"""Where one embedded cloud keeps what: the single place that knows the state directory's layout."""

from __future__ import annotations

from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
DEFAULT = CHECKOUT / ".devcloud"


class State:
    """The state directory of one embedded cloud. Everything that `make destroy` removes is below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    @property
    def ports(self) -> Path:
        """Ports by name, JSON."""
        return self.root / "ports.json"

    @property
    def lock(self) -> Path:
        """Held (flock) by the daemon while it runs; its content is the daemon's process id."""
        return self.root / "daemon.lock"

    @property
    def command_lock(self) -> Path:
        """Held (flock) by the one `up`, `down` or `destroy` that may run at a time."""
        return self.root / "command.lock"

    @property
    def endpoints(self) -> Path:
        """What the running daemon serves, JSON; written when all of it is ready, removed when it stops."""
        return self.root / "endpoints.json"

    @property
    def failure(self) -> Path:
        """Why the daemon gave up while starting."""
        return self.root / "failure.txt"

    @property
    def kubeconfig(self) -> Path:
        """One context a region."""
        return self.root / "kubeconfig"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def aws(self) -> Path:
        return self.root / "aws"

    @property
    def backend(self) -> Path:
        """Pulumi's file backend: the stacks' state."""
        return self.root / "pulumi" / "backend"

    @property
    def pulumi_home(self) -> Path:
        """PULUMI_HOME: its plugin cache holds the local providers, so that no other project ever meets them."""
        return self.root / "pulumi" / "home"

    def control_plane(self, region: str) -> Path:
        return self.root / "control-planes" / region
