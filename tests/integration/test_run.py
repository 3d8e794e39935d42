"""`portman run`: what the command finds, and that nothing shows that portman was there first."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import pytest

from tests.processes import PYTHON

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Runner

SHOP = """\
    [services]
    web = 3000
    api = { port = 8000, env = ["API_PORT", "UVICORN_PORT"], host = "0.0.0.0" }
    dns = { port = 5300, protocol = ["tcp", "udp"] }

    [env]
    SITE = "{web.url}/"
    """
#: A server that sets no SO_REUSEADDR: it cannot bind under a hold.
PLAIN = """\
import socket, sys, os, time
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
print("listening", os.getpid(), flush=True)
time.sleep(60)
"""
FITTING = PLAIN.replace("s.bind", "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind")


@pytest.fixture(name="shop")
def _shop(runner: Callable[..., Runner]) -> Runner:
    shop = runner(SHOP)
    (shop.folder / "plain.py").write_text(PLAIN)
    (shop.folder / "fitting.py").write_text(FITTING)
    return shop


def line(process: subprocess.Popen[str]) -> str:
    """Return the next line of stdout."""
    assert process.stdout is not None
    return process.stdout.readline()


def test_the_command_finds_every_variable(shop: Runner) -> None:
    """Those of the manifest, and whose they are."""
    done = shop.call("run", "--", "env")
    env = dict(row.split("=", 1) for row in done.stdout.splitlines() if "=" in row)
    assert (env["WEB_PORT"], env["API_PORT"], env["UVICORN_PORT"]) == ("3000", "8000", "8000")
    assert env["SITE"] == "http://localhost:3000/"
    assert env["PORTMAN_CHECKOUT"] == str(shop.folder)
    assert "PORT" not in env
    assert "PORTMAN_SERVICE" not in env
    assert (shop.folder / ".env").exists()


@pytest.mark.parametrize("again", [0, 2], ids=["first time", "unchanged"])
def test_a_project_with_one_service_needs_no_service(
    runner: Callable[..., Runner], tmp_path: Path, again: int
) -> None:
    """Every command gets its PORT; a known server is it, another known server is not."""
    shop = runner("[services]\nweb = 4100\n[containers.db]\ntarget = 5432\n")
    said = "#!/bin/sh\necho $PORT $HOST ${PORTMAN_SERVICE:-none} $@\n"
    for name in ("vite", "storybook", "docker", "docker-compose", "tests"):
        (shop.folder / name).write_text(said)
        (shop.folder / name).chmod(0o755)
    for _ in range(again):
        shop.call("run", "--", "true")
        time.sleep(0.1)
    for command, wanted in (
        ("./tests", "4100 127.0.0.1 none"),
        ("./vite", "4100 127.0.0.1 web --port 4100 --strictPort --host 127.0.0.1"),
        ("./storybook dev", "4100 127.0.0.1 none dev"),
        ("./docker compose up", "none compose up"),
    ):
        done = shop.call("run", "--", *command.split())
        assert done.stdout.strip() == wanted, done.stderr


@pytest.mark.parametrize("again", [0, 2], ids=["first time", "unchanged"])
def test_the_command_of_a_service_also_finds_port_and_host(shop: Runner, again: int) -> None:
    """The same from a receipt as computed."""
    for _ in range(again):
        shop.call("run", "--", "true")
        time.sleep(0.1)  # a receipt is only kept for files that have settled
    done = shop.call("run", "--service", "api", "--", "sh", "-c", "echo $PORT $HOST $API_PORT")
    assert done.stdout == "8000 0.0.0.0 8000\n"
    assert done.stderr == ""


def test_references_in_arguments_are_filled_in(shop: Runner) -> None:
    """And only those."""
    done = shop.call("run", "--", "echo", "{web}", "{web.url}", "{{web}}", '{"a": 1}', "${HOME}")
    assert done.stdout == '3000 http://localhost:3000 {web} {"a": 1} ${HOME}\n'


def test_an_unknown_reference_is_named_before_anything_starts(shop: Runner) -> None:
    """Exit 2, and the nearest name."""
    done = shop.call("run", "--", "sh", "-c", "echo started; echo {wbe}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'wbe'" in done.stderr
    assert "{web}" in done.stderr


def test_run_becomes_the_command(shop: Runner) -> None:
    """The very process: same pid, same parent, exit code and all."""
    process = shop.start("run", "--", "sh", "-c", "echo $$ $PPID; exit 3")
    assert line(process).split() == [str(process.pid), str(os.getpid())]
    assert process.wait(timeout=20) == 3


def test_the_typer_app_runs_the_same(shop: Runner) -> None:
    """Options before the command, no `--`, and arguments that look like options."""
    done = shop.call("-C", str(shop.folder), "run", "sh", "-c", "echo $WEB_PORT $1", "x", "--json")
    assert (done.stdout, done.returncode) == ("3000 --json\n", 0)


def test_stdin_stdout_and_stderr_are_the_commands(shop: Runner) -> None:
    """Nothing of ours in between, and no byte lost."""
    process = shop.start("run", "--", "sh", "-c", "read x; echo out $x; echo err >&2", stdin=-1)
    out, err = process.communicate("hello\n", timeout=20)
    assert (out, err) == ("out hello\n", "err\n")


@pytest.mark.parametrize("options", [(), ("--service", "web")], ids=["all", "service"])
def test_the_command_starts_as_if_started_directly(shop: Runner, options: tuple[str, ...]) -> None:
    """Signals that Python ignores, its locale, open files: all as they were."""
    code = (
        "grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status; env | grep ^LC_;"
        "for f in /proc/self/fd/*; do [ ${f##*/} -ge 100 ] || readlink $f; done; umask; pwd"
    )
    env = {"LC_ALL": "", "LANG": "C"}
    direct = subprocess.run(
        [*shop.prefix, "sh", "-c", code],
        cwd=shop.folder,
        env=shop.environment(**env),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    ours = shop.call("run", *options, "--", "sh", "-c", code, **env)

    def plain(text: str) -> list[str]:
        return [row for row in text.splitlines() if "pipe:" not in row and "/proc/" not in row]

    assert plain(ours.stdout) == plain(direct.stdout)


@pytest.mark.parametrize("options", [(), ("--service", "web")], ids=["all", "service"])
@pytest.mark.parametrize(
    ("command", "code"),
    [(["no-such-program"], 127), (["./ports.toml"], 126), (["/"], 126), (["./none/x"], 127)],
)
def test_what_cannot_start_has_the_exit_code_of_a_shell(
    shop: Runner, options: tuple[str, ...], command: list[str], code: int
) -> None:
    """127 for what is not there, 126 for what is no program; and one clear line."""
    done = shop.call("run", *options, "--", *command)
    assert done.returncode == code
    assert command[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_a_service_in_place_of_its_command(shop: Runner) -> None:
    """Nobody has a program `web`: what is missing is the command, not the program."""
    done = shop.call("run", "web")
    assert done.returncode == 127
    assert "web is a service, and run takes its command" in done.stderr
    assert "portman run --service web -- CMD" in done.stderr


def test_a_script_without_a_first_line_runs_in_the_shell(shop: Runner) -> None:
    """As execvp(3) and every shell have it."""
    script = shop.folder / "script"
    script.write_text("echo script $1\n")
    script.chmod(0o755)
    assert shop.call("run", "--", "./script", "{web}").stdout == "script 3000\n"


def test_a_missing_interpreter_is_told_apart(shop: Runner) -> None:
    """The script is there; what its first line names is not."""
    script = shop.folder / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    done = shop.call("run", "--", "./script")
    assert done.returncode == 126
    assert "interpreter" in done.stderr


def test_no_command_is_a_usage_error(shop: Runner) -> None:
    """With an example to copy."""
    done = shop.call("run", "--")
    assert done.returncode == 2
    assert "portman run -- npm start" in done.stderr


def test_an_unknown_service_is_named(shop: Runner) -> None:
    """Before anything starts."""
    done = shop.call("run", "--service", "wbe", "--", "echo", "started")
    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean web?" in done.stderr


@pytest.mark.parametrize("options", [(), ("--service", "web")], ids=["all", "service"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_to_our_pid_reaches_the_command_once(
    shop: Runner, options: tuple[str, ...], number: signal.Signals
) -> None:
    """The command decides what it means; its exit code is ours."""
    code = (
        "import signal, time, sys\n"
        f"signal.signal({int(number)}, lambda n, f: print('got', n, flush=True))\n"
        "print('ready', flush=True)\n"
        "time.sleep(1.5) or time.sleep(0.5); sys.exit(7)"
    )
    process = shop.start("run", *options, "--", sys.executable, "-c", code)
    assert line(process) == "ready\n"
    process.send_signal(number)
    assert line(process) == f"got {int(number)}\n"
    assert (process.communicate(timeout=20)[0], process.returncode) == ("", 7)


@pytest.mark.parametrize("options", [(), ("--service", "web")], ids=["all", "service"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGINT])
def test_death_by_signal_is_death_by_signal(
    shop: Runner, options: tuple[str, ...], number: signal.Signals
) -> None:
    """The parent sees what it would have seen: not an exit code that looks like one."""
    process = shop.start("run", *options, "--", "sh", "-c", f"kill -{int(number)} $$")
    assert process.wait(timeout=20) == -number


def test_a_conflict_stops_the_command_before_it_starts(
    shop: Runner, runner: Callable[..., Runner]
) -> None:
    """Exit 1, and who it is; with --json the envelope."""
    shop.call("up")
    other = runner("[services]\nx = 1\n", name="other")
    stranger = other.start("run", "--no-hold", "--", sys.executable, "-m", "http.server", "3000")
    wait_for(shop, 3000)
    done = shop.call("run", "--", "echo", "started")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"pid {stranger.pid}" in done.stderr
    told = json.loads(shop.call("run", "--json", "--", "echo", "started").stdout)
    assert told["command"] == "run"
    assert told["errors"][0]["code"] == "port-taken"
    assert shop.call("run", "--service", "web", "--", "echo", "started").returncode == 1
    done = shop.call("run", "--service", "api", "--", "echo", "started")
    assert (done.returncode, done.stdout) == (0, "started\n")
    assert "note: web: port 3000 is taken by python" in done.stderr


def test_a_running_service_is_not_started_twice(shop: Runner) -> None:
    """Exit 1 and the pid, rather than the server's own complaint."""
    web = shop.start("run", "--service", "web", "--", sys.executable, "fitting.py", "{web}")
    assert line(web).startswith("listening")
    done = shop.call("run", "--service", "web", "--", "echo", "started")
    assert (done.returncode, done.stdout) == (1, "")
    assert "is running on 3000 already" in done.stderr
    assert shop.call("run", "--service", "api", "--", "echo", "fine").stdout == "fine\n"
    assert shop.call("run", "--", "echo", "fine").stdout == "fine\n"


