"""Docker and Compose: versions with known faults, and ports published past the firewall."""

from __future__ import annotations

import json
import os

from portman.allocation.vanished import is_absent
from portman.base.run_tool import ask
from portman.base.small_file import read
from portman.base.text import counted, home_short, printable
from portman.containers.claims import find_leftovers
from portman.containers.engine import running_containers
from portman.diagnose.doctor.context import CheckResult, named
from portman.diagnose.firewall import setting
from portman.holders.messages import home

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.containers.endpoint import EngineEndpoint
    from portman.containers.model import Binding, Container, Leftover
    from portman.diagnose.doctor.context import DoctorContext
    from portman.diagnose.firewall import Filters, Frontend

#: Compose merges lists of ports unless the override says `!override`, known since 2.24.4.
LEAST_COMPOSE = (2, 24, 4)
#: Before Engine 28 other machines of the same network segment reached `127.0.0.1:` publications
#: (Docker manual, "Port publishing and mapping"; moby/moby#45610).
TIGHT_ENGINE = (28, 0, 0)
PATIENCE = 1.8


def docker(_around: DoctorContext) -> list[CheckResult]:
    answer = ask(["docker", "version", "--format", "{{json .}}"], PATIENCE)
    if not answer.found:
        podman = ask(["podman", "--version"], PATIENCE)
        reason = podman.out.strip() if podman.fine else "not checked: no docker here"
        return [CheckResult("docker", "ok" if podman.fine else "skipped", reason)]
    return [judge_engine(server_version(answer.out), answer.err)]


def compose(_around: DoctorContext) -> list[CheckResult]:
    answer = ask(["docker", "compose", "version", "--short"], PATIENCE)
    hung = answer.found and answer.code is None
    if not answer.fine and not hung:
        answer = ask(["docker-compose", "version", "--short"], PATIENCE)
    return [judge_compose(answer.out if answer.fine else "")]


def judge_engine(version: str, complaint: str = "") -> CheckResult:
    """Check that an engine answers and keeps loopback publications on this machine."""
    if not version:
        return _no_answer(complaint)
    if _numbers(version) < TIGHT_ENGINE:
        reason = (
            f"Docker Engine {version}: machines of the same network segment reach ports published "
            "on 127.0.0.1 (fixed in 28.0.0)"
        )
        return CheckResult("docker", "warn", reason, "upgrade Docker Engine to 28 or later")
    return CheckResult("docker", "ok", f"Docker Engine {version}")


def judge_compose(version: str) -> CheckResult:
    """Check that Compose understands the override files that portman writes."""
    if not version.strip():
        reason = "not checked: no Docker Compose here"
        return CheckResult("compose", "skipped", reason)
    number = version.strip().lstrip("v")
    if _numbers(number) < LEAST_COMPOSE:
        reason = f"Compose {number} does not know `!override`: the old ports stay published too"
        return CheckResult("compose", "warn", reason, "upgrade Docker Compose to 2.24.4 or later")
    return CheckResult("compose", "ok", f"Docker Compose {number}")


def server_version(text: str) -> str:
    try:
        server = json.loads(text).get("Server") or {}
    except (ValueError, AttributeError):
        return ""
    version = server.get("Version", "")
    return version if isinstance(version, str) else ""


def _no_answer(complaint: str) -> CheckResult:
    if "permission denied" in complaint.lower():
        user = os.environ.get("USER", "$USER")
        reason = "this user may not use the Docker engine, so its containers are not checked"
        fix = f"sudo usermod -aG docker {user}\nlog in again"
        return CheckResult("docker", "warn", reason, fix)
    late = complaint if complaint.startswith("no answer") else "`docker version` says why"
    return CheckResult("docker", "skipped", f"not checked: no engine answers: {late}")


def _numbers(version: str) -> tuple[int, ...]:
    """Return (28, 2, 2) of "28.2.2-rc1"; an unreadable part counts as 0."""
    plain = version.partition("-")[0].partition("+")[0]
    found = [
        int(part) if part.isascii() and part.isdigit() and len(part) < 9 else 0
        for part in plain.split(".")[:3]
    ]
    return tuple([*found, 0, 0, 0][:3])


def leftovers(around: DoctorContext) -> list[CheckResult]:
    engine = around.engine
    if engine.absent:
        return [CheckResult("leftovers", "skipped", "not checked: no container engine runs here")]
    found = find_leftovers(engine, around.engine_names, is_absent)
    if not found:
        return [
            CheckResult("leftovers", "ok", "no container, network or volume of a deleted folder")
        ]
    return [_leftover(one) for one in found]


