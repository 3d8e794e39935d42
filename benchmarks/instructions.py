"""Count the instructions of every verb under valgrind, beside a bare interpreter.

    python benchmarks/instructions.py [--only WORD ...] [--tree DIR] [--write docs/performance.md]

Instructions do not depend on what else runs on the machine, so these are the figures of the bars;
wall time is for `run.py`. `run` becomes its command, and valgrind prints nothing then: it is
counted up to the call of exec. Ten services (eight, two containers, two derived values), 20 other
checkouts with 200 leases, in a network namespace of its own. Linux with valgrind.
"""

from __future__ import annotations

import argparse
import os
import platform
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import markdown
from installs import ROOT, clean_environment

INSIDE = "PORTMAN_INSTRUCTIONS_INSIDE"
VALGRIND = (
    *("valgrind", "--tool=cachegrind", "--cache-sim=no"),
    "--cachegrind-out-file=/dev/null",
)
TAKEN = "3999"
UNTIL_EXEC = """\
import os, sys
os.execve = os.execvpe = os.execvp = os.execv = lambda *_: os._exit(0)
sys.argv[0] = "portman"
from portman.__main__ import entry
entry()
"""
COUNT = re.compile(r"refs:\s+([\d,]+)")

MANIFEST = """\
name = "bench"

[services]
web = "auto"
api = "auto"
admin = "auto"
docs = "auto"
mail = "auto"
jobs = "auto"
search = "auto"
assets = "auto"

[containers.db]
target = 5432
[containers.cache]
target = 6379

[env]
DATABASE_URL = "postgres://localhost:{db}/app"
API_URL = "{api.url}/v1"
"""


class Case(NamedTuple):
    """A command line, the most times bare that it may cost, and what is done before it."""

    name: str
    argv: tuple[str, ...]
    bar: float = 0.0
    before: str = ""
    terminal: bool = False


#: Words of `argv`: {web} is the port of a service, {taken} one on which a program listens.
CASES = [
    *(Case(f"{verb}, receipt", tuple(verb.split()), 1.25) for verb in ("up", "check", "env")),
    Case("port, receipt", ("port", "db"), 1.25),
    Case("up, receipt, terminal", ("up",), 1.5, before="look", terminal=True),
    Case("check, receipt, terminal", ("check",), 1.5, before="look", terminal=True),
    Case("up, another checkout wrote", ("up",), 1.7, before="stir"),
    *(
        Case(f"{words}, no receipt", tuple(words.split()), 3.0, before="forget")
        for words in ("up", "check", "env", "port db", "up --json")
    ),
    Case("up, first one", ("up",), 4.0, before="give_back"),
    Case("who, idle port", ("who", "{web}"), 3.0),
    Case("who, name", ("who", "db"), 3.0),
    *(Case(verb, (verb,), 3.0) for verb in ("where", "validate", "gc")),
    Case("publish", ("publish", "db"), 3.0),
    Case("down", ("down",), 3.0, before="take"),
    Case("list", ("list",), 4.5),
    Case("explain, idle port", ("explain", "{web}"), 4.5),
    Case("explain, taken port", ("explain", "{taken}"), 6.0, before="listen"),
    Case("free -n", ("free", "{web}", "--dry-run"), 4.5),
    Case("watch --once", ("watch", "--once"), 4.5),
    Case("bare portman", (), 4.5),
    Case("log", ("log",), 4.5),
    Case("--version", ("--version",), 1.5),
    Case("completion of a service, `up <TAB>`", ("__complete", "words", "up", ""), 1.5),
    Case("completion of an option, `up --<TAB>`", ("__complete", "words", "up", "--"), 1.5),
    Case("completion of a verb", ("__complete", "words", ""), 1.5),
    Case("run, known", ("run", "--", "true"), 1.8, before="run"),
    Case("doctor", ("doctor",), 10.0),
    Case("import portman; portman.ports()", (), 2.5, before="api"),
    Case("up, one of ours running", ("up",), 1.5, before="serve"),
    Case("up --help", ("up", "--help")),
]


