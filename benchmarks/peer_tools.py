"""One adapter for each tool: how a project is set up, what is run there, what it answered."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from installs import clean_environment, peer, version_of

if TYPE_CHECKING:
    from pathlib import Path


class Answer(NamedTuple):
    """What one run said. `code` is None for a run that was stopped because it did not end."""

    code: int | None
    text: str

    @property
    def crashed(self) -> bool:
        """Return whether the program ended in an error of its own making."""
        return "Traceback (most recent call last)" in self.text


class Tool:
    """A tool under test, with one home folder for all its projects."""

    name = ""
    #: What is run, for the table.
    main = ""
    #: An env file it writes into a project, if it writes one.
    env_file: str | None = None
    #: The probes that make sense for it.
    asked: frozenset[str] = frozenset({"all"})
    #: Seconds after which a run counts as hanging.
    patience = 60.0

    def __init__(self, home: Path, programs: Path | None = None) -> None:
        self.programs = programs or peer(self.name)
        self.home = home
        self.environment = clean_environment(home)
        self.environment["PATH"] = f"{self.programs}{os.pathsep}{self.environment['PATH']}"
        self.set_up()

    @property
    def title(self) -> str:
        """Return name and version."""
        return f"{self.name} {version_of(self.name)}"

    def set_up(self) -> None:
        """Prepare the home folder: configuration, daemons."""

    def tear_down(self) -> None:
        """Stop what `set_up` started."""

    def prepare(self, project: Path) -> None:
        """Make a fresh git checkout into a project of this tool."""

    def command(self, project: Path) -> list[str]:
        """Return the main command: what a person or a Makefile runs before starting servers."""
        raise NotImplementedError

    def ports(self, project: Path, answer: Answer) -> list[int]:
        """Return the ports this project was given."""
        return [int(word) for word in re.findall(r"\b\d{4,5}\b", answer.text)]

    def registry(self) -> Path | None:
        """Return the file it keeps its allocations in, if it keeps any."""
        return None

    def intact(self) -> bool | None:
        """Return whether the registry can be read; None without one."""
        file = self.registry()
        if file is None or not file.exists():
            return None
        if file.suffix == ".db":
            with closing(sqlite3.connect(file)) as connection:
                return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))
        try:
            json.loads(file.read_text())
        except ValueError:
            return False
        return True

    def start(self, project: Path) -> subprocess.Popen[str]:
        """Start the main command in a project."""
        return subprocess.Popen(
            self.command(project),
            cwd=project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    def finish(self, process: subprocess.Popen[str], deadline: float) -> Answer:
        """Wait for a started command until `deadline` (monotonic seconds), then stop it."""
        try:
            text, _ = process.communicate(timeout=max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)  # its own session: nothing else is in it
            text, _ = process.communicate()
            return Answer(None, text)
        return Answer(process.returncode, text)

    def run(self, project: Path) -> Answer:
        """Run the main command to its end."""
        return self.finish(self.start(project), time.monotonic() + self.patience)

    def call(self, *argv: str, cwd: Path) -> str:
        """Run another command of the tool, which has to succeed."""
        done = subprocess.run(
            argv, cwd=cwd, env=self.environment, capture_output=True, text=True, timeout=60
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(argv)}: {done.stdout}{done.stderr}")
        return done.stdout


def env_ports(file: Path) -> list[int]:
    """Return the port numbers an env file sets."""
    if not file.exists():
        return []
    text = file.read_text(errors="replace")
    return [int(number) for number in re.findall(r"^\w*PORT\w*=(\d+)\s*$", text, re.MULTILINE)]


class Ours(Tool):
    """portman from this tree."""

    name = "ports-toml"
    main = "portman up"
    env_file = ".env"

    @property
    def title(self) -> str:
        """Return our name with the version that is measured."""
        told = self.call(str(self.programs / "portman"), "--version", cwd=self.home)
        return f"portman (ports-toml {told.split()[1]}, this one)"

    def prepare(self, project: Path) -> None:
        """Two services with usual ports."""
        (project / "ports.toml").write_text("[services]\nweb = 3000\ndb = 5432\n")

    def command(self, project: Path) -> list[str]:
        return [str(self.programs / "portman"), "up"]

    def ports(self, project: Path, answer: Answer) -> list[int]:
        return env_ports(project / ".env")

    def registry(self) -> Path | None:
        return self.home / ".local" / "state" / "portman" / "ledger.db"


class Wtenv(Tool):
    name = "wtenv"
    main = "wtenv up"
    env_file = ".env.local"

    def prepare(self, project: Path) -> None:
        (project / "wtenv.toml").write_text('ports = ["PORT", "DB_PORT"]\n')

    def command(self, project: Path) -> list[str]:
        return [str(self.programs / "wtenv"), "up"]

    def ports(self, project: Path, answer: Answer) -> list[int]:
        return env_ports(project / ".env.local")

    def registry(self) -> Path | None:
        return self.home / ".local" / "state" / "wtenv" / "registry.json"


class WorktreeEnv(Tool):
    name = "worktree-env"
    main = "wte sync"
    env_file = ".env"

    def prepare(self, project: Path) -> None:
        profiles = self.home / ".config" / "wte"
        if not profiles.exists():
            self.call(str(self.programs / "wte"), "init", cwd=project)
        if not (project / ".git").is_dir():
            return  # a linked worktree: the profile of the main one counts
        (profiles / f"{project.parent.name}-{project.name}.yaml").write_text(
            f"name: {project.parent.name}-{project.name}\nmatch:\n  main-worktree: {project}\n"
            "port-claims:\n  - id: web\n  - id: db\n"
            "write-files:\n  - target: .env\n    body: |\n      PORT=${web}\n      DB_PORT=${db}\n"
        )

    def command(self, project: Path) -> list[str]:
        return [str(self.programs / "wte"), "sync"]

    def ports(self, project: Path, answer: Answer) -> list[int]:
        return env_ports(project / ".env")

    def registry(self) -> Path | None:
        return self.home / ".config" / "wte" / "state" / "ports.json"


class PortmanCli(Tool):
    name = "portman-cli"
    main = "portman get web -q"

    def command(self, project: Path) -> list[str]:
        return [str(self.programs / "portman"), "get", "web", "-q"]

    def ports(self, project: Path, answer: Answer) -> list[int]:
        return [] if answer.code else super().ports(project, answer)

    def registry(self) -> Path | None:
        return next(self.home.rglob("registry.db"), None)


class Portman(Tool):
    """Its `new` is for an app's first time; later `list --app` tells the ports."""

    name = "portman"
    main = "portman new APP, later list --app APP"

    def command(self, project: Path) -> list[str]:
        # The user names the app; here as for every tool that wants a name.
        app = f"{project.parent.name}-{project.name}"
        registry = self.registry()
        known = registry is not None and registry.exists() and f'"{app}"' in registry.read_text()
        words = ["list", "--app", app] if known else ["new", app]
        return [str(self.programs / "portman"), *words]

    def ports(self, project: Path, answer: Answer) -> list[int]:
        plain = re.sub(r"\x1b\[[\d;]*m", "", answer.text)
        return sorted(int(number) for number in re.findall(r"(?:→| )\s+(\d{4,5})\b", plain))

    def registry(self) -> Path | None:
        return self.home / ".portman" / "registry.json"


