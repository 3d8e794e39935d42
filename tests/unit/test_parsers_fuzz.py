"""Arbitrary bytes for every parser: an answer or an error of ours comes out, nothing else.

What once broke one lies in tests/data/corpus/PARSER/ and is read again in every run. The
manifest has its own (test_manifest_fuzz.py), and so has the managed block (test_block.py).
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portman import state as ledger_state
from portman.base.address import parse_address, reach_of
from portman.base.errors import PortmanError
from portman.checkout import git as git_checkout
from portman.checkout import git as git_config
from portman.checkout import git as git_evidence
from portman.compose import document as compose_file
from portman.compose import interpolation as compose_text
from portman.compose.model import Paths, read_project
from portman.containers import model as containers
from portman.diagnose import firewall
from portman.ledger import fast_read
from portman.machine import port_range
from portman.machine.processes import cgroups
from portman.machine.processes import model as command_line
from portman.machine.sockets import netlink
from portman.machine.sockets import tables as procnet
from portman.manifest import locate as toml_lines
from portman.outputs import block, templates
from portman.state import receipts as receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CORPUS = Path(__file__).parents[1] / "data" / "corpus"


def of_text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    """Return a parser of text as one of bytes."""
    return lambda data: parse(data.decode("utf-8", "surrogateescape"))


def of_json(parse: Callable[[Any], object]) -> Callable[[bytes], object]:
    """Return a parser of JSON values as one of bytes that may be none."""

    def run(data: bytes) -> object:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return None
        return parse(value)

    return run


def row(value: Any) -> object:
    """Read a container as the engine's list and its inspection show it."""
    if not isinstance(value, dict):
        return None
    found = (containers.facts_of(value), containers.needs_inspection(value))
    bindings = (*containers.listed_bindings(value), *containers.fixed_bindings(value))
    assert all(0 < one.port < 65536 and one.protocol in ("tcp", "udp") for one in bindings)
    return found


@contextlib.contextmanager
def scratch(name: str, data: bytes) -> Iterator[Path]:
    """Put the bytes into a file of that name in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="portman-fuzz-") as folder:
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        yield path


def git_file(data: bytes) -> object:
    """Read `.git`, `commondir` and `config` with these bytes in them."""
    with scratch(".git", data) as path:
        folder = str(path.parent)
        git_evidence.evidence(folder)
        git_checkout.branch(folder)
        found = git_checkout.identify(folder)
        assert found.path == os.path.realpath(folder)
    with scratch("main/.git/worktrees/w/commondir", data) as path:
        (path.parents[2] / "HEAD").write_bytes(data)
        (path.parent / "HEAD").write_text("ref: refs/heads/x")
        (path.parents[2] / "config").write_bytes(data)
        tree = path.parents[4] / "tree"
        tree.mkdir()
        (tree / ".git").write_text(f"gitdir: {path.parent}\n")
        git_evidence.evidence(str(tree))
        git_checkout.branch(str(tree))
        git_checkout.identify(str(tree))
    return found


def compose(data: bytes) -> object:
    """Read a Compose file and what it leads to."""
    with scratch("compose.yaml", data) as path:
        return read_project((str(path),), Paths(os.path.join, os.path.dirname, compose_file.load))


def netlink_answer(data: bytes) -> object:
    """Read an answer of the kernel's, cut off or not."""
    found = []
    with contextlib.suppress(OSError):
        for _, _, start, end in netlink._messages(data):
            if end - start >= netlink._MESSAGE.size:
                found.append(netlink._row(data[start:end], "ipv6", "tcp"))
            netlink._refusal(data, start)
    return found


def interpolated(text: str) -> object:
    """Replace variables, and name them."""
    names = compose_text.names_in(text)
    with contextlib.suppress(compose_text.UnclearError):
        seen: list[str] = []
        compose_text.interpolate(text, lambda name: seen.append(name) or "1")  # type: ignore[func-returns-value]
        assert set(seen) <= names
    return compose_text.read_env_text(text)


def managed(data: bytes) -> object:
    """Put a block into a file and take it out again."""
    found = block.find_block(data)
    block.foreign_assignments(data, ["A", "B"], found)
    block.block_values(found)
    return block.take_block(block.put_block(data, "A=1\n"))


