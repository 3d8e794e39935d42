"""The JSON that other programs rely on: shape, codes, exit codes, in every kind of failure."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from portman.base.errors import CODES
from portman.commands.validate import envelope_schema

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft7Validator(envelope_schema())
MANIFEST = """
[services]
web = "auto"
dns = { protocol = ["tcp", "udp"], count = 2 }
[containers.db]
target = 5432
"""


def envelope(text: str) -> dict[str, Any]:
    """Return the one document of stdout, checked against its schema."""
    document: dict[str, Any] = json.loads(text)
    VALIDATOR.validate(document)
    return document


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ports.toml").write_text(MANIFEST)
    return folder


COMMANDS = [
    ("up",), ("check",), ("env",), ("env", "--format", "shell"), ("port", "web"), ("url", "web"),
    ("list",), ("where",), ("gc",), ("gc", "--dry-run"), ("schema",), ("schema", "--envelope"),
    ("add", "api", "auto"), ("remove", "api"), ("repair",), ("doctor",), ("down",), ("init",),
]  # fmt: skip


def test_every_command_speaks_the_envelope(project: Path, portman: Callable[..., Any]) -> None:
    """`--json` gives one valid document on stdout and nothing on stderr."""
    portman("up", cwd=project)
    for words in COMMANDS:
        done = portman(*words, "--json", cwd=project)
        document = envelope(done.out)
        assert document["command"] == words[0]
        assert document["exit_code"] == done.code
        assert (document["status"] == "ok") == (done.code == 0) == (not document["errors"])
        assert done.err == "", words
    assert done.code == 1  # init, where there is a manifest already


FAILURES = [
    (("up", "--json"), None, 4, "manifest-missing"),
    (("up", "--json"), "[services]\nweb = true\n", 4, "manifest-invalid"),
    (("port", "wbe", "--json"), MANIFEST, 1, "service-unknown"),
    (("port", "--json"), MANIFEST, 2, "usage"),
    (("bogus", "--json"), MANIFEST, 2, "usage"),
    (("--json", "up", "--bogus"), MANIFEST, 2, "usage"),
    (("up", "--json", "--color", "purple"), MANIFEST, 2, "usage"),
    (("up", "--json", "--instance", "a/b"), MANIFEST, 2, "usage"),
    (("env", "--json", "--format", "yaml"), MANIFEST, 2, "usage"),
    (("check", "--json"), MANIFEST, 1, "lease-missing"),
    (("init", "--json"), MANIFEST, 1, "manifest-exists"),
    (("add", "web", "--json"), MANIFEST, 1, "service-exists"),
    (("remove", "nope", "--json"), MANIFEST, 1, "service-unknown"),
]


@pytest.mark.parametrize(("words", "manifest", "code", "error"), FAILURES)
def test_failures_speak_it_too(
    tmp_path: Path,
    portman: Callable[..., Any],
    words: tuple[str, ...],
    manifest: str | None,
    code: int,
    error: str,
) -> None:
    """Also before the command starts: code, message, and a next step in the hint."""
    if manifest is not None:
        (tmp_path / "ports.toml").write_text(manifest)
    done = portman(*words, cwd=tmp_path)
    document = envelope(done.out)
    assert (done.code, document["exit_code"]) == (code, code)
    assert document["errors"][0]["code"] == error
    assert document["errors"][0]["message"]
    assert document["errors"][0]["hints"]


def test_up_has_the_documented_fields(project: Path, portman: Callable[..., Any]) -> None:
    """The documented example, key by key."""
    data = envelope(portman("up", "--json", cwd=project).out)["data"]
    assert list(data) == [
        "project", "checkout", "instance", "primary", "services", "outputs", "misplaced"
    ]  # fmt: skip
    assert data["misplaced"] == []
    web, dns, db = data["services"]
    assert list(web) == [
        "name", "kind", "port", "ports", "protocols", "host", "url", "env", "usual", "fixed",
        "verdict", "was", "holder",
    ]  # fmt: skip
    assert (web["url"], web["env"]) == (f"http://localhost:{web['port']}", ["WEB_PORT"])
    assert dns["ports"] == [dns["port"], dns["port"] + 1]
    assert dns["env"] == ["DNS_PORT", "DNS_PORT_2"]
    assert db["kind"] == "container"
    assert data["outputs"] == [{"path": ".env", "format": "dotenv", "action": "written"}]


def test_a_stranger_on_the_port_is_an_error_with_its_holder(
    project: Path, portman: Callable[..., Any]
) -> None:
    """Exit 1, code port-taken, and pid, name, command, cwd, user of who has it."""
    port = envelope(portman("up", "--json", cwd=project).out)["data"]["services"][0]["port"]
    with socket.create_server(("127.0.0.1", port)):
        done = portman("check", "--json", cwd=project)
    document = envelope(done.out)
    holder = document["data"]["services"][0]["holder"]
    assert done.code == 1
    assert document["errors"][0]["code"] == "port-taken"
    assert document["errors"][0]["service"] == "web"
    assert holder["pid"] > 0
    assert holder["name"]
    assert holder["command"]
    assert holder["cwd"] == str(Path.cwd())
    assert holder["user"]


def test_codes_in_the_source_are_all_in_the_table() -> None:
    """No error is raised with a code that is not documented, and none is documented in vain."""
    used = set()
    for source in (ROOT / "portman").rglob("*.py"):
        if source.name != "errors.py" or source.parent.name != "base":
            used |= set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', source.read_text("utf-8")))
    unused = {code for code in CODES if code not in used}
    assert not unused


def test_no_hint_offers_a_second_ledger() -> None:
    """Two ledgers of one user would hand out the same ports. A user without any home has none."""
    said = [
        (file.parent.name, line.strip())
        for file in (ROOT / "portman").rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if 'typed("home")' in line or 'with PORTMAN_HOME"' in line
    ]
    assert [name for name, line in said if "absolute" not in line] == ["state"]


def test_codes_are_kebab_case_with_known_exit_codes() -> None:
    """0 1 2 3 4 5 130, for `run` 126 and 127, and nothing else."""
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in CODES)
    assert {exit_code for exit_code, _ in CODES.values()} <= {0, 1, 2, 3, 4, 5, 126, 127, 130}


def test_schema_files_are_in_step() -> None:
    """schema/*.json are what the program prints."""
    kept = json.loads((ROOT / "schema/envelope.schema.json").read_text("utf-8"))
    assert kept == envelope_schema()
    Draft7Validator.check_schema(kept)
