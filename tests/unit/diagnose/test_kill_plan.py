"""What free would do: who is stopped by whom, in which order, and who is refused."""

from __future__ import annotations

import pytest

from portman.base.forwarders import forwarder
from portman.base.values import ContainerFacts
from portman.diagnose.free.plan import Candidate, StopRequest, Unit, make_stop_plan

ME, SHELL = 900, 800
NODE = Candidate(500, "node", "node server.js", "me", parents=(400, 300, 1), start_mark=50)


def plan(*candidates: Candidate, manager: str = ""):
    """Plan for port 3000 as pid 900, whose parents are 800 and 1."""
    asked = StopRequest(3000, "127.0.0.1:3000", ME, frozenset((SHELL, 1)), manager=manager)
    return make_stop_plan(candidates, asked)


def kinds(*candidates: Candidate) -> list[str]:
    """Return the kinds of steps, or the reasons of refusals."""
    made = plan(*candidates)
    assert not (made.steps and made.refusals and any(one.pids for one in made.steps))
    return [one.kind for one in made.steps] + [one.reason for one in made.refusals]


def test_a_plain_server_gets_sigterm() -> None:
    """The step names the process, its number and its command."""
    made = plan(NODE)
    assert made.refusals == ()
    assert [(one.kind, one.pids, one.after) for one in made.steps] == [("signal", (500,), ())]
    assert made.steps[0].text == "send SIGTERM to node (pid 500)"
    assert made.steps[0].details == ("node server.js",)


def test_the_oldest_ancestor_comes_first_and_takes_its_workers_along() -> None:
    """gunicorn, nginx, Node's cluster: the workers come after it, and are named."""
    workers = [
        Candidate(pid, "gunicorn", parents=(500, 400, 1), start_mark=60 + pid) for pid in (502, 501)
    ]
    grandchild = Candidate(503, "helper", parents=(501, 500, 400, 1), start_mark=700)
    made = plan(*workers, NODE, grandchild)
    assert [(one.pids, one.after) for one in made.steps] == [((500,), (501, 502, 503))]
    assert made.steps[0].details[-1].endswith("gunicorn (501), gunicorn (502), helper (503)")


def test_unrelated_servers_on_one_port_are_told_in_the_order_they_started() -> None:
    """Two families (SO_REUSEPORT, or one on IPv4 and one on IPv6) give two steps."""
    made = plan(Candidate(700, "b", parents=(1,), start_mark=9), NODE._replace(start_mark=8))
    assert [one.pids for one in made.steps] == [(500,), (700,)]


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (NODE._replace(pid=ME), "self"),
        (NODE._replace(pid=SHELL), "parent"),
        (NODE._replace(pid=1, name="myinit"), "init"),
        (NODE._replace(may_signal=False, user="ada"), "not-permitted"),
        (NODE._replace(listens=False), "not-listening"),
        (Candidate(None, user="postgres", unit_name="postgresql.service"), "not-permitted"),
        (Candidate(None), "unseen"),
        *(
            (NODE._replace(name=name, forwarder=forwarder(name)), "forwarder")
            for name in (
                "docker-proxy", "dockerd", "containerd-shim-runc-v2", "conmon", "rootlesskit",
                "rootlessport", "pasta", "pasta.avx2", "slirp4netns", "com.docker.backend",
                "com.docker.backend.exe", "vpnkit", "OrbStack Helper", "wslrelay.exe", "limactl",
                "kubelet", "systemd",
            )
        ),
    ],
)  # fmt: skip
def test_refused(candidate: Candidate, reason: str) -> None:
    """Nothing is done, the reason is told, and there is something to do instead."""
    made = plan(candidate)
    assert made.steps == ()
    assert [one.reason for one in made.refusals] == [reason]
    assert made.refusals[0].hint or reason in ("self", "init")


#: Where Homebrew has programs on both processors of a Mac, as ps prints them.
BREW = "/opt/homebrew/opt/postgresql@16/bin/postgres -D /opt/homebrew/var/postgresql@16"
REDIS = "/usr/local/opt/redis/bin/redis-server 127.0.0.1:6379"
NGINX = "nginx: master process /opt/homebrew/opt/nginx/bin/nginx -g daemon off;"
ORPHAN = "/opt/homebrew/Cellar/python@3.12/3.12.4/bin/python3 manage.py runserver"


