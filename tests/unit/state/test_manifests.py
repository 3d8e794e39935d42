"""A remembered manifest: known by its bytes, and never from a file that others could write."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from portman.manifest.parse import parse_manifest
from portman.state import manifests, state_folder

WEB = b"[services]\nweb = 3000\n"
EVERYTHING = b"""\
name = "shop"
[services]
web = { port = 3000, count = 2, protocol = ["tcp", "udp"], host = "::1" }
[services.api]
dir = "apps/api"
env_file = { path = ".env", rename = { VITE_API_URL = "API_URL" }, quote = "single" }
[containers.db]
target = 5432
[env]
API_URL = "{web.url}/v1"
[[output]]
path = ".env"
only = ["WEB_PORT"]
[[output]]
template = "nginx.conf.in"
[pool]
range = "20000-29999"
[compose]
file = "compose.yaml"
share = ["volume:data"]
[links]
accounts = { path = "../accounts", instance = "ci" }
"""


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTMAN_HOME", str(tmp_path / "state"))
    (tmp_path / "state").mkdir(mode=0o700)


def remembered(raw: bytes, local: bytes | None = None) -> Path:
    """Parse and keep a manifest; return its file."""
    manifests.keep(raw, local, parse_manifest(raw, local))
    (folder,) = Path(state_folder()).glob("manifests-*")
    return max(folder.iterdir(), key=lambda one: one.stat().st_mtime_ns)


@pytest.mark.parametrize(
    ("raw", "local"),
    [(WEB, None), (WEB, b""), (WEB, b"[services]\nweb = 4000\n"), (EVERYTHING, None)],
)
def test_equal_bytes_are_the_parsed_manifest(raw: bytes, local: bytes | None) -> None:
    remembered(raw, local)
    found = manifests.recall(raw, local)
    assert found == parse_manifest(raw, local)
    assert repr(found) == repr(parse_manifest(raw, local))  # types too, not only tuples


@pytest.mark.parametrize(
    ("raw", "local"),
    [
        (WEB + b" ", None),
        (WEB.replace(b"3000", b"3001"), None),
        (WEB, b""),
        (WEB, b"[services]\nweb = 4000\n"),
        (b"", WEB),
    ],
)
def test_other_bytes_are_unknown(raw: bytes, local: bytes | None) -> None:
    remembered(WEB)
    assert manifests.recall(raw, local) is None


def test_ten_thousand_services_are_the_same() -> None:
    raw = b"[services]\n" + b"".join(b's%d = "auto"\n' % number for number in range(10_000))
    remembered(raw)
    assert manifests.recall(raw, None) == parse_manifest(raw, None)


def _damage(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _grow(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"0")


def _move_and_link(file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to(file.with_name("elsewhere"))


SPOILED = {
    "damaged": _damage,
    "longer": _grow,
    "empty": lambda file: file.write_bytes(b""),
    "others may write": lambda file: file.chmod(0o622),
    "a second name": lambda file: os.link(file, file.with_name("second")),
    "a link": _move_and_link,
    "a pipe": lambda file: (file.unlink(), os.mkfifo(file)),
}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="access lists do this on Windows")
@pytest.mark.parametrize("way", SPOILED)
def test_a_file_that_is_not_certainly_ours_is_not_used(way: str) -> None:
    file = remembered(WEB)
    assert manifests.recall(WEB, None) is not None
    SPOILED[way](file)
    assert manifests.recall(WEB, None) is None


@pytest.mark.parametrize(
    "magic", [("portman manifest 1, 0.0.0, 30b07f0", ()), ("portman manifest 1", ("name",)), ""]
)
def test_another_version_of_portman_or_python_parses_again(
    magic: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(manifests, "MAGIC", magic)
        remembered(WEB)
    assert manifests.recall(WEB, None) is None


def test_parsed_again_after_a_month_and_swept_after_six_weeks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, now = remembered(WEB), time.time()
    monkeypatch.setattr(time, "time", lambda: now + (manifests.RENEWED - 1) * 86400)
    assert manifests.recall(WEB, None) is not None
    monkeypatch.setattr(time, "time", lambda: now + (manifests.RENEWED + 1) * 86400)
    assert manifests.recall(WEB, None) is None
    manifests.sweep(state_folder())
    assert file.exists()
    monkeypatch.setattr(time, "time", lambda: now + (manifests.KEPT + 1) * 86400)
    manifests.sweep(state_folder())
    assert not file.exists()


def test_nothing_is_made_where_there_is_no_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTMAN_HOME", str(tmp_path / "none"))
    manifests.keep(WEB, None, parse_manifest(WEB, None))
    assert not (tmp_path / "none").exists()
    assert manifests.recall(WEB, None) is None
    manifests.sweep(state_folder())
