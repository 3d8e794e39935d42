"""The socket tables' formats: the kernel's filter language, its messages, /proc/net, lsof."""

from __future__ import annotations

import struct
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portman.base.holder import Holder, Socket, weightiest_first
from portman.machine.sockets import listing_portable as holders_psutil
from portman.machine.sockets import netlink
from portman.machine.sockets import tables as procnet

PORT = st.integers(0, 65535)


def run_filter(code: bytes, port: int) -> bool:
    """Run inet_diag bytecode as net/ipv4/inet_diag.c does, checking each jump as its audit does."""
    left, at = len(code), 0
    while left > 0:
        operation, yes, no = struct.unpack_from("=BBH", code, at)
        assert operation in {1, 2, 3}
        assert yes % 4 == 0
        assert no % 4 == 0
        assert 4 <= yes <= left + 4
        assert 4 <= no <= left + 4
        if operation == 1:
            taken = False
        else:
            (bound,) = struct.unpack_from("=xxH", code, at + 4)
            taken = port >= bound if operation == 2 else port <= bound
        step = yes if taken else no
        left, at = left - step, at + step
    return left == 0


@settings(deadline=None)
@given(st.sets(PORT, min_size=1, max_size=netlink.MOST_EXACT), PORT)
def test_filter_accepts_the_asked_ports_only(ports: set[int], other: int) -> None:
    """Up to the limit the filter is exact, for any set of ports."""
    code = netlink.port_filter(ports)
    for port in ports | {other} | {min(p + 1, 65535) for p in ports}:
        assert run_filter(code, port) is (port in ports)


@settings(deadline=None)
@given(st.sets(PORT, min_size=netlink.MOST_EXACT + 1, max_size=300), PORT)
def test_filter_of_many_ports_lets_all_of_them_pass(ports: set[int], other: int) -> None:
    """Beyond the limit the filter is a span at worst, and stays short."""
    code = netlink.port_filter(ports)
    assert len(code) <= 20 * netlink.MOST_EXACT
    assert all(run_filter(code, port) for port in ports)
    if not min(ports) <= other <= max(ports):
        assert not run_filter(code, other)


class FakeLink:
    """A netlink socket that gives recorded answers."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.questions = 0

    def send(self, question: bytes) -> None:
        """Take a question."""
        self.questions += 1

    def recv(self, size: int) -> bytes:
        """Give the next answer."""
        return self.answers.pop(0)

    def close(self) -> None:
        """Do nothing, as the link is used again."""


def _message(kind: int, body: bytes = b"", flags: int = 0) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body


def _listener(port: int) -> bytes:
    body = struct.pack("=BBBB", 2, 10, 0, 0) + struct.pack("!HH", port, 0)
    body += bytes([127, 0, 0, 1]).ljust(16, b"\0") + bytes(16)
    body += struct.pack("=IIIIIIII", 3, 1, 2, 0, 0, 0, 1000, 4711)
    body += struct.pack("=HHQ", 12, netlink.INET_DIAG_CGROUP_ID, 2**40)
    body += struct.pack("=HHB3x", 5, netlink.INET_DIAG_SKV6ONLY, 1)
    return _message(20, body)


DONE = _message(netlink.NLMSG_DONE, bytes(4))


def _answer(monkeypatch: pytest.MonkeyPatch, *answers: bytes) -> FakeLink:
    link = FakeLink(*answers)
    real = netlink._socket
    fake = SimpleNamespace(
        socket=lambda *_: link,
        SOCK_RAW=3,
        AF_INET=real.AF_INET,
        AF_INET6=real.AF_INET6,
        inet_ntop=real.inet_ntop,
    )
    monkeypatch.setattr(netlink, "_socket", fake)
    return link


def test_message_becomes_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every field of a message and its attributes lands in its place."""
    _answer(monkeypatch, _listener(3000) + _listener(3001), DONE)
    rows = netlink.dump("ipv4", "tcp", ports=[3000])
    assert rows == [
        Socket(
            "tcp", "127.0.0.1", 3000, "listen", "listen",
            uid=1000, inode=4711, cgroup=2**40, v6only=True,
        )
    ]  # fmt: skip


def test_inconsistent_answer_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that changed size under the dump is read again, and not for ever."""
    torn = _message(netlink.NLMSG_DONE, bytes(4), netlink.NLM_F_DUMP_INTR)
    link = _answer(monkeypatch, _listener(1) + torn, _listener(2) + DONE)
    assert [row.port for row in netlink.dump("ipv4", "tcp")] == [2]
    assert link.questions == 2
    link = _answer(monkeypatch, *[_listener(1) + torn] * 9)
    assert [row.port for row in netlink.dump("ipv4", "tcp")] == [1]
    assert link.questions == netlink.TRIES


def test_refusal_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel without the module says ENOENT."""
    _answer(monkeypatch, _message(netlink.NLMSG_ERROR, struct.pack("=i", -2) + bytes(16)))
    with pytest.raises(FileNotFoundError):
        netlink.dump("ipv4", "udp")