class PortAllocator(Tool):
    name = "port-allocator"
    main = "port-alloc allocate -s NAME -p 3000 -r 3000-3999"

    def command(self, project: Path) -> list[str]:
        program = str(self.programs / "port-alloc")
        service = f"{project.parent.name}-{project.name}"
        return [program, "allocate", "-s", service, "-p", "3000", "-r", "3000-3999"]

    def registry(self) -> Path | None:
        return self.home / ".local" / "share" / "port-registry" / "ports.json"


class Portkeeper(Tool):
    name = "portkeeper"
    main = "portkeeper reserve --range 20000-20999"
    patience = 10.0

    def command(self, project: Path) -> list[str]:
        return [str(self.programs / "portkeeper"), "reserve", "--range", "20000-20999"]


class Portauth(Tool):
    name = "portauth"
    main = "port-request request PROJECT web"

    def set_up(self) -> None:
        """Start its daemon, and wait until it answers."""
        self.daemon = subprocess.Popen(
            [str(self.programs / "port-authority-daemon")],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            time.sleep(0.1)
            asked = [str(self.programs / "port-request"), "status"]
            if not subprocess.run(asked, env=self.environment, capture_output=True).returncode:
                return

    def tear_down(self) -> None:
        self.daemon.terminate()
        self.daemon.wait(timeout=10)

    def command(self, project: Path) -> list[str]:
        name = f"{project.parent.name}-{project.name}"
        return [str(self.programs / "port-request"), "request", name, "web"]

    def registry(self) -> Path | None:
        return self.home / ".local" / "share" / "port-authority" / "allocations.json"


class Portless(Tool):
    """Ports of running apps only: each app prints its PORT and stays for as long as the round."""

    name = "portless"
    asked = frozenset()
    main = "portless NAME node app.js"
    script = (
        "const s = require('http').createServer(); s.on('error', e => {console.log(e.code); "
        "process.exit(1)}); s.listen(process.env.PORT, '127.0.0.1', () => {"
        "console.log('APP ' + process.env.PORT); setTimeout(() => process.exit(0), 8000)})"
    )

    def set_up(self) -> None:
        """Start its proxy without TLS and without touching /etc/hosts."""
        self.environment |= {
            "PORTLESS_PORT": "1355",
            "PORTLESS_HTTPS": "0",
            "PORTLESS_SYNC_HOSTS": "0",
            "PORTLESS_STATE_DIR": str(self.home / "portless"),
        }
        command = [str(self.programs / "portless"), "proxy", "start", "--no-tls", "-p", "1355"]
        self.call(*command, cwd=self.home)

    def tear_down(self) -> None:
        self.call(str(self.programs / "portless"), "proxy", "stop", cwd=self.home)

    def prepare(self, project: Path) -> None:
        (project / "app.js").write_text(self.script)

    def command(self, project: Path) -> list[str]:
        name = f"{project.parent.name}-{project.name}"
        return [str(self.programs / "portless"), name, "node", "app.js"]

    def ports(self, project: Path, answer: Answer) -> list[int]:
        return [int(number) for number in re.findall(r"^APP (\d+)", answer.text, re.MULTILINE)]

    def registry(self) -> Path | None:
        return self.home / "portless" / "routes.json"


class WorktreeCompose(Tool):
    """Ports by a formula over the worktree's index; `list` shows them, `start` needs Docker."""

    name = "worktree-compose"
    main = "wtc list"
    asked = frozenset(
        {
            "two clones of one remote",
            "branch switched",
            "another worktree removed",
            "main checkout gets 3000",
        }
    )

    def prepare(self, project: Path) -> None:
        (project / "docker-compose.yml").write_text(
            'services:\n  web:\n    image: scratch\n    ports:\n      - "${WEB_PORT:-3000}:80"\n'
            '  api:\n    image: scratch\n    ports:\n      - "${API_PORT:-3001}:80"\n'
        )

    def command(self, project: Path) -> list[str]:
        return [str(self.programs / "wtc"), "list"]

    def ports(self, project: Path, answer: Answer) -> list[int]:
        branch = self.call("git", "branch", "--show-current", cwd=project).strip()
        if "No extra worktrees" in answer.text:
            return [3000, 3001]  # alone, the main checkout keeps the numbers of its Compose file
        row = next((line for line in answer.text.splitlines() if f" {branch} " in line), "")
        return [int(number) for number in re.findall(r"\w+:(\d+)", row)]


class GetPort(Tool):
    """A random free port, another one each time: nothing is kept that could be asked about."""

    name = "get-port-cli"
    asked = frozenset({"main checkout gets 3000"})
    main = "get-port"

    def command(self, project: Path) -> list[str]:
        return [str(self.programs / "get-port")]


class Portpicker(Tool):
    """A random free port, another one each time: nothing is kept that could be asked about."""

    name = "portpicker"
    asked = frozenset({"main checkout gets 3000"})
    main = "portpicker.pick_unused_port()"

    def command(self, project: Path) -> list[str]:
        code = "import portpicker; print(portpicker.pick_unused_port())"
        return [str(self.programs / "python"), "-c", code]


PEERS: tuple[type[Tool], ...] = (
    Wtenv,
    WorktreeEnv,
    PortmanCli,
    Portman,
    PortAllocator,
    Portkeeper,
    Portauth,
    Portless,
    WorktreeCompose,
    GetPort,
    Portpicker,
)


def usable(tool: type[Tool]) -> bool:
    """Return whether what the tool runs on is here."""
    return tool not in (Portless, WorktreeCompose, GetPort) or shutil.which("node") is not None
