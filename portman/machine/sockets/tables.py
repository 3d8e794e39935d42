"""The kernel's socket tables, from the best source this kernel has; Linux only.

NETLINK_SOCK_DIAG where it answers, else the text in /proc/net, which shows no socket that is only
bound, no cgroup, and not whether an IPv6 socket is v6-only (decision 0009).
/proc/PID/net shows the tables of PID's network namespace, to any user unless /proc is mounted
with hidepid.
"""

from __future__ import annotations

import _socket
import os
import sys

from portman.base.holder import Socket, plain
from portman.machine.sockets import netlink
from portman.machine.sockets.model import EMBRYONIC, holder_state, state_name

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from portman.base.values import Transport
    from portman.machine.sockets.model import Family, KernelState

_FAMILIES: tuple[Family, Family] = ("ipv4", "ipv6")
#: Where `ip netns` and Docker keep names of namespaces.
_NAMED = ("/run/netns", "/run/docker/netns")


def read_table(pairs: Iterable[tuple[str, int]], *, everywhere: bool = False) -> list[Socket]:
    """Return every socket, in any state, whose (protocol, local port) is one of `pairs`.

    Connections that no listener has handed out yet are left out, here and below.
    """
    wanted = _by_protocol(pairs)
    found = [
        one
        for protocol, ports in wanted.items()
        for family in _FAMILIES
        for one in _settled(read(family, protocol, ports))
    ]
    return found + _read_elsewhere(wanted) if everywhere else found


def read_peers(pairs: Iterable[tuple[str, int]]) -> list[Socket]:
    """Return the sockets that have one of the pairs at their other end.

    Both rows of a connection within this machine are in the table (decision 0009).
    """
    return [
        one
        for protocol, ports in _by_protocol(pairs).items()
        for family in _FAMILIES
        for one in _settled(_read_peers(family, protocol, ports))
    ]


def read_listeners(pairs: Iterable[tuple[str, int]], *, udp: bool = False) -> list[Socket]:
    found = [one for family in _FAMILIES for one in read(family, "tcp", states=("listen",))]
    found += [one for family in _FAMILIES * udp for one in read(family, "udp")]
    return [one for one in found if one.state == "listen"]


def _read_elsewhere(wanted: Mapping[Transport, set[int]]) -> list[Socket]:
    """Read the tables of other network namespaces (decision 0009)."""
    return [
        one._replace(namespace=label)
        for pid, label in namespaces()
        for protocol, ports in wanted.items()
        for family in _FAMILIES
        for one in _settled(read_procnet(family, protocol, ports, folder=f"/proc/{pid}/net"))
    ]


def _by_protocol(pairs: Iterable[tuple[str, int]]) -> dict[Transport, set[int]]:
    wanted: dict[Transport, set[int]] = {}
    for protocol, port in pairs:
        wanted.setdefault("udp" if protocol == "udp" else "tcp", set()).add(port)
    return wanted


def _settled(found: Iterable[Socket]) -> list[Socket]:
    return [one for one in found if one.kernel_state not in EMBRYONIC]


#: Why neither source answers here: a sandbox without /proc that forbids netlink, say.
_fault = ""


def why_unknown() -> str:
    """Return why the owner of a busy port that `read_table` does not show is unknown, or ""."""
    return _fault


def forget() -> None:
    """Nothing is kept: each look asks the kernel."""


def read(
    family: Family,
    protocol: Transport,
    ports: set[int] | None = None,
    states: tuple[KernelState, ...] | None = None,
) -> list[Socket]:
    """Return one table: over netlink, or from /proc/net where the kernel refuses that."""
    try:
        return netlink.dump(family, protocol, states, ports=ports)
    except OSError as error:
        global _fault  # noqa: PLW0603 - one kernel, one answer
        if not os.access("/proc/net/tcp", os.R_OK):
            why = error.strerror or type(error).__name__
            _fault = f"the kernel does not show its sockets ({why}), and /proc/net cannot be read"
        return read_procnet(family, protocol, ports)


def _read_peers(family: Family, protocol: Transport, ports: set[int]) -> list[Socket]:
    try:
        return netlink.dump(family, protocol, ports=ports, peer=True)
    except OSError:
        return [one for one in read_procnet(family, protocol) if one.peer_port in ports]


def namespaces() -> list[tuple[int, str]]:
    """Return other network namespaces: the oldest visible process of each, and its label."""
    mine = _inode("/proc/self/ns/net")
    found: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            inode = _inode(f"/proc/{entry}/ns/net")
            if inode and inode != mine:
                found[inode] = min(int(entry), found.get(inode, 1 << 30))
    names = _names() if found else {}
    return [
        (pid, names.get(inode) or f"network namespace of pid {pid}")
        for inode, pid in sorted(found.items(), key=lambda item: item[1])
    ]


def _names() -> dict[int, str]:
    names: dict[int, str] = {}
    for folder in _NAMED:
        try:
            entries = os.listdir(folder)
        except OSError:
            continue
        for entry in entries:
            inode = _inode(os.path.join(folder, entry))
            if inode:
                names[inode] = f"network namespace {entry}"
    return names


def _inode(path: str) -> int:
    """Return the number of a namespace; 0 where it may not be seen."""
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


# One row of /proc/net


def read_procnet(
    family: Family,
    protocol: Transport,
    ports: Collection[int] | None = None,
    *,
    folder: str = "/proc/net",
) -> list[Socket]:
    """Return the sockets in `folder`/tcp, tcp6, udp or udp6; none where there is no such file."""
    path = f"{folder}/{protocol}{'6' if family == 'ipv6' else ''}"
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            return list(parse(lines, family, protocol, ports))
    except OSError:
        return []


def parse(
    lines: Iterable[str],
    family: Family,
    protocol: Transport,
    ports: Collection[int] | None = None,
) -> Iterator[Socket]:
    """Yield the rows of one table (proc_pid_net(5)); lines it cannot read are skipped."""
    for line in lines:
        fields = line.split()
        if len(fields) < 10 or not fields[0].endswith(":"):
            continue
        try:
            port = int(fields[1].partition(":")[2], 16)
            if ports is not None and port not in ports:
                continue
            found = _socket_of(fields, port, protocol)
        except ValueError:
            continue
        yield found


def _socket_of(fields: list[str], port: int, protocol: Transport) -> Socket:
    """Return one line as a socket. Raises ValueError for a malformed number or address."""
    remote, _, peer_port = fields[2].partition(":")
    peer, inode = int(peer_port, 16), int(fields[9])
    kernel_state = state_name(protocol, int(fields[3], 16))
    state = holder_state(protocol, kernel_state, inode)
    return Socket(
        protocol,
        address(fields[1].partition(":")[0]),
        port,
        state,
        kernel_state,
        peer_address=address(remote) if peer else "",
        peer_port=peer,
        uid=None if state == "time-wait" else int(fields[7]),
        inode=inode,
    )


def address(digits: str, byte_order: str = sys.byteorder) -> str:
    """Return the address behind 8 or 32 hex digits: 32-bit words in the machine's own order."""
    raw = bytes.fromhex(digits)
    if byte_order == "little":
        raw = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    family = _socket.AF_INET if len(raw) == 4 else _socket.AF_INET6
    return plain(_socket.inet_ntop(family, raw))
