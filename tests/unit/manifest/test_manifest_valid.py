"""Good manifests: what each spelling means, and how the local file is laid over the first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from portman.base.errors import Problem, ProblemsError
from portman.base.values import TEMPLATE, Link, Manifest, Output, Service
from portman.manifest.parse import parse_manifest

ROOT = Path(__file__).parents[3]
WHOLE = b"""
name = "shop"
on_conflict = "reassign"
[services]
web  = 3000
jobs = "auto"
api  = { port = 8000, env = ["API_PORT", "UVICORN_PORT"], on_conflict = "fail" }
empty = {}
[services.login]
port = 80
fixed = true
host = "0:0:0:0:0:0:0:1"
[services.dns]
protocol = ["udp", "tcp"]
env = []
[services.shard-x]
count = 4
[containers.db]
target = 5432
port = 5432
service = "postgres.1"
[containers.cache]
target = 6379
[env]
URL = "http://localhost:{db}/shop"
PLAIN_ID = "x"
[[output]]
path = "./web//.env"
[[output]]
path = "b"
format = "json"
only = ["API_PORT", "URL", "SHARD_X_PORT_4"]
[[output]]
template = "supabase/./config.toml.in"
[links]
accounts = "../accounts"
shared = { path = "~/shared", instance = "ci" }
[pool]
range = "20000 - 29999"
[compose]
file = ["compose.yaml", "./dev/compose.yaml"]
override = "compose.override.yaml"
"""


def parse(text: str, local: str | None = None) -> Manifest:
    """Parse texts instead of bytes."""
    return parse_manifest(text.encode(), None if local is None else local.encode())


def problems(text: str, local: str | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with two texts."""
    with pytest.raises(ProblemsError) as caught:
        parse(text, local)
    return caught.value.problems


def test_every_key_has_its_meaning() -> None:
    """A manifest with every key becomes the values that other modules use."""
    moves, stays = "reassign", "fail"
    assert parse_manifest(WHOLE, None) == Manifest(
        name="shop",
        services=(
            Service("web", usual=3000, env=("WEB_PORT",), on_conflict=moves),
            Service("jobs", env=("JOBS_PORT",), on_conflict=moves),
            Service("api", usual=8000, env=("API_PORT", "UVICORN_PORT"), on_conflict=stays),
            Service("empty", env=("EMPTY_PORT",), on_conflict=moves),
            Service(
                "login", usual=80, fixed=True, env=("LOGIN_PORT",), host="::1", on_conflict=moves
            ),
            Service("dns", protocols=("tcp", "udp"), on_conflict=moves),
            Service("shard-x", size=4, env=("SHARD_X_PORT",), on_conflict=moves),
            Service(
                "db",
                "container",
                5432,
                env=("DB_PORT",),
                on_conflict=moves,
                target=5432,
                compose="postgres.1",
            ),
            Service(
                "cache",
                "container",
                env=("CACHE_PORT",),
                on_conflict=moves,
                target=6379,
                compose="cache",
            ),
        ),
        env=(("URL", "http://localhost:{db}/shop"), ("PLAIN_ID", "x")),
        outputs=(
            Output("web/.env"),
            Output("b", "json", ("API_PORT", "URL", "SHARD_X_PORT_4")),
            Output("supabase/config.toml", TEMPLATE, template="supabase/config.toml.in"),
        ),
        pool=(20000, 29999),
        compose_files=("compose.yaml", "dev/compose.yaml"),
        compose_override="compose.override.yaml",
        links=(Link("accounts", "../accounts"), Link("shared", "~/shared", "ci")),
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[services]\n", id="a section with nothing in it"),
        pytest.param('name = "x"\n', id="no services yet"),
        pytest.param("[services]\r\nweb = 3000\r\n", id="CRLF"),
        pytest.param("[services]\nweb = 3000", id="no final newline"),
        pytest.param("services.web.port = 1\nservices.b = 2", id="dotted keys"),
        pytest.param("[services]\na = 1\nb = {port = 1, protocol = 'udp'}", id="tcp and udp"),
        pytest.param("[services]\npath = 1\nport = 2\nPORT2 = 3", id="odd names"),
        pytest.param("[services]\npython = 1\ngit = 2\nPATH = 3", id="harmless variables"),
        pytest.param("[services]\na = {env = 'PORT'}\nb = {env = 'HOST'}", id="PORT and HOST"),
        pytest.param("[services]\na = {port = 64536, count = 1000}", id="up to the last port"),
        pytest.param("[env]\nA_ID = '{{}}'", id="literal braces"),
        pytest.param(
            "[services]\nweb = 1\n[env]\nweb = '{web}'", id="a variable named as a service"
        ),
        pytest.param("output = []", id="no outputs"),
        pytest.param("[[output]]\npath = '...'", id="dots"),
        pytest.param("[services]\nweb = {host = '0.0.0.0'}", id="all addresses"),
    ],
)
def test_accepted(text: str) -> None:
    """What users may well write is not refused."""
    assert parse(text)