@pytest.mark.parametrize(
    ("command", "parents", "job", "typed"),
    [
        (BREW, (1,), None, "brew services stop postgresql@16"),
        (REDIS, (1,), None, "brew services stop redis"),
        (NGINX, (1,), None, "brew services stop nginx"),
        (BREW, (1,), "gui/501/homebrew.mxcl.postgresql@16", "brew services stop postgresql@16"),
        ("/opt/x/server", (1,), "gui/501/org.x.server", "launchctl bootout gui/501/org.x.server"),
        (BREW, (1,), "", ""),  # pg_ctl start: launchd was asked and has no such job
        (BREW, (400, 1), None, ""),
        (ORPHAN, (1,), None, ""),
        ("node server.js", (1,), None, ""),
    ],
)
def test_what_launchd_starts_again_is_left_to_its_command(
    command: str, parents: tuple[int, ...], job: str | None, typed: str
) -> None:
    one = Candidate(812, "server", command, "me", parents=parents, job=job)
    made = plan(one)
    assert [refusal.reason for refusal in made.refusals] == (["service"] if typed else [])
    assert typed in "".join(refusal.hint for refusal in made.refusals)
    assert [step.kind for step in plan(one, manager="server").steps] == ["signal"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ControlCenter", "AirPlay Receiver"),
        ("ControlCe", "AirPlay Receiver"),
        ("launchd", "launchctl bootout"),
        ("svchost.exe", "tasklist /svc"),
        ("System", "netsh http show servicestate"),
    ],
)
def test_what_the_system_starts_again_is_never_signalled(name: str, hint: str) -> None:
    one = NODE._replace(name=name, forwarder=forwarder(name))
    made = plan(one, manager=name.lower().removesuffix(".exe"))
    assert [refusal.reason for refusal in made.refusals] == ["forwarder"]
    assert hint in made.refusals[0].hint
    assert "--force" not in made.refusals[0].hint


def test_one_refusal_stops_everything() -> None:
    """Half a job would leave the port taken and something dead."""
    made = plan(NODE, Candidate(700, "docker-proxy", forwarder=forwarder("docker-proxy")))
    assert made.steps == ()
    assert [one.reason for one in made.refusals] == ["forwarder"]


def test_containers_are_stopped_by_their_engine() -> None:
    """Both of Docker's forwarders (IPv4 and IPv6) lead to one step; neither is signalled."""
    facts = ContainerFacts("shop-db-1", image="postgres:16", project="shop")
    proxies = [
        Candidate(pid, "docker-proxy", forwarder=forwarder("docker-proxy"), container=facts)
        for pid in (700, 701)
    ]
    made = plan(*proxies)
    assert [(one.kind, one.command, one.pids) for one in made.steps] == [
        ("stop-container", ("docker", "stop", "shop-db-1"), ())
    ]
    assert "image postgres:16, Compose project shop" in made.steps[0].text


def test_units_are_stopped_by_systemd() -> None:
    """A unit that leads the server is stopped, with the socket unit that would start it again."""
    unit = Unit("web.service", leads=True, sockets=("web.socket",))
    systemd = Candidate(1, "systemd", forwarder=forwarder("systemd"))
    made = plan(NODE._replace(unit=unit), systemd)
    assert [(one.kind, one.command) for one in made.steps] == [
        ("stop-unit", ("systemctl", "stop", "web.socket", "web.service"))
    ]
    mine = plan(NODE._replace(unit=unit._replace(user=True, sockets=())))
    assert mine.steps[0].command == ("systemctl", "--user", "stop", "web.service")


@pytest.mark.parametrize(
    "unit",
    [
        Unit("app-code@1.service", user=True, leads=False),
        Unit("actions.runner.service", leads=True, contains_us=True),
    ],
)
def test_units_around_a_server_are_left_alone(unit: Unit) -> None:
    """A server started in an editor's terminal, or by the runner that runs us, is signalled."""
    assert kinds(NODE._replace(unit=unit)) == ["signal"]


def test_a_socket_that_only_systemd_has_is_refused() -> None:
    """Pid 1 is never signalled; the hint leads to its socket units."""
    made = plan(Candidate(1, "systemd", forwarder=forwarder("systemd")))
    assert [one.reason for one in made.refusals] == ["forwarder"]
    assert "list-sockets" in made.refusals[0].hint


def test_our_own_hold_is_released() -> None:
    """A hold does not listen and may be stopped all the same."""
    assert kinds(NODE._replace(hold=True, listens=False)) == ["release"]