@pytest.mark.parametrize("options", [(), ("--service", "web")], ids=["all", "service"])
def test_a_failing_command_is_started_once(shop: Runner, options: tuple[str, ...]) -> None:
    """Its exit code is ours, the first time and every other time."""
    for _ in range(2):
        count = "echo x >> count; wc -l < count; rm count; exit 5"
        done = shop.call("run", *options, "--", "sh", "-c", count)
        assert (done.stdout.split(), done.returncode, done.stderr) == (["1"], 5, "")


PLAIN_API = SHOP.replace("api = {", "api = { hold = false,")


@pytest.mark.parametrize("again", [0, 2], ids=["first time", "unchanged"])
@pytest.mark.parametrize(
    "words",
    [("run", "--"), ("run", "--service", "api", "--"), ("hold", "--")],
    ids=["run", "service", "hold"],
)
def test_a_program_without_reuseaddr_starts_where_the_manifest_says_so(
    shop: Runner, words: tuple[str, ...], again: int
) -> None:
    """`hold = false` leaves its port alone, and only its port."""
    (shop.folder / "ports.toml").write_text(textwrap.dedent(PLAIN_API))
    for _ in range(again):
        shop.call("run", "--", "true")
        time.sleep(0.1)  # a receipt is only kept for files that have settled
    process = shop.start(*words, sys.executable, "plain.py", "{api}")
    assert line(process).split() == ["listening", str(process.pid)]
    held = "idle" if "--service" in words else "reserved"
    assert verdicts(shop) == {"web": held, "api": "running", "dns": held}


