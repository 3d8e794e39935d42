"""A dockerd of our own: in a network and mount namespace of its own, ended by pid.

Neither the machine's engine (if it has one) nor its firewall rules or ports are touched. What
publishes or probes ports runs inside that namespace. For the tests and the benchmarks.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "portman-test:1"


class NoEngineError(Exception):
    """This machine does not run a dockerd; the text says why."""


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return stdout as JSON."""
        return json.loads(self.out)


#: Where scripts/engine-setup puts the newest Docker that runs here: bin/ and config/cli-plugins/.
NEWEST = Path("/opt/portman-newest-docker")


class Engine(NamedTuple):
    """A running dockerd: its process, its socket's address, a folder for its things.

    `tools` has another docker and Compose than the machine's.
    """

    pid: int
    host: str
    folder: Path
    tools: Path | None = None

    def inside(self, *argv: str, cwd: Path | str = "/", env: dict[str, str] | None = None) -> Done:
        """Run a command where the engine's ports are."""
        done = subprocess.run(
            ["nsenter", f"--net=/proc/{self.pid}/ns/net", "--", *argv],
            cwd=cwd,
            env={
                **os.environ,
                **tool_variables(self.tools),
                "DOCKER_HOST": self.host,
                "PYTHONPATH": str(ROOT),
                **(env or {}),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def docker(self, *argv: str, cwd: Path | str = "/", env: dict[str, str] | None = None) -> str:
        """Run docker, which has to succeed; return its stdout."""
        done = self.inside("docker", *argv, cwd=cwd, env=env)
        assert done.code == 0, f"docker {' '.join(argv)}: {done.err}"
        return done.out.strip()

    def portman(self, *argv: str, cwd: Path | str, env: dict[str, str] | None = None) -> Done:
        """Run the real command line."""
        return self.inside(sys.executable, "-m", "portman", *argv, cwd=cwd, env=env)


def tool_variables(tools: Path | None) -> dict[str, str]:
    """Return what makes `docker` the one of a folder."""
    if tools is None:
        return {}
    path = f"{tools / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "DOCKER_CONFIG": str(tools / "config")}


def missing() -> str:
    """Return what this machine lacks, "" if it has everything."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "needs root on Linux"
    for program in (
        "dockerd",
        "docker",
        "iptables",
        "busybox",
        "unshare",
        "nsenter",
        "setpriv",
        "ip",
    ):
        if shutil.which(program) is None:
            return f"no {program} here: sudo scripts/engine-setup"
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0:
        return "no Compose v2 here: sudo scripts/engine-setup"
    return ""


@contextmanager
def running(*options: str, tools: Path | None = None) -> Iterator[Engine]:
    """Run a dockerd with everything in a folder of its own; NoEngineError if it will not run.

    The folder's name is short: the longest socket below it has to fit into 107 bytes (unix(7)).
    """
    folder = Path(tempfile.mkdtemp(prefix="pm-engine-"))
    (folder / "daemon.json").write_text("{}")
    socket = folder / "docker.sock"
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [
            # What it mounts goes with it: else its folder could not be deleted.
            # And it ends when its starter does, however that ends.
            *("setpriv", "--pdeathsig", "TERM", "unshare", "--net", "--mount"),
            *("sh", "-c", 'ip link set lo up && exec "$0" "$@"', "dockerd"),
            *("--host", f"unix://{socket}", "--config-file", str(folder / "daemon.json")),
            *("--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")),
            *("--pidfile", str(folder / "pid"), *options),
        ],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env={**os.environ, **tool_variables(tools), "HOME": str(folder)},
    )
    engine = Engine(process.pid, f"unix://{socket}", folder, tools)
    try:
        _await(engine, process)
        _import_image(engine)
        yield engine
        remove_containers(engine)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _await(engine: Engine, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        if engine.inside("docker", "version").code == 0:
            return
        time.sleep(0.2)
    tail = "\n".join((engine.folder / "log").read_text().splitlines()[-8:])
    raise NoEngineError(f"dockerd does not run on this machine:\n{tail}")


def _import_image(engine: Engine) -> None:
    """Make an image of one static busybox: nothing is downloaded."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(os.path.realpath(shutil.which("busybox") or ""), "bin/busybox")
        for applet in ("sh", "sleep", "httpd", "nc", "cat", "echo", "env"):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
    image = engine.folder / "image.tar"
    image.write_bytes(buffer.getvalue())
    engine.docker("import", "--change", 'CMD ["/bin/sleep","3600"]', str(image), IMAGE)


def remove_containers(engine: Engine) -> None:
    """Take away all containers, running or not, and their networks."""
    found = engine.docker("ps", "--all", "--quiet").split()
    if found:
        engine.docker("rm", "--force", "--volumes", *found)
    engine.docker("network", "prune", "--force")