def test_nothing_printed_can_steer_a_terminal() -> None:
    """Names and commands are spelt out."""
    made = plan(NODE._replace(command="node \x1b[2J"))
    assert "\x1b" not in "".join((made.steps[0].text, *made.steps[0].details))


@pytest.mark.parametrize(
    ("name", "argv", "found"),
    [
        ("ssh", ("ssh: /home/me/.lima/ssh.sock [mux]",), True),
        ("ssh", ("ssh", "-L", "5432:db:5432", "host"), False),
        ("exe", ("rootlessport-child",), True),
        ("exe", ("/proc/self/exe",), False),
        ("node", ("node",), False),
        ("dockerd-exporter", (), False),
    ],
)
def test_forwarders_by_name_and_arguments(name: str, argv: tuple[str, ...], found: bool) -> None:
    """A plain tunnel is its user's own program; a shared connection is not."""
    assert (forwarder(name, argv) is not None) is found


@pytest.mark.parametrize(
    ("name", "argv", "key"),
    [
        ("PM2 v6.0.0: God", ("PM2 v6.0.0: God Daemon (/home/x/.pm2)",), "pm2"),
        ("supervisord", ("/usr/bin/python3", "/usr/bin/supervisord"), "supervisord"),
        ("python3", ("python3", "/usr/bin/supervisord", "-n"), "supervisord"),
        ("docker-proxy", (), "docker-proxy"),
        ("node", ("/home/x/.vscode-server/bin/1/node", "out/server-main.js"), "vscode"),
        ("Code Helper (Plugin)", (), "code helper"),
        ("adb", ("adb", "-L", "tcp:5037", "fork-server", "server"), "adb"),
        ("sshd", ("sshd: x@pts/0",), "sshd"),
        ("tailscaled", (), "tailscaled"),
    ],
)
def test_a_manager_gets_a_signal_only_by_name(name: str, argv: tuple[str, ...], key: str) -> None:
    """It is named, with a safe hint first; --force of another name changes nothing."""
    found = forwarder(name, argv)
    assert found is not None
    assert found.name == key
    manager = NODE._replace(name=name, forwarder=found, also=("127.0.0.1:7318 (web of ~/blog)",))
    for other in ("", "node", "docker"):
        made = plan(manager, manager=other)
        assert [one.reason for one in made.refusals] == ["forwarder"]
        assert "7318 (web of ~/blog)" in made.refusals[0].text
        assert not made.steps
    first, *_, last = made.refusals[0].hint.split("\n")
    assert "portman free 127.0.0.1:3000 --force" in last
    assert "portman free" not in first
    made = plan(manager, manager=key)
    assert [one.pids for one in made.steps] == [(500,)]
    assert "which ends as well: 127.0.0.1:7318 (web of ~/blog)" in made.steps[0].details
    assert plan(manager._replace(pid=1), manager=key).refusals


@pytest.mark.parametrize(
    ("name", "argv"),
    [
        ("node", ("node", "server.js")),
        ("ssh", ("ssh", "-L", "1:a:1")),
        ("python3", ("python3", "x")),
    ],
)
def test_a_users_own_program_is_no_manager(name: str, argv: tuple[str, ...]) -> None:
    """A plain server, and a plain `ssh -L`."""
    assert forwarder(name, argv) is None


def test_a_process_with_another_projects_port_is_a_manager() -> None:
    """Whatever it is called; its own other ports are only listed."""
    also = ("127.0.0.1:7318 (web of ~/blog)",)
    made = plan(NODE._replace(also=also, foreign=True))
    assert [one.reason for one in made.refusals] == ["manager"]
    assert plan(NODE._replace(also=also, foreign=True), manager="node").steps
    assert also[0] in plan(NODE._replace(also=also)).steps[0].details[-1]


def test_what_a_server_has_started_is_in_the_plan() -> None:
    """Its children end with it; those that share the socket are named as such, and once."""
    below = ("esbuild (pid 502)", "worker (pid 503)")
    server = NODE._replace(below=below)
    worker = NODE._replace(pid=503, name="worker", parents=(500,))
    (alone,) = plan(server).steps
    (shared,) = plan(server, worker).steps
    said = "what it has started usually ends with it: "
    assert alone.details[-1] == f"{said}esbuild (pid 502), worker (pid 503)"
    assert shared.details[-1] == f"{said}esbuild (pid 502)"
    (many,) = plan(NODE._replace(below=tuple(f"one (pid {at})" for at in range(11)))).steps
    assert many.details[-1].endswith("one (pid 7) and 3 more")