@pytest.mark.skipif(sys.platform != "linux", reason="the fall-back of Linux")
def test_proc_is_read_where_netlink_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox without netlink leaves /proc/net."""

    def refuse(*_: object, **__: object) -> list[Socket]:
        raise PermissionError

    monkeypatch.setattr(netlink, "dump", refuse)
    monkeypatch.setattr(
        procnet, "read", lambda *asked: [Socket(asked[1], asked[0], 1, "listen", "listen")]
    )
    rows = procnet.read_table([("udp", 1), ("tcp", 1)])
    assert {(row.address, row.protocol) for row in rows} == {
        ("ipv4", "tcp"), ("ipv6", "tcp"), ("ipv4", "udp"), ("ipv6", "udp"),
    }  # fmt: skip


TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 8697 1
   1: 0100007F:0BB8 0100007F:D431 06 00000000:00000000 03:00000F2B 00000000     0        0 0 3
   2: broken
"""
TCP6 = """\
  sl  local_address                         remote_address                        st
 0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 9 1
 1: 0000000000000000FFFF00000100007F:1F91 00000000000000000000000000000000:0000 07 0:0 0:0 0 5 0 8 1
"""


def test_proc_net_tables() -> None:
    """IPv4, IPv6 and v4-mapped addresses are read from the machine's own byte order."""
    if sys.byteorder == "big":
        pytest.skip("recorded on a little-endian machine")
    assert list(procnet.parse(TCP.splitlines(), "ipv4", "tcp")) == [
        Socket("tcp", "127.0.0.1", 3000, "listen", "listen", uid=1000, inode=8697),
        Socket("tcp", "127.0.0.1", 3000, "time-wait", "time-wait", "127.0.0.1", 54321),
    ]
    assert list(procnet.parse(TCP.splitlines(), "ipv4", "tcp", {3001})) == []
    assert list(procnet.parse(TCP6.splitlines(), "ipv6", "udp")) == [
        Socket("udp", "::1", 8080, "listen", "listen", uid=0, inode=9),
        Socket("udp", "127.0.0.1", 8081, "listen", "closed", uid=5, inode=8),
    ]


def test_byte_orders() -> None:
    """A big-endian machine writes the words as they are."""
    assert procnet.address("7F000001", "big") == "127.0.0.1"
    assert procnet.address("0100007F", "little") == "127.0.0.1"
    assert procnet.address("0" * 31 + "1", "big") == "::1"


LSOF = """\
p812
cnode
u501
f23
tIPv6
PTCP
n*:3000
TST=LISTEN
TQR=0
TQS=0
f24
tIPv4
PTCP
n127.0.0.1:3000->127.0.0.1:52000
TST=ESTABLISHED
f25
tIPv6
PTCP
n[::1]:3001
TST=CLOSED
p900
cmDNSResponder
u65
f8
tIPv4
PUDP
n*:5353
f9
tIPv4
PUDP
n*:*
f10
tIPv4
PUDP
n127.0.0.1:4000->127.0.0.1:53
"""


def test_lsof_fields() -> None:
    """Processes, their sockets, both families and every state are read."""
    node = Socket("tcp", "", 3000, "listen", uid=501, pids=(812,))
    resolver = Socket("udp", "", 5353, "listen", uid=65, pids=(900,))
    assert list(holders_psutil.parse_lsof(LSOF)) == [
        node._replace(address="::", kernel_state="listen"),
        node._replace(
            address="127.0.0.1",
            state="client",
            kernel_state="established",
            peer_address="127.0.0.1",
            peer_port=52000,
        ),
        node._replace(address="::1", port=3001, state="bound", kernel_state="closed"),
        resolver._replace(address="0.0.0.0"),
        resolver._replace(
            address="127.0.0.1",
            port=4000,
            state="client",
            peer_address="127.0.0.1",
            peer_port=53,
        ),
    ]
    assert list(holders_psutil.parse_lsof("")) == []


#: What a process may call itself, and pieces of an output that was cut.
ODD = "f3\nPTCP\nn*:1\npxx\nf3\nPTCP\nn*:2\np12\ncno\u2028p99\nf3\nPTCP\nn*:3\nf4\nPTCP\nn*:70000\n"
NETSTAT = (
    "Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)  rhiwat process:pid state\n\n"
    "tcp4  0  0  127.0.0.1.3000  *.*  LISTEN  131072  a:99 b:812  00100 00000006\n"
    "\ntcp4 cut\n\nActive Multipath Internet connections\n"
)


def test_odd_output_neither_ends_a_command_nor_names_another_process() -> None:
    found = [(one.port, one.pids) for one in holders_psutil.parse_lsof(ODD)]
    assert found == [(1, ()), (2, ()), (3, (12,))]
    rows = holders_psutil.parse_netstat(NETSTAT)
    assert rows is not None
    assert [(one.port, one.pids) for one in rows] == [(3000, (812,))]


def test_weightiest_first() -> None:
    """Listeners come first and silence the connections of their port; nobody is named twice."""
    client, remains = Holder(pid=3, state="client"), Holder(state="time-wait")
    hidden, bound = Holder(uid=0, state="listen"), Holder(pid=1, state="bound")
    listening = Holder(pid=2, state="listen")
    given = [remains, client, bound, hidden, listening, listening]
    assert weightiest_first(given) == [listening, hidden, bound]
    assert weightiest_first([remains, client, remains]) == [client, remains]
