"""The command of each peer that a shell prompt or a Makefile would call again and again."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

from installs import NotInstalledError, clean_environment, peer, version_of
from timing import Case

_PICK = "import portpicker; print(portpicker.pick_unused_port())"


PEERS = (
    "wtenv",
    "worktree-env",
    "portman-cli",
    "portman",
    "portpicker",
    "get-port-cli",
    "devlanes",
)


def prepare() -> None:
    """Install the peers while there is a network; those that fail are left out later."""
    for name in PEERS:
        with contextlib.suppress(NotInstalledError):
            peer(name)


def peer_cases(base: Path) -> tuple[list[Case], list[str]]:
    """Return the cases, each run once already, and a line for each peer that is left out."""
    cases: list[Case] = []
    left_out: list[str] = []
    made = (_wtenv, _worktree_env, _portman_cli, _portman, _portpicker, _get_port, _devlanes)
    for make in made:
        try:
            cases.append(make(base))
        except (NotInstalledError, subprocess.SubprocessError) as error:
            left_out.append(f"left out: {make.__name__[1:]}: {str(error).splitlines()[0]}")
    return cases, left_out


def end_peers(base: Path) -> None:
    """Stop the daemon that devlanes needs for every answer, with the two services it ran."""
    folder = base / "devlanes" / "project"
    if folder.exists():
        environment = clean_environment(base / "devlanes" / "home")
        command = [str(peer("devlanes") / "devlanes"), "daemon", "stop", "--yes"]
        subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True)


def repository(folder: Path, environment: dict[str, str]) -> Path:
    """Make a git repository with one commit."""
    folder.mkdir(parents=True)
    options = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for argv in (
        ["init", "--quiet", "--initial-branch=main"],
        [*options, "commit", "--quiet", "--allow-empty", "-m", "start"],
    ):
        subprocess.run(["git", *argv], cwd=folder, env=environment, check=True)
    return folder


def _wtenv(base: Path) -> Case:
    folder, environment = _place(base, "wtenv")
    (folder / "wtenv.toml").write_text('ports = ["PORT", "DB_PORT"]\n')
    return _ready("wtenv", "up", [str(peer("wtenv") / "wtenv"), "up"], folder, environment)


def _worktree_env(base: Path) -> Case:
    folder, environment = _place(base, "worktree-env")
    profiles = Path(environment["HOME"]) / ".config" / "wte"
    program = str(peer("worktree-env") / "wte")
    subprocess.run([program, "init"], cwd=folder, env=environment, check=True, capture_output=True)
    (profiles / "bench.yaml").write_text(
        f"name: bench\nmatch:\n  main-worktree: {folder}\n"
        "port-claims:\n  - id: web\n  - id: db\n"
        "write-files:\n  - target: .env\n    body: |\n      PORT=${web}\n      DB_PORT=${db}\n"
    )
    return _ready("worktree-env", "sync", [program, "sync"], folder, environment)


def _portman_cli(base: Path) -> Case:
    folder, environment = _place(base, "portman-cli")
    command = [str(peer("portman-cli") / "portman"), "get", "web", "-q"]
    return _ready("portman-cli", "get web -q", command, folder, environment)


def _portman(base: Path) -> Case:
    folder, environment = _place(base, "portman")
    program = str(peer("portman") / "portman")
    subprocess.run(
        [program, "new", "bench"], cwd=folder, env=environment, check=True, capture_output=True
    )
    return _ready("portman", "export bench", [program, "export", "bench"], folder, environment)


def _portpicker(base: Path) -> Case:
    folder, environment = _place(base, "portpicker")
    command = [str(peer("portpicker") / "python"), "-c", _PICK]
    return _ready("portpicker", "pick_unused_port()", command, folder, environment)


def _get_port(base: Path) -> Case:
    folder, environment = _place(base, "get-port-cli")
    return _ready(
        "get-port-cli", "get-port", [str(peer("get-port-cli") / "get-port")], folder, environment
    )


def _devlanes(base: Path) -> Case:
    folder, environment = _place(base, "devlanes")
    services = "".join(f"  {name}:\n    run: sleep 600\n" for name in ("web", "db"))
    (folder / "devlanes.yaml").write_text(f"project: bench\nservices:\n{services}")
    program = str(peer("devlanes") / "devlanes")
    start = [program, "start", "--no-ui", "--all-at-once"]
    subprocess.run(start, cwd=folder, env=environment, check=True, capture_output=True, timeout=60)
    return _ready("devlanes", "env show web", [program, "env", "show", "web"], folder, environment)


def _place(base: Path, name: str) -> tuple[Path, dict[str, str]]:
    peer(name)
    environment = clean_environment(base / name / "home")
    return repository(base / name / "project", environment), environment


def _ready(
    name: str, words: str, command: list[str], folder: Path, environment: dict[str, str]
) -> Case:
    subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, timeout=60
    )
    return Case(f"{name} {version_of(name)}: {words}", command, folder, environment)