class Place:
    """A checkout, its neighbours and the program that is counted."""

    def __init__(self, base: Path, tree: Path) -> None:
        self.base = base
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", base / "venv"], check=True)
        self.python = str(base / "venv/bin/python")
        site = next((base / "venv/lib").glob("python*/site-packages"))
        without = shutil.ignore_patterns("__pycache__")
        shutil.copytree(tree / "portman", site / "portman", ignore=without)
        # What an installation has beside portman; its own folder comes first.
        beside = [path for path in sys.path if path.endswith("site-packages")]
        (site / "zz-beside.pth").write_text("\n".join(beside) + "\n")
        subprocess.run([self.python, "-m", "compileall", "-q", site], check=True)
        self.script = base / "portman"  # as new pips and uv write it
        self.script.write_text(
            "import sys\nfrom portman.__main__ import entry\n"
            'if __name__ == "__main__":\n    sys.exit(entry())\n'
        )
        self.environment = {
            **clean_environment(base / "home"),
            "PORTMAN_HOME": str(base / "state"),
            "PYTHONHASHSEED": "0",
            "TERM": "xterm",
        }
        self.folder = self.checkout("checkout", MANIFEST)
        services = "[services]\n" + "".join(f's{n} = "auto"\n' for n in range(10))
        for number in range(20):
            self.run("-C", str(self.checkout(f"other-{number}", services)), "up", "-q")
        self.take()
        self.web = self.run("port", "web").strip()

    def checkout(self, name: str, manifest: str) -> Path:
        folder = self.base / name
        if not folder.exists():
            (folder / ".git").mkdir(parents=True)
            (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
            (folder / ".gitignore").write_text(".env\n")
            (folder / "ports.toml").write_text(manifest)
        return folder

    def run(self, *argv: str) -> str:
        command = [self.python, str(self.script), *argv]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"portman {' '.join(argv)}: {done.stdout}{done.stderr}")
        return done.stdout

    def count(self, command: list[str], *, terminal: bool = False, **more: str) -> int:
        """Return the instructions of the first process, in user space."""
        log = self.base / "count"
        counted = [*VALGRIND, f"--log-file={log}", self.python, *command]
        environment = {**self.environment, **more}
        if terminal:
            ours, theirs = pty.openpty()
        else:
            ours, theirs = os.pipe()
        with subprocess.Popen(
            counted,
            cwd=self.folder,
            env=environment,
            stdin=theirs if terminal else subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            shown = _all_of(ours)
        found = COUNT.findall(log.read_text())
        if process.returncode not in (0, 1) or not found:
            raise RuntimeError(f"{command}: {process.returncode}\n{shown}{log.read_text()}")
        return int(found[-1].replace(",", ""))

    # What is done before a case, by name.

    def forget(self) -> None:
        """Drop every receipt; what is remembered by bytes stays."""
        shutil.rmtree(self.base / "state" / f"receipts-{os.geteuid()}", ignore_errors=True)

    def stir(self) -> None:
        """Let another checkout write to the ledger."""
        other = self.checkout("neighbour", '[services]\nweb = "auto"\n')
        for verb in ("up", "down"):
            self.run("-C", str(other), verb, "-q")

    def give_back(self) -> None:
        self.run("down", "-q")

    def take(self) -> None:
        """Make every receipt: once to write the files, once after they are old enough."""
        self.run("up")
        time.sleep(0.1)
        for words in ("up", "check", "env", "port db", "up --json"):
            self.run(*words.split())

    def look(self) -> None:
        """Make the receipts of a terminal: its answers have colour."""
        for _ in range(2):
            for verb in ("up", "check"):
                self.count([str(self.script), verb], terminal=True)

    def counted(self, case: Case) -> int:
        """Count one case, with what it needs before and a server beside it."""
        more: dict[str, str] = {}
        command = [str(self.script)]
        server = None
        if case.before in ("listen", "serve"):
            ours = case.before == "serve"
            port = self.web if ours else TAKEN
            server = subprocess.Popen(
                [sys.executable, "-m", "http.server", port, "--bind", "127.0.0.1"],
                cwd=self.folder if ours else "/",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(1)
            for _ in range(2):  # the second knows which program it was before it looked
                self.take()
        elif case.before == "run":
            for _ in range(2):
                self.count(["-c", UNTIL_EXEC, *case.argv])
            command = ["-c", UNTIL_EXEC]
        elif case.before == "api":
            command = ["-c", "import portman; portman.ports()"]
        elif case.before:
            getattr(self, case.before)()
        filled = [one.replace("{web}", self.web).replace("{taken}", TAKEN) for one in case.argv]
        try:
            return self.count([*command, *filled], terminal=case.terminal, **more)
        finally:
            if server:
                server.kill()
                server.wait()
            if case.before in ("take", "give_back"):
                self.take()


def _all_of(descriptor: int) -> str:
    shown = b""
    try:
        while piece := os.read(descriptor, 4096):
            shown += piece
    except OSError:  # Linux reports the end of a terminal so
        pass
    os.close(descriptor)
    return shown.decode(errors="replace")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="count cases with these words only")
    parser.add_argument("--tree", default=str(ROOT), help="the tree to count")
    parser.add_argument("--write", metavar="FILE", help="replace the marked table in FILE")
    options = parser.parse_args()
    if INSIDE not in os.environ:
        unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "-r", "--net"]
        command = [*unshare, "sh", "-c", 'ip link set lo up && exec "$0" "$@"', sys.executable]
        return subprocess.run([*command, *sys.argv], env={**os.environ, INSIDE: "1"}).returncode
    with tempfile.TemporaryDirectory(prefix="portman-count-") as base:
        place = Place(Path(base), Path(options.tree).resolve())
        bare = place.count(["-c", "pass"])
        lines = [
            f"Counted on {platform.platform()}, Python {platform.python_version()}.",
            "",
            "| case | million instructions | times bare | bar | verdict |",
            "| --- | --: | --: | --: | --- |",
            f"| python -c pass | {bare / 1e6:.1f} | 1.00 | | |",
        ]
        print("\n".join(lines), flush=True)
        for case in CASES:
            if not options.only or any(word in case.name for word in options.only):
                lines.append(_row(case, place.counted(case), bare))
                print(lines[-1], flush=True)
    if options.write:
        markdown.replace_marked(Path(options.write), "benchmarks/instructions.py", "\n".join(lines))
    return 0


def _row(case: Case, number: int, bare: int) -> str:
    verdict = "" if not case.bar else "met" if number <= case.bar * bare else "not met"
    bar = f"{case.bar:g}" if case.bar else ""
    return f"| {case.name} | {number / 1e6:.1f} | {number / bare:.2f} | {bar} | {verdict} |"


if __name__ == "__main__":
    sys.exit(main())
