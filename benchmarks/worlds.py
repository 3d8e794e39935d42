"""The folders, manifests and ledgers that are measured in."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from installs import clean_environment


class World:
    """A checkout with `services` services, and a ledger with `others` leases of other checkouts."""

    def __init__(self, base: Path, programs: Path, *, services: int, others: int) -> None:
        self.folder = base / "checkout"
        self.state = base / "state"
        self.environment = {
            **clean_environment(base / "home"),
            "PORTMAN_HOME": str(self.state),
        }
        self._programs = programs
        self.folder.mkdir(parents=True)
        (self.folder / ".git").mkdir()
        (self.folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        (self.folder / "ports.toml").write_text(manifest(services))
        if others:
            filler = str(Path(__file__).with_name("crowd.py"))
            command = [str(programs / "python"), filler, str(self.state), str(base), str(others)]
            subprocess.run(command, check=True, env=self.environment)
        self.run("up", "-q")

    def run(self, *argv: str) -> None:
        """Run portman here; raise if it fails."""
        command = [str(self._programs / "portman"), *argv]
        subprocess.run(
            command, cwd=self.folder, env=self.environment, check=True, stdout=subprocess.DEVNULL
        )

    def forget(self) -> None:
        """Drop every receipt, as if nothing had been asked before."""
        shutil.rmtree(self.state / f"receipts-{os.geteuid()}", ignore_errors=True)

    def give_back(self) -> None:
        """Give all leases back, so that the next `up` allocates."""
        self.run("down", "-q")

    def stir(self) -> None:
        """Let another checkout take and give back a port, so that the ledger has changed."""
        other = self.folder.parent / "neighbour"
        if not other.exists():
            other.mkdir()
            (other / "ports.toml").write_text('[services]\nweb = "auto"\n')
        for verb in ("up", "down"):
            command = [str(self._programs / "portman"), "-C", str(other), verb, "-q"]
            subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)


def manifest(services: int) -> str:
    """Return a ports.toml with that many services, any port of the pool each."""
    return 'name = "bench"\n\n[services]\n' + "".join(
        f'service-{number:04} = "auto"\n' for number in range(services)
    )


def processor() -> str:
    """Return the processor's name as the kernel tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    found = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{found[0] if found else 'unknown processor'}, {os.cpu_count()} cores"
