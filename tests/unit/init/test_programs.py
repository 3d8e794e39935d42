"""The table of programs: its columns, its rows, and that they do not contradict each other."""

from __future__ import annotations

import re

import pytest

from portman.base.holder import Holder
from portman.base.programs import (
    AskedPort,
    Program,
    asked,
    columns,
    commands,
    program_of,
    programs,
    started,
    usual_programs,
)
from portman.base.values import SCHEMES
from portman.holders.misplaced import Misplaced

ROWS = [pytest.param(one, id=one.words[0]) for one in programs()]


def test_the_columns_are_those_of_the_code() -> None:
    """A column that is added to the file alone would shift the others."""
    assert columns() == Program._fields


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_well_formed(row: Program) -> None:
    """Each cell holds what its column is for."""
    assert all(row.words)
    assert re.fullmatch(r"run( \S+)?|read", row.measured), row.measured
    if row.passes:
        assert row.passes.startswith(("keeps", "drops", "first", ".env wins"))
        assert row.port is None
        return
    assert not row.remedy
    assert re.fullmatch(r"[a-z][a-z0-9-]*", row.name)
    assert row.port is None or 0 < row.port < 65536
    assert not row.flag or "{}" in row.flag
    assert not row.host or "{}" in row.host
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", one) for one in row.variables)
    assert all(re.fullmatch(r"\^?[\w.]+", one) for one in row.dotenv)
    assert all(":" in one for one in row.config)
    assert row.strict in ("", "always", "given") or row.strict.startswith("-")
    assert all(re.fullmatch(r"\w+=\+?\d+(:-.+\{\}.*)?", one) for one in row.secondary)
    assert re.fullmatch(r"127\.0\.0\.1|::1|loopback|all|127\.0\.0\.1; PORT: all", row.listens)
    assert row.flag or row.variables or row.config or row.words == ("localstack start",)
    if row.dotenv:
        assert row.variables, "a file is read for a variable"


def test_words_are_in_one_row_only() -> None:
    """Two rows with the same words would leave the answer to their order."""
    every = [words for one in programs() for words in one.words]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("row", [one for one in ROWS if one.values[0].flag])  # type: ignore[attr-defined]
def test_the_option_of_a_row_is_understood_in_a_command(row: Program) -> None:
    """What adopt writes, init reads again."""
    words = commands(f"{row.words[0]} {row.flagged('8123')}")[0]
    one = started(words)
    assert one is not None
    assert one.program == row
    assert asked(one).port == 8123


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("npx next dev", "next dev"),
        ("dotenv -e ../../.env -- next dev", "next dev"),
        ("cross-env A=1 B_PORT=2 vite", "vite"),
        ("npm run with:env -- next dev", "next dev"),
        ("bundle exec rails s", "rails s"),
        ("uv run --with x uvicorn a:b", "uvicorn"),
        ("python -m http.server", "http.server"),
        ("./node_modules/.bin/vite", "./node_modules/.bin/vite"),
        ("bin/vite dev", "bin/vite dev"),
        ("flask --app x run", "flask --app x run"),
        ("turbo run dev", "turbo run"),
        ("echo vite", "echo"),
        ("bin/serve", "serve"),
        ("./node_modules/.bin/serve -l 3001", "./node_modules/.bin/serve"),
        ("bin/puma -p 3001", "bin/puma"),
        ("/usr/sbin/mysqld", "/usr/sbin/mysqld"),
        ("vite build", None),
        ("bundle exec ${DEBUG:+rdbg -O -c --} bin/rails server", "bin/rails server"),
        ("${DEBUG:-vite}", "${DEBUG:-vite}"),
    ],
)
def test_what_a_command_starts(command: str, shown: str | None) -> None:
    """Runners, loaders of env files and interpreters come before the program."""
    one = started(commands(command)[0])
    assert (one.shown if one else None) == shown


@pytest.mark.parametrize(
    ("command", "port", "option"),
    [
        ("next dev -p 3001", 3001, "-p 3001"),
        ("next dev -p3001", 3001, "-p3001"),
        ("dotnet run --urls http://localhost:5005", 5005, "--urls http://localhost:5005"),
        ("go run . -addr :8090", 8090, "-addr :8090"),
        ("python manage.py runserver 0.0.0.0:8001", 8001, "0.0.0.0:8001"),
        ("npm run dev -- --port 3002", 3002, "--port 3002"),
        ("ssh -p 2222 host", None, ""),
        ("mkdir -p 4000", None, ""),
        ("pytest -p 12345", None, ""),
        ("docker run -p 80:80 x", None, ""),
        ("vite --port 99999", None, ""),
    ],
)
def test_the_number_in_a_command(command: str, port: int | None, option: str) -> None:
    """A client's -p is not a server's port."""
    one = started(commands(command)[0])
    said = asked(one) if one else AskedPort()
    assert (said.port, said.option) == (port, option)


