"""Commands of a project that start Compose: found in any file, judged by what they leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portman.compose.calls import ComposeCall, ComposeUse, bypassing, calls_in, find_calls
from portman.compose.reader import command_texts

if TYPE_CHECKING:
    from pathlib import Path

USE = ComposeUse(("compose.yaml",), "compose.portman.yaml", (".env",))
F = (("files", "compose.yaml"),)
USED = (("files", "compose.portman.yaml"),)


def call(options: tuple[tuple[str, str], ...], rest: str = "", line: int = 1) -> ComposeCall:
    """Return a call without its file."""
    return ComposeCall("", line, options, rest)


def told(name: str, value: str, line: int = 1) -> ComposeCall:
    """Return a variable that is set."""
    kind = "files" if name == "FILE" else "project"
    return ComposeCall("", line, tuple((kind, x) for x in value.split(":")), "", f"COMPOSE_{name}")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("Makefile", "up:\n\tdocker compose -f compose.yaml up -d", call(F, "up -d", 2)),
        ("Makefile", "DC = docker-compose --file=compose.yaml", call(F)),
        ("x.sh", "docker compose \\\n  -fcompose.yaml \\\n  up", call(F, "up")),
        ("x.sh", "sudo docker --context a compose -f 'compose.yaml' up; x -f y", call(F, "up")),
        (
            "package.json",
            '{"a": "docker compose -f \\"compose.yaml\\" up -d", "b": "x"}',
            call(F, "up -d"),
        ),
        ("README.md", "Start: `docker compose -f compose.yaml up -d`.", call(F, "up -d")),
        (
            "justfile",
            "up:\n docker compose -p {{ x }} up",
            call((("project", "{{ x }}"),), "up", 2),
        ),
        (
            "x.sh",
            "docker compose --profile a --env-file dev.env run -e SECRET=x web sh",
            call((("env_files", "dev.env"),), "run -e"),
        ),
        ("x.sh", "cd x && docker compose up", call((("cd", "x"),), "up")),
        ("x.sh", "docker compose --project-directory x up", call((("folder", "x"),), "up")),
        ("Makefile", "export COMPOSE_PROJECT_NAME := acme", told("PROJECT_NAME", "acme")),
        (".envrc", "export COMPOSE_PROJECT_NAME='acme'", told("PROJECT_NAME", "acme")),
        ("mise.toml", 'COMPOSE_PROJECT_NAME = "acme"', told("PROJECT_NAME", "acme")),
        ("Taskfile.yml", "env:\n  COMPOSE_PROJECT_NAME: acme", told("PROJECT_NAME", "acme", 2)),
        (
            "package.json",
            '{"a": "COMPOSE_PROJECT_NAME=a docker compose up"}',
            told("PROJECT_NAME", "a"),
        ),
        ("x.sh", "COMPOSE_FILE=a.yaml:b.yaml docker compose up", told("FILE", "a.yaml:b.yaml")),
        ("x.sh", "# COMPOSE_PROJECT_NAME=acme", None),
        ("x.sh", "COMPOSE_PROJECT_NAME=$USER docker compose up", None),
        ("x.sh", ': "${COMPOSE_PROJECT_NAME:=acme}"', None),
        ("x.sh", 'test "$COMPOSE_PROJECT_NAME" == acme', None),
        ("README.md", "COMPOSE_PROJECT_NAME: the name", None),
        ("Makefile", "F ?= compose.yaml\nup:\n\tdocker compose -f $(F) up", call(F, "up", 3)),
        ("justfile", "f := 'compose.yaml'\nup:\n docker compose -f {{f}} up", call(F, "up", 3)),
        ("x.sh", 'F="compose.yaml"\npodman compose -f "$F" up', call(F, "up", 2)),
        ("x.sh", "podman-compose -f compose.yaml up", call(F, "up")),
        ("x.sh", "  # docker compose -f compose.yaml up", None),
        ("x.sh", "docker compose up -d", None),
        ("x.sh", "docker compose logs -f web", None),
        ("x.sh", "docker composer -f x up", None),
        (
            ".devcontainer/devcontainer.json",
            '{\n// x\n"dockerComposeFile": ["../compose.yaml"]}',
            call((("files", "../compose.yaml"),), "devcontainer", 3),
        ),
    ],
)
def test_a_command_is_read(path: str, text: str, expected: ComposeCall | None) -> None:
    """Options before the subcommand only; no word of a command but its flags is kept."""
    found = calls_in(path, text)
    assert found == ([] if expected is None else [expected._replace(file=path)])


def notes(one: ComposeCall, use: ComposeUse = USE) -> list[tuple[str, str]]:
    """Return message and hint of what a call leaves out."""
    return [(each.message, each.hint) for each in bypassing([one], use)]


def test_each_option_has_its_note_and_the_line_to_use() -> None:
    """Where the file is, what is not read, and what to type."""
    ((said, hint),) = notes(ComposeCall("Makefile", 12, F, "up -d"))
    assert (
        said == "Makefile:12 starts Compose with -f: our override compose.portman.yaml is not read"
    )
    assert hint.splitlines() == [
        "without -f: docker compose up -d",
        "or: docker compose -f compose.yaml -f compose.portman.yaml up -d",
    ]
    ((said, hint),) = notes(ComposeCall("x.sh", 1, (("env_files", "dev.env"),), "up"))
    assert "our .env is not read" in said
    assert hint == "use instead: docker compose --env-file .env --env-file dev.env up"
    ((said, hint),) = notes(ComposeCall("x.sh", 1, (("project", "shop"),), "up"))
    assert "-p shop: every checkout becomes this one project" in said
    assert hint == "use instead: docker compose up"
    ((said, hint),) = notes(ComposeCall("x.sh", 1, (*F, *USED, ("project", "shop")), "up"))
    assert hint == "use instead: docker compose -f compose.yaml -f compose.portman.yaml up"
    ((said, hint),) = notes(ComposeCall("x.sh", 1, (("folder", "infra"),), "up"))
    assert hint == 'add [[output]] with path = "infra/.env" to ports.toml'
    files = (("files", "../compose.yaml"),)
    ((said, hint),) = notes(
        ComposeCall(".devcontainer/devcontainer.json", 3, files, "devcontainer")
    )
    assert hint == 'add "../compose.portman.yaml" to dockerComposeFile'
    variable = ComposeCall(".envrc", 1, (("project", "shop"),), "", "COMPOSE_PROJECT_NAME")
    ((said, hint),) = notes(variable)
    named = "COMPOSE_PROJECT_NAME=shop: every checkout becomes this one project"
    assert said == f".envrc:1 sets {named}"
    assert hint.startswith("remove COMPOSE_PROJECT_NAME there: ")
    ((said, hint),) = notes(ComposeCall(".envrc", 1, F, "", "COMPOSE_FILE"))
    assert said == ".envrc:1 sets COMPOSE_FILE: our override compose.portman.yaml is not read"
    assert hint == "remove COMPOSE_FILE there, or add compose.portman.yaml to it"
    ((said, hint),) = notes(ComposeCall("Makefile", 1, F), USE._replace(files=()))
    assert hint == '[compose] file = "compose.yaml"'


@pytest.mark.parametrize(
    "options",
    [
        (*F, ("files", "compose.portman.yaml")),
        (("files", "compose.test.yaml"),),
        (("env_files", ".env"), ("env_files", "dev.env")),
        (("project", "$NAME"),),
        (("folder", "."),),
    ],
)
def test_what_reads_ours_is_fine(options: tuple[tuple[str, str], ...]) -> None:
    """So is another project's command."""
    assert notes(ComposeCall("x.sh", 1, options, "up")) == []


def test_equal_calls_are_one_note(tmp_path: Path) -> None:
    """Found at the top, in scripts and one folder below; what is no command's place is not read."""
    line = "docker compose -f compose.yaml up\n"
    for path in (
        "Makefile",
        "scripts/start",
        "apps/x.sh",
        "src/deep/down/x.sh",
        "node_modules/x.sh",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(line)
    (tmp_path / "image.sh").write_bytes(b"\0docker compose -f x up")
    texts, evidence = command_texts(str(tmp_path))
    calls = find_calls(texts)
    assert sorted(one.file for one in calls) == ["Makefile", "apps/x.sh", "scripts/start"]
    assert len(evidence) == 3
    (note,) = bypassing(calls, USE)
    assert note.message.startswith("Makefile:1, apps/x.sh:1, scripts/start:1 start Compose with -f")
