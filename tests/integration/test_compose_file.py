"""Compose files as they lie on disk: odd, huge, broken, hostile."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from portman.compose.document import LARGEST, load
from portman.compose.model import Extends, Include

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str | bytes):  # type: ignore[no-untyped-def]
    """Load a file with this content."""
    file = folder / "compose.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(str(file))


def test_scalars_stay_as_they_are_written(tmp_path: Path) -> None:
    """`49100:22` is no number to base 60, and 0800 is no octal one."""
    found = read(tmp_path, "services:\n  s:\n    ports: [49100:22, 0800:80, 8_0, '1:1', 80]\n")
    assert [one.text for one in found.services["s"].ports] == [
        *("49100:22", "0800:80", "8_0", "1:1", "80")
    ]
    assert found.services["s"].ports[0].line == 3


def test_anchors_merge_keys_and_tags(tmp_path: Path) -> None:
    """`<<`, lists of them, `!override` and `!reset`."""
    found = read(
        tmp_path,
        "x-a: &a {ports: ['1:1'], network_mode: host}\nx-b: &b {ports: ['2:2']}\n"
        "services:\n  one: {<<: [*a, *b]}\n  two: {<<: *a, ports: !override ['3:3']}\n"
        "  three: {ports: !reset null}\n  four: !reset null\n",
    ).services
    assert [one.text for one in found["one"].ports] == ["1:1"]
    assert found["one"].network_mode == "host"
    assert (found["two"].ports[0].text, found["two"].ports_mode) == ("3:3", "override")
    assert found["three"].ports_mode == "reset"
    assert found["four"].mode == "reset"


def test_a_bomb_is_read_in_the_time_its_bytes_take(tmp_path: Path) -> None:
    """Nine to the thirtieth references, and a merge of merges: nothing is unfolded."""
    lists = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 31))
    merges = "".join(
        f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}\n" for n in range(1, 31)
    )
    begun = time.monotonic()
    found = read(
        tmp_path,
        f"x0: &x0 [1]\n{lists}m0: &m0 {{ports: ['1:1']}}\n{merges}"
        "services:\n  db: *m30\n  big: {ports: *x30}\n",
    )
    assert time.monotonic() - begun < 30
    assert [one.text for one in found.services["db"].ports] == ["1:1"]
    assert found.services["big"].faults


def test_a_table_that_contains_itself(tmp_path: Path) -> None:
    """YAML allows it; nobody means it."""
    found = read(tmp_path, "services: &s\n  db: &d {<<: *d, ports: ['1:1']}\n  x: {extends: *s}\n")
    assert [one.text for one in found.services["db"].ports] == ["1:1"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("services: [", "not valid YAML"),
        ("a: b: c", "not valid YAML"),
        ("[1, 2]", "not a table"),
        (b"\xff\xfe\x00", "cannot be read as YAML"),
        ("[" * 20_000, "YAML"),
        ("#" * (LARGEST + 1), "bytes"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str | bytes, word: str) -> None:
    """With the line where there is one; never a traceback."""
    found = read(tmp_path, text)
    assert word in found.faults[0]
    assert not found.services


def test_odd_ports_are_named_with_their_line(tmp_path: Path) -> None:
    """Lists in lists, no list at all."""
    found = read(tmp_path, "services:\n  a:\n    ports: [[1]]\n  b:\n    ports: {x: 1}\n").services
    assert "compose.yaml:3" in found["a"].faults[0]
    assert "not a list" in found["b"].faults[0]


def test_extends_and_include_short_and_long(tmp_path: Path) -> None:
    """A name, a table; a file, a list of files, a folder and env files of their own."""
    found = read(
        tmp_path,
        "include:\n- a.yaml\n- {path: b.yaml, project_directory: b}\n"
        "- {path: [c.yaml, [x]], env_file: [c.env]}\n- {project_directory: d}\n- [e]\n"
        "services:\n  a: {extends: b}\n  b: {extends: {service: c, file: c.yaml}}\n"
        "  c: {extends: [d]}\n  d: {extends: null}\n  e: {extends: {service: [x]}}\n",
    )
    assert found.includes == (
        Include(("a.yaml",)),
        Include(("b.yaml",), "b"),
        Include(("c.yaml",), "", ("c.env",)),
    )
    assert [fault.partition(":")[0] for fault in found.faults] == ["line 5"]
    extends = {name: one.extends for name, one in found.services.items()}
    assert extends == {
        "a": Extends("b"), "b": Extends("c", "c.yaml"), "c": None, "d": None, "e": Extends("", ""),
    }  # fmt: skip
    assert "`extends` cannot be understood" in found.services["c"].faults[0]


def test_a_service_in_two_documents_of_one_file(tmp_path: Path) -> None:
    """Each is a layer over those before it, as a second file would be."""
    found = read(tmp_path, "services: {a: {}}\n---\nname: x\nservices: {a: {image: b}}\n")
    assert [one.services["a"].traits.image for one in found.layers] == ["", "b"]
    assert found.name == "x"
    assert not found.faults
    assert not read(tmp_path, "# nothing\n").services


def test_a_bom_and_several_documents(tmp_path: Path) -> None:
    """Windows editors write one, Compose reads several."""
    found = read(tmp_path, b"\xef\xbb\xbfservices: {a: {ports: ['1:1']}}\n---\nservices: {b: {}}\n")
    assert set(found.services) == {"a", "b"}


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    """Nor a folder, nor a file that is not there."""
    os.mkfifo(tmp_path / "fifo")
    assert load(str(tmp_path / "fifo")) is None
    assert load(str(tmp_path)) is None
    assert load(str(tmp_path / "none")) is None


def test_what_names_things_for_the_whole_engine(tmp_path: Path) -> None:
    """Links and sources, proxies, devices, bridges; `!reset` takes an earlier file's word away."""
    found = read(
        tmp_path,
        "services:\n"
        "  a: {external_links: [redis:r], volumes_from: ['container:d:ro'], pid: 'container:p',\n"
        "      networks: {n: {ipv4_address: 10.1.0.2, ipv6_address: 'fd00::2'}},\n"
        "      labels: ['traefik.http.routers.a.rule=Host(`a.localhost`)']}\n"
        "  b: {container_name: !reset null, environment: [VIRTUAL_HOST=b], labels: {a: b}}\n"
        "  c: {labels: {caddy: c.localhost}, build: {args: {API: 'http://localhost:8000'}},\n"
        "      command: [serve, '--api', 'http://127.0.0.1:8000/x'], environment: {A: 'x:80'}}\n"
        "volumes:\n  d: {driver_opts: {o: bind, device: ./d}}\n"
        "  t: {driver_opts: {type: tmpfs, device: x}}\n"
        "networks: {n: {driver_opts: {com.docker.network.bridge.name: br, parent: eth0}}}\n",
    )
    a, b, c = (found.services[name].traits for name in "abc")
    assert (a.external_links, a.volumes_from, a.pid) == (
        *(("redis:r",), ("container:d:ro",)),
        "container:p",
    )
    assert a.networks == (("n", "10.1.0.2", "fd00::2"),)
    assert [one.proxy for one in (a, b, c)] == ["Traefik", "nginx-proxy", "Caddy"]
    assert (b.container_name, b.cleared) == ("", {"container_name"})
    assert b.over(a._replace(container_name="x")).container_name == ""
    assert [(one.name, one.line) for one in c.urls] == [("API", 6), ("command", 7)]
    d, t, n = found.resources
    assert (d.device, t.device, n.bridge, n.parent) == (str(tmp_path / "d"), "", "br", "eth0")