def test_the_default_output_is_dotenv() -> None:
    """Without [[output]], one .env is written."""
    assert parse("[services]\nweb = 1").outputs == (Output(".env"),)


def test_local_file_is_laid_over_key_by_key() -> None:
    """A bare port changes only the port; lists and [[output]] are replaced."""
    manifest = parse(
        """
        name = "shop"
        [services]
        web = { port = 3000, fixed = true, env = ["A", "B"] }
        api = 8000
        jobs = { count = 3 }
        [containers.db]
        target = 5432
        [env]
        X = "1"
        Y = "2"
        [[output]]
        path = "a"
        [[output]]
        path = "b"
        """,
        """
        [services]
        web = 3001
        api = { host = "::" }
        jobs = "auto"
        mine = 9000
        [containers]
        db = 5433
        [env]
        Y = "{mine}"
        Z = "3"
        [[output]]
        path = "c"
        """,
    )
    assert manifest.services == (
        Service("web", usual=3001, fixed=True, env=("A", "B")),
        Service("api", usual=8000, host="::", env=("API_PORT",)),
        Service("jobs", size=3, env=("JOBS_PORT",)),
        Service("mine", usual=9000, env=("MINE_PORT",)),
        Service("db", "container", 5433, env=("DB_PORT",), target=5432, compose="db"),
    )
    assert manifest.env == (("X", "1"), ("Y", "{mine}"), ("Z", "3"))
    assert manifest.outputs == (Output("c"),)
    assert manifest.name == "shop"


@pytest.mark.parametrize("local", ["", "# nothing yet\n"])
def test_an_empty_local_file_changes_nothing(local: str) -> None:
    """Only the committed file has to say something."""
    assert parse("[services]\nweb = 1", local) == parse("[services]\nweb = 1")


@pytest.mark.parametrize(
    ("text", "local", "place"),
    [
        pytest.param("[services]\nweb = 1", "[services]\nweb = 0", ("local", 2), id="value"),
        pytest.param(
            "[services]\nweb = {count = 0}", "[services]\nweb = 2", ("ports", 2), id="kept"
        ),
        pytest.param(
            "[services]\nweb = 1", "\n[services.web]\nprt = 2", ("local", 3), id="new key"
        ),
        pytest.param(
            "[services]\nweb = 1", "[containers]\n\ndb = 5", ("local", 3), id="missing key"
        ),
        pytest.param(
            "[containers]\ndb = 5", "[services]\nweb = 1", ("ports", 2), id="missing there"
        ),
        pytest.param("[services]\na = 1", "[services]\nb = 1", ("local", 2), id="same port"),
        pytest.param("[services.a]\nport=1", "[env]\nA_PORT = ''", ("local", 2), id="same name"),
        pytest.param(
            "[[output]]\npath='a'", "[[output]]\nonly=['A']\npath='x'", ("local", 2), id="list"
        ),
        pytest.param(
            "[[output]]\npath='a'", "[[output]]\nformat='json'", ("local", 1), id="no path"
        ),
        pytest.param(
            "[services]\nweb = {env = ['A', '1']}",
            "[services]\nweb = {env = ['2']}",
            ("local", 2),
            id="list of names",
        ),
    ],
)
def test_problems_name_the_file_they_stand_in(
    text: str, local: str, place: tuple[str, int]
) -> None:
    """After the merge, each problem still finds its way back to its own file and line."""
    (problem,) = problems(text, local)
    assert problem.file == {"local": "ports.local.toml", "ports": "ports.toml"}[place[0]]
    assert problem.line == place[1]