def _leftover(one: Leftover) -> CheckResult:
    kinds = (("container", one.containers), ("network", one.networks), ("volume", one.volumes))
    parts = [
        counted(len(names), kind) + f" ({named(list(names))})" for kind, names in kinds if names
    ]
    project = f" (Compose project {one.project})" if one.project else ""
    folder = home_short(one.folder, home())
    reason = printable(f"{folder} was deleted{project} and left {', '.join(parts)}")
    commands = list(one.commands)
    commands.insert(0, "see what is left: docker ps -a")
    if one.volumes and len(commands) > 2:
        commands.insert(-1, "to delete its volumes, with all data in them:")
    return CheckResult("leftovers", "warn", reason, "\n".join(printable(line) for line in commands))


# Ports published past the firewall: Docker (and rootful Podman) translate the address of a packet
# before the input chain of ufw or firewalld (Docker manual, "Packet filtering and firewalls";
# docker/for-linux#690). A rootless engine forwards in its own process, which that chain filters.

EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 (compared only)
#: With StrictForwardPorts=yes (firewalld 2.3) firewalld refuses what Docker publishes.
SETTINGS = "/etc/firewalld/firewalld.conf"


def publications(around: DoctorContext) -> list[CheckResult]:
    endpoint = around.engine
    if endpoint.remote:
        text = f"not checked: the engine at {endpoint.shown} is on another machine"
        return [CheckResult("published", "skipped", text)]
    if endpoint.absent:
        return [CheckResult("published", "skipped", "not checked: no container engine runs here")]
    seen = running_containers(endpoint)
    if seen.fault:
        return [CheckResult("published", "skipped", f"not checked: {seen.fault}")]
    guard = guarded_by(around.frontends, around.filters)
    return judge(seen.containers, guard, rootless=is_rootless(endpoint))


def judge(containers: tuple[Container, ...], guard: str, *, rootless: bool) -> list[CheckResult]:
    """Warn of each port on all interfaces that bypasses `guard`, the name of a firewall."""
    wide = [
        (one, binding)
        for one in containers
        for binding in _once(one.bindings)
        if binding.address in EVERYWHERE
    ]
    if not wide:
        text = f"{counted(len(containers), 'container')} running, none published on all interfaces"
        return [CheckResult("published", "ok", text)]
    if not guard or rootless:
        why = "the firewall filters a rootless engine" if guard else "no firewall is on"
        text = f"{counted(len(wide), 'port')} published on all interfaces; {why}"
        return [CheckResult("published", "ok", text)]
    return [_published(one, binding, guard) for one, binding in wide]


def guarded_by(frontends: tuple[Frontend, ...], filters: Filters) -> str:
    """Return the firewall that should filter: ufw, firewalld, or an input chain that drops."""
    for one in frontends:
        if one.active and not (
            one.name == "firewalld" and is_strict(read(SETTINGS, 1 << 16) or "")
        ):
            return one.name
    for chain in filters.chains:
        if chain.hook == "input" and chain.policy == "drop":
            return f"{chain.tool} (policy drop of {chain.name})"
    return ""


def is_strict(settings: str) -> bool:
    return setting(settings, "StrictForwardPorts") in ("yes", "true")


def is_rootless(endpoint: EngineEndpoint) -> bool:
    """Whether an ordinary user runs the engine, known by the path of its socket."""
    return "/run/user/" in endpoint.url


def _published(one: Container, binding: Binding, guard: str) -> CheckResult:
    facts = one.facts
    project = f" of {facts.project}" if facts.project else ""
    folder = f" ({home_short(facts.folder, home())})" if facts.folder else ""
    port = f"{binding.port}{'/udp' if binding.protocol == 'udp' else ''}"
    reason = printable(
        f"container {facts.name}{project}{folder} publishes {port} on all interfaces, "
        f"past {guard}: other machines can reach it"
    )
    inner = "/udp" if binding.protocol == "udp" else ""
    fix = f'publish it on loopback only: "127.0.0.1:{binding.port}:TARGET{inner}"'
    return CheckResult("published", "warn", reason, fix)


def _once(bindings: tuple[Binding, ...]) -> list[Binding]:
    """Return each port once: an engine lists 0.0.0.0 and :: separately."""
    found: dict[tuple[str, int], Binding] = {}
    for one in bindings:
        if one.address in EVERYWHERE:
            found.setdefault((one.protocol, one.port), one)
    return list(found.values())