def test_without_it_such_a_program_fails_and_run_adds_nothing(shop: Runner) -> None:
    """Nothing is started twice; `--no-hold` starts it once without a change of the manifest."""
    words = ("--service", "web", "--", sys.executable, "plain.py", "{web}")
    done = shop.call("run", *words)
    assert (done.returncode, done.stderr.count("Address already in use")) == (1, 1)
    assert line(shop.start("run", "--no-hold", *words)).startswith("listening")


def test_remains_of_connections_are_reported_where_the_port_is_not_held(shop: Runner) -> None:
    """Without SO_REUSEADDR it fails for up to a minute, with us or without: say why."""
    (shop.folder / "ports.toml").write_text(textwrap.dedent(PLAIN_API))
    closing = PLAIN.replace("time.sleep(60)", "s.accept()[0].close(); time.sleep(60)")
    (shop.folder / "closing.py").write_text(closing)
    words = ("run", "--service", "api", "--", sys.executable, "closing.py", "{api}")
    first = shop.start(*words)
    assert line(first).startswith("listening")
    # The server closes first: what remains of the connection is on its side.
    shop.python("import socket; socket.create_connection(('127.0.0.1', 8000)).recv(1)")
    first.terminate()
    first.wait(timeout=20)
    second = shop.call(*words)
    assert "Address already in use" in second.stderr
    assert "for up to 60 s" in second.stderr


def test_the_hold_lives_and_dies_with_the_command(shop: Runner) -> None:
    """Held while it runs, listening or not; reserved for us; free when it is killed."""
    process = shop.start("run", "--", "sh", "-c", "echo up; exec sleep 60")
    assert line(process) == "up\n"
    assert verdicts(shop) == {"web": "reserved", "api": "reserved", "dns": "reserved"}
    assert bind(shop, 3000) == "EADDRINUSE"
    process.kill()
    process.wait(timeout=10)
    assert verdicts(shop) == {"web": "idle", "api": "idle", "dns": "idle"}
    assert bind(shop, 3000) == "ok"