def searched(chains: list[firewall.Chain]) -> object:
    """Search whatever was read for a rule that names a port."""
    return firewall.find_rules(firewall.Filters(tuple(chains)), 22, "drop", "ipv4")


PARSERS: dict[str, Callable[[bytes], object]] = {
    "address": of_text(parse_address),
    "reach": of_text(reach_of),
    "block": managed,
    "compose": compose,
    "compose-text": of_text(interpolated),
    "container": of_json(row),
    "git-file": git_file,
    "git-config": of_text(git_config.parse),
    "netlink": netlink_answer,
    "proc-net": of_text(lambda text: list(procnet.parse(text.splitlines(), "ipv6", "tcp"))),
    "cgroup": of_text(lambda text: cgroups.unit(cgroups.parse(text.splitlines()))),
    "command-line": of_text(lambda text: command_line.readable(text.split("\0"))),
    "iptables": of_text(lambda text: searched(firewall.parse_iptables(text, "iptables", "ip"))),
    "nft": of_text(lambda text: searched(firewall.parse_nft(text))),
    "ufw": of_text(firewall.ufw_enabled),
    "pf": of_text(lambda text: (firewall.parse_pf_info(text), firewall.blocking_rules(text))),
    "windows-firewall": of_text(
        lambda text: (firewall.parse_profiles(text), firewall.parse_blocking(text))
    ),
    "netsh": of_text(
        lambda text: (
            port_range.parse_dynamic(text),
            port_range.parse_excluded(text),
        )
    ),
    "sysctl": of_text(port_range.parse_settings),
    "template": lambda data: templates.make("x.conf", "x.in", data, {"A": "1"}),
    "toml-lines": of_text(toml_lines.longest_key),
}
#: Bytes that look right for a while.
SEEDS: dict[str, list[bytes]] = {
    "address": [
        b"http://[::1%eth0]:3000/x",
        b"localhost:80/udp",
        b"1.2.3.4:5",
        b"[::ffff:1.2.3.4]:9",
    ],
    "block": [
        b"a=1\n# >>> portman\n# note\nA=1\n# <<< portman\nb=2\n",
        b"# >>> portman\r\n# <<< portman",
    ],
    "compose": [
        b"services:\n  db:\n    image: x\n    ports: ['5432:5432', '8000-8010:80/udp']\n",
        b"include: [a.yaml]\nx: &a [1]\nservices: {a: {extends: {service: b}, ports: *a}}\n",
    ],
    "compose-text": [b"${A:-${B:?no}}$$ $C", b"export A='x'\nB=\"${A}\" # c\n"],
    "container": [
        (
            b'{"Id":"1","Names":["/a"],"State":"exited","Labels":{"com.docker.compose.project":"x"},'
            b'"Ports":[{"IP":"::","PublicPort":80,"PrivatePort":80,"Type":"tcp"}],'
            b'"HostConfig":{"NetworkMode":"x","PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"80"}]}}}'
        )
    ],
    "git-file": [b"gitdir: ../main/.git/worktrees/w\n", b"../..\n", b"ref: refs/heads/main\n"],
    "git-config": [
        b'[core]\n\tbare = true ; x\n[remote "a"]\nurl = b\n[extensions] worktreeConfig\n'
    ],
    "proc-net": [
        (
            b"   0: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A "
            b"00000000:00000000 00:00000000 00000000  0        0 12345 1 0000 100 0 0 10 0\n"
        )
    ],
    "cgroup": [
        b"0::/system.slice/docker-" + b"a" * 64 + b".scope\n",
        b"1:name=systemd:/a.service\n",
    ],
    "iptables": [
        b"*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 22 ! -s 10.0.0.0/8 -j ACCEPT\n"
    ],
    "nft": [
        b"table inet t {\n\tchain i {\n\t\ttype filter hook input priority 0; policy drop;\n"
        b"\t\ttcp dport { 22, 80-90 } counter packets 1 bytes 2 drop\n\t}\n}\n"
    ],
    "netsh": [b"Start Port : 49152\nNumber of Ports : 16384\n----\n 80 80\n 5000 5010 *\n"],
    "sysctl": [b"net.inet.ip.portrange.first: 49152\nnet.inet.ip.portrange.last: 65535\n"],
    "pf": [b"Status: Enabled\nblock drop in quick proto tcp from any to any port = 3000\n"],
    "windows-firewall": [b'[{"Name":"Domain","Enabled":1}]'],
    "template": [b"a = ${A} $A {{A}} {A}\n"],
    "toml-lines": [b'[a."b.c".d]\nx.y = """\n"""\n'],
}