@pytest.mark.parametrize(
    ("command", "takes"),
    [
        ("node /x/node_modules/.bin/vite", "vite dev reads no variable, it takes --port PORT"),
        ("npx next dev -p 3001", "next dev reads PORT from its environment, not from .env"),
        ("flask run", ""),
        ("python manage.py runserver", "manage.py runserver reads no variable, it takes"),
        ("python app.py", None),
        ("turbo run dev", None),
    ],
)
def test_how_a_running_program_takes_its_port(command: str, takes: str | None) -> None:
    """What `up`, `doctor` and `explain` say of a server on a wrong port."""
    program = program_of(command)
    if takes is None:
        assert program is None
    else:
        assert program is not None
        assert program.takes.startswith(takes)
        assert bool(program.takes) == bool(takes)


def test_ports_that_a_program_opens_besides() -> None:
    """A fixed number, or one relative to its own."""
    wrangler, adev = program_of("wrangler dev"), program_of("adev runserver")
    assert wrangler is not None
    assert adev is not None
    assert [wrangler.opens(one, 8787) for one in (9229, 8787, 8788)] == [True, False, False]
    assert [adev.opens(one, 8000) for one in (8001, 8002)] == [True, False]


def test_which_programs_a_port_is_usual_for() -> None:
    """For `explain`; those that open it beside their own come last."""
    assert usual_programs(4983) == "drizzle-kit studio"
    assert (
        usual_programs(9229)
        == "wrangler dev (inspector), wrangler pages dev (inspector), nest start (debug)"
    )
    assert usual_programs(3000).endswith(" and others")
    assert not usual_programs(4)


def test_a_server_on_a_wrong_port_is_told_how_it_takes_its_own() -> None:
    """The program's row of the table is the reason."""
    holder = Holder(port=3001, pid=7, name="node", command="vite --port 3001")
    said = Misplaced("/x", "", holder, "web", 3000).problem()
    assert "its port is 3000; vite dev reads no variable, it takes --port PORT" in said.message
    other = Misplaced("/x", "", holder._replace(command="node a.js"), "web", 3000).problem()
    assert other.message.endswith("its port is 3000")
    assert said.hint.endswith("run --service web -- vite --port 3000")
    for odd in ("node -e 'a\\\\nb'", "x" * 500, "nginx: master process"):
        titled = holder._replace(command=odd, argv=(odd,))
        assert Misplaced("/x", "", titled, "web", 3000).problem().hint.endswith("-- CMD")


def test_the_schemes_of_urls_are_those_of_the_table() -> None:
    """`url` may not read the table: each start of `up` would."""
    table = {one.port: one.scheme for one in programs() if one.scheme and one.port}
    assert table.items() <= SCHEMES.items()
    http = {one.port for one in programs() if not one.scheme}
    assert not http & SCHEMES.keys()


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("serve -s build", True),
        ("npx serve build -l 3001", True),
        ("/x/node_modules/.bin/serve", True),
        ("bin/serve", False),
        ("./serve", False),
        ("/srv/shop/bin/serve", False),
        ("npm run serve", False),
        ("yarn run serve", False),
        ("npm run vite", False),
        ("script/flower", False),
        ("./vite", True),
        (".venv/bin/uvicorn a:b", True),
    ],
)
def test_a_file_or_script_of_the_repository_is_no_program_of_that_name(
    command: str, known: bool
) -> None:
    """`bin/serve` of a Procfile is the repository's own, npm's is in node_modules."""
    one = started(commands(command)[0])
    assert (one is not None and one.program is not None) is known


def test_every_port_beside_its_own_is_a_number_or_relative() -> None:
    """Of the columns, `secondary` is the only one with a grammar."""
    every = [(one.words[0], x) for one in programs() for x in one.others]
    assert ("wrangler dev", ("inspector", 9229, "--inspector-port {}", False)) in every
    assert ("adev runserver", ("aux", 1, "", True)) in every