def test_both_files_are_looked_at_when_one_is_no_toml() -> None:
    """A mistake in the syntax of one file does not hide those of the other."""
    found = problems("[services]\nweb = 0", "[services]\nweb: 3")
    assert [(problem.file, problem.line) for problem in found] == [
        ("ports.local.toml", 2),
        ("ports.toml", 2),
    ]
    found = problems("web", b"\xff".decode("latin-1"))
    assert {problem.file for problem in found} == {"ports.toml", "ports.local.toml"}


def test_all_problems_at_once_in_the_order_of_their_lines() -> None:
    """One look at the file is enough to mend it."""
    found = problems(
        "nam = 1\n[services]\na = 0\nb = { prot = 1, count = 0, fixed = 3 }\n"
        "[env]\nA = '{c}'\n[[output]]\npath = '/x'\nformat = 'y'\n"
    )
    assert [problem.line for problem in found] == [1, 3, 4, 4, 4, 6, 8, 9]
    assert [problem.service for problem in found] == [None, "a", "b", "b", "b", None, None, None]


def test_more_problems_than_anybody_reads_are_counted() -> None:
    """A hundred are told, and how many follow."""
    found = problems("[services]\n" + "".join(f"s{number} = 0\n" for number in range(2000)))
    assert len(found) == 101
    assert "1900 more problems" in found[-1].message


def test_hostile_sizes_end_in_bounded_time() -> None:
    """What multiplies is refused before it is multiplied."""
    many = "".join(f"s{number} = 1\n" for number in range(10_001))
    assert "10,001 entries" in problems("[services]\n" + many)[0].message
    wide = "".join(f"s{number} = {{ count = 1000 }}\n" for number in range(200))
    found = problems("[services]\n" + wide)
    assert any("200,000 ports" in problem.message for problem in found)
    assert any("200,000 variables" in problem.message for problem in found)
    doubling = "".join(f'A{n} = "{{A{n + 1}}}{{A{n + 1}}}"\n' for n in range(64))
    assert "32,767" in problems(f'[env]\n{doubling}A64 = "x"\n')[0].message
    chain = "".join(f'A{n}_URL = "{{A{n + 1}_URL}}"\n' for n in range(20_000))
    assert parse(f'[env]\n{chain}A20000_URL = "x"\n')
    wreath = f'[env]\n{chain}A20000_URL = "{{A0_URL}}"\n'
    assert "made from itself" in problems(wreath)[0].message


def test_a_good_manifest_loads_only_what_it_takes() -> None:
    """What only messages need (and what is slow to load) stays out of a run without any."""
    code = (
        "import sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from portman.manifest.parse import parse_manifest\n"
        "text = '[services]\\n' + ''.join(f's{n} = {3000 + n}\\n' for n in range(10))\n"
        "text += '[env]\\nA = \"{s1.url}\"\\n'\n"
        "parse_manifest(text.encode(), b'[services]\\ns1 = 1\\n')\n"
        "print(*sorted(sys.modules))\n"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = set(run.stdout.split())
    unwanted = {"difflib", "json", "ipaddress", "dataclasses", "pathlib", "socket", "subprocess"}
    assert not loaded & {*unwanted, "portman.manifest.locate", "portman.base.text", "tomlkit"}


def test_activation_is_off_unless_asked_for() -> None:
    """`run` passes the listening socket only where the manifest says that the server takes it."""
    text = b"[services]\nweb = 3000\napi = { port = 8000, activation = true }\n"
    manifest = parse_manifest(text, None)
    assert [one.activation for one in manifest.services] == [False, True]


def test_ports_are_held_unless_the_manifest_says_otherwise() -> None:
    """Containers too: `run -- make dev` holds the ports of both."""
    text = b"[services]\nweb = 3000\nold = { hold = false }\n"
    text += b"[containers.db]\ntarget = 1\nhold = false\n"
    manifest = parse_manifest(text, None)
    assert [one.hold for one in manifest.services] == [True, False, False]