def mangled(data: bytes, dice: random.Random) -> bytes:
    """Change a few places of a text as a bad disk, a bad editor or a bad person would."""
    parts = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(parts) + 1)
        what = dice.randrange(5)
        if what == 0:
            del parts[at : at + dice.randint(1, 9)]
        elif what == 1:
            parts[at:at] = dice.choice(
                [b"\0", b"\n", b"-1", b"99999999999999999999", b"\xff", b"{}"]
            )
        elif what == 2:
            parts[at:at] = parts[: dice.randint(0, 40)]
        elif what == 3:
            parts[at : at + 1] = bytes([dice.randrange(256)])
        else:
            parts[at : at + 3] = dice.choice([b"null", b"true", b"[]", b'""', b" ", b"${", b"0"])
    return bytes(parts)


def feed(name: str, data: bytes) -> None:
    """Give the bytes to a parser; only errors of ours may come out."""
    with contextlib.suppress(PortmanError):
        PARSERS[name](data)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=300), seed=st.integers(0, 1 << 32))
def test_any_bytes(name: str, data: bytes, seed: int) -> None:
    """Bytes of no kind at all, and bytes that are nearly right."""
    feed(name, data)
    dice = random.Random(seed)
    for right in SEEDS.get(name, ()):
        feed(name, right)
        feed(name, mangled(right, dice))


@pytest.mark.parametrize(
    "path", sorted(CORPUS.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_what_once_broke(path: Path, tmp_path: Path) -> None:
    """The corpus: each of these files broke a parser once."""
    if path.parent.name == "receipt":
        read_receipt(tmp_path, path.read_bytes())
    else:
        feed(path.parent.name, path.read_bytes())


def read_receipt(folder: Path, data: bytes) -> tuple[str, str] | None:
    """Put a receipt into a state folder; ask it, and add to it."""
    state = str(folder / "state")
    os.makedirs(state, exist_ok=True)
    file = Path(receipt.file_of(state, str(folder), ""))
    file.parent.mkdir(exist_ok=True, mode=0o700)
    file.write_bytes(data)
    found = receipt.recall(state, str(folder), "", "port dotenv web", fast_read.rows)
    stamp = ledger_state.stamp(state)
    receipt.remember(state, str(folder), "", (stamp, ""), {}, ("port dotenv db", "", "2\n"))
    assert receipt.recall(state, str(folder), "", "port dotenv db", fast_read.rows) == ("", "2\n")
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=200), seed=st.integers(0, 1 << 32))
def test_any_receipt(data: bytes, seed: int) -> None:
    """A spoilt receipt is a miss or says what it said; never a crash, never another answer."""
    with tempfile.TemporaryDirectory(prefix="portman-fuzz-") as name:
        folder = Path(name)
        if not data.startswith(b"0" * 32):
            assert read_receipt(folder, data) is None
        state = str(folder / "state")
        evidence = {str(folder): receipt.signature(str(folder))}
        for number, question in enumerate(("port dotenv web", "env dotenv ", "up dotenv ")):
            stamp = ledger_state.stamp(state)
            answer = (question, f"tcp:{3000 + number}", f"said {number}\n")
            receipt.remember(state, str(folder), "", (stamp, "rows"), evidence, answer)
        whole = Path(receipt.file_of(state, str(folder), "")).read_bytes()
        dice = random.Random(seed)
        cut = whole[: dice.randrange(len(whole))]
        fields = whole.split(b"\0")
        swapped = list(fields)
        swapped[dice.randrange(len(fields))] = dice.choice([b"\n", b"-1", b"77", b"99", b"x"])
        gone = dice.randrange(len(fields))
        dropped = fields[:gone] + fields[gone + 1 :]
        flipped = bytearray(whole)
        flipped[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        for spoilt in (cut, b"\0".join(swapped), b"\0".join(dropped), bytes(flipped)):
            assert read_receipt(folder, spoilt) is None
