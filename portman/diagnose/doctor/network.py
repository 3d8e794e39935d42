"""What `localhost` means here, and whether servers listen where that leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.diagnose.doctor.context import place
from portman.diagnose.doctor.exposure import is_local
from portman.diagnose.doctor.finding import Finding

if TYPE_CHECKING:
    from portman.diagnose.doctor.context import Surroundings

HOSTS = "/etc/hosts"
MEND = f"these two lines in {HOSTS}: 127.0.0.1 localhost - and - ::1 localhost"


def localhost(around: Surroundings) -> list[Finding]:
    """Resolve the name as programs do, and compare with the listeners on leased ports."""
    answers = resolve("localhost")
    served: list[tuple[str, frozenset[str]]] = []
    for one in around.holdings:
        listening = around.listeners_on(one)
        families = frozenset(family for other in listening for family in other.families)
        if families:
            served.append((f"{place(one)} ({one.lease.port})", families))
    return judge(answers, served)


def resolve(name: str) -> list[str]:
    """Return the addresses of a name in the order getaddrinfo(3) gives them, each once."""
    import socket

    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def judge(answers: list[str], served: list[tuple[str, frozenset[str]]]) -> list[Finding]:
    """Say which services a client of `localhost` misses at its first try, or altogether.

    Since version 17 Node takes the first address it is given (nodejs/node#40537), and many
    drivers never try a second one; browsers and curl try both.
    """
    if not answers:
        return [Finding("localhost", "fail", "localhost does not resolve", MEND)]
    strange = [address for address in answers if not is_local(address)]
    if strange:
        reason = f"localhost resolves to {', '.join(strange)}, which is another machine's address"
        return [Finding("localhost", "fail", reason, MEND)]
    order = ["ipv6" if ":" in address else "ipv4" for address in answers]
    found = []
    for name, families in served:
        if not families & set(order):
            reason = (
                f"{name} listens on {_words(families)} only, but localhost is {answers[0]} only"
            )
            fix = (
                f"let it listen on {answers[0]}, or open {_address(families)} instead of localhost"
            )
            found.append(Finding("localhost", "warn", reason, fix))
        elif order[0] not in families:
            reason = (
                f"{name} listens on {_words(families)} only, but localhost is {answers[0]} first: "
                "clients that try one address are refused"
            )
            fix = (
                f"write {_address(families)} instead of localhost, or let it listen on both "
                '(host = "localhost" in most servers)'
            )
            found.append(Finding("localhost", "warn", reason, fix))
    told = f"localhost is {', then '.join(answers)}"
    some = "1 running service is" if len(served) == 1 else f"{len(served)} running services are"
    reached = f"; {some} reached by it" if served else ""
    return found or [Finding("localhost", "ok", told + reached)]


def _words(families: frozenset[str]) -> str:
    return " and ".join("IPv6" if one == "ipv6" else "IPv4" for one in sorted(families))


def _address(families: frozenset[str]) -> str:
    return "127.0.0.1" if "ipv4" in families else "[::1]"