def test_udp_is_let_go_when_the_command_starts(shop: Runner) -> None:
    """A UDP service could not bind under any hold."""
    code = "import socket; s = socket.socket(type=2); s.bind(('', 5300)); print('bound')"
    assert shop.call("run", "--", sys.executable, "-c", code).stdout == "bound\n"


def test_the_command_of_a_service_holds_only_its_own_port(shop: Runner) -> None:
    """Each service is started by a `run` of its own; none is in another's way."""
    first = shop.start("run", "--service", "web", "--", sys.executable, "fitting.py", "{web}")
    assert line(first).startswith("listening")
    second = shop.start("run", "--service", "api", "--", sys.executable, "fitting.py", "{api}")
    assert line(second).startswith("listening")
    assert shop.call("wait", "web", "api").returncode == 0


def test_no_hold_leaves_no_descriptor(shop: Runner) -> None:
    """For a command that minds."""
    count = "ls /proc/self/fd | awk '$1 >= 100' | wc -l"
    assert shop.call("run", "--", "sh", "-c", count).stdout.strip() == "3"
    assert shop.call("run", "--no-hold", "--", "sh", "-c", count).stdout.strip() == "0"


def test_many_services_leave_the_command_its_descriptors(
    runner: Callable[..., Runner],
) -> None:
    """At most 256 holds are inherited, and a quarter of what the command may open."""
    rows = "".join(f"    s{number} = 'auto'\n" for number in range(400))
    many = runner("[services]\n" + rows.replace("    ", ""), name="many")
    count = "ls /proc/self/fd | awk '$1 >= 100' | wc -l"
    assert many.call("run", "--", "sh", "-c", count).stdout.strip() == "256"
    limited = ("sh", "-c", 'ulimit -n 450 && exec "$@"', "x", *many.argv("run", "--"))
    done = subprocess.run(
        [*limited, "sh", "-c", count],
        cwd=many.folder,
        env=many.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "112", done.stderr


def test_more_services_than_descriptors(runner: Callable[..., Runner]) -> None:
    """1,500 ports with 1,024 descriptors: from a receipt, computed, and held by `hold`."""
    rows = "".join(f"s{number} = 'auto'\n" for number in range(1500))
    many = runner("[services]\n" + rows, name="many")

    def limited(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", 'ulimit -n 1024 && exec "$@"', "x", *many.argv(*words)],
            cwd=many.folder,
            env=many.environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )

    for _ in range(3):
        done = limited("run", "--", "sh", "-c", "echo $S1499_PORT")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.strip().isdigit()
        time.sleep(0.1)
    done = limited("hold", "--", "echo", "held")
    assert (done.returncode, done.stdout) == (0, "held\n")
    assert "cannot be held at this moment" in done.stderr


def test_an_unchanged_run_writes_nothing(shop: Runner, own_state: Path) -> None:
    """The env file, the ledger, the receipt: all unchanged. Only the note of the launch is new."""
    for _ in range(3):
        shop.call("run", "--", "true")
        time.sleep(0.1)
    before = stamps(shop.folder, own_state)
    shop.call("run", "--", "true")
    after = stamps(shop.folder, own_state)
    assert {name: at for name, at in after.items() if "launches-" not in str(name)} == {
        name: at for name, at in before.items() if "launches-" not in str(name)
    }


def test_nested_runs_share_the_hold(shop: Runner) -> None:
    """`portman run -- make dev`, where make calls `portman run --service web`."""
    inner = f"exec {PYTHON} -m portman run --service web -- {PYTHON} fitting.py 3000"
    process = shop.start("run", "--", "sh", "-c", inner)
    assert line(process).startswith("listening")


def stamps(*folders: Path) -> dict[str, int]:
    """Return when each file was last changed, in ns."""
    return {
        str(path): path.stat().st_mtime_ns
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def verdicts(shop: Runner) -> dict[str, str]:
    """Return the verdict on each service, as `check` finds it."""
    told = json.loads(shop.call("check", "--json").stdout)
    return {one["name"]: one["verdict"] for one in told["data"]["services"]}


def bind(shop: Runner, port: int) -> str:
    """Try a plain bind in the network of the checkout."""
    code = """
        import errno, socket, sys
        try:
            socket.socket().bind(("127.0.0.1", int(sys.argv[1])))
            print("ok")
        except OSError as error:
            print(errno.errorcode[error.errno])
        """
    return shop.python(code, str(port)).strip()


def wait_for(shop: Runner, port: int) -> None:
    """Wait until somebody listens on a port of 127.0.0.1."""
    code = """
        import socket, sys, time
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            sys.exit("nothing listens")
        """
    shop.python(code, str(port))
