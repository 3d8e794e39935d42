"""Services with a folder or an env file of their own: whose a variable is, and what a file has."""

from __future__ import annotations

import pytest

from portman.base.errors import ProblemsError
from portman.manifest.expand import expand
from portman.manifest.parse import parse_manifest
from portman.manifest.scopes import ports_in, values_of

PORTS = {"web": (1,), "admin": (2,), "api": (3,), "shard": (5, 6)}
TWO = """
[services]
api = 8000
[services.web]
dir = "apps/web"
env = "PORT"
env_file = ".env.local"
[services.admin]
dir = "apps/admin"
env = "PORT"
env_file = {}
[env]
API_URL = "{{api.url}}"
"""


def files(text: str) -> dict[str, dict[str, str]]:
    """Return what every file of the manifest has, by path."""
    manifest = parse_manifest(text.encode(), None)
    values = expand(manifest, PORTS)
    return {one.path: dict(values_of(one, manifest, values, PORTS)) for one in manifest.outputs}


PROJECT = {"API_PORT": "3", "WEB_PORT": "1", "ADMIN_PORT": "2", "API_URL": "http://localhost:3"}
WEB = {"PORT": "1", "API_URL": "http://localhost:3"}


@pytest.mark.parametrize(
    ("admin", "path", "expected"),
    [
        ('".env"', "apps/admin/.env", {"PORT": "2", "API_URL": "http://localhost:3"}),
        (
            '{ path = ".env", only = ["WEB_PORT"] }',
            "apps/admin/.env",
            {"PORT": "2", "WEB_PORT": "1"},
        ),
        (
            '{ path = ".env", only = ["WEB_PORT"], rename = { VITE_API = "API_URL" } }',
            "apps/admin/.env",
            {"PORT": "2", "WEB_PORT": "1", "VITE_API": "http://localhost:3"},
        ),
    ],
)
def test_two_programs_read_one_name(admin: str, path: str, expected: dict[str, str]) -> None:
    """Each has its own file; the project has NAME_PORT of both."""
    assert files(TWO.format(admin).replace("{{", "{").replace("}}", "}")) == {
        ".env": PROJECT,
        "apps/web/.env.local": WEB,
        path: expected,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # in one folder each, without files: the name is for their `run` alone
        (
            '[services.web]\ndir = "a"\nenv = "PORT"\n[services.api]\ndir = "b"\nenv = "PORT"\n',
            {".env": {"WEB_PORT": "1", "API_PORT": "3"}},
        ),
        # a name that no other service has stays for the project
        (
            '[services.web]\ndir = "a"\nenv = ["X_PORT", "PORT"]\n'
            '[services.api]\ndir = "b"\nenv = "PORT"\n',
            {".env": {"X_PORT": "1", "WEB_PORT": "1", "API_PORT": "3"}},
        ),
        # NAME_PORT that means something else already is left to that
        (
            '[services.web]\ndir = "a"\nenv = "PORT"\n[env]\nWEB_PORT = "{web}"\n',
            {".env": {"PORT": "1", "WEB_PORT": "1"}},
        ),
        # an env file that is an output: both are in it
        (
            '[services]\napi = 8000\n[services.web]\nenv = "PORT"\nenv_file = ".env"\n',
            {".env": {"PORT": "1", "API_PORT": "3", "WEB_PORT": "1"}},
        ),
        # two services in one file, with different names
        (
            '[services.web]\nenv_file = "a.env"\n'
            '[services.api]\nenv = "PORT"\nenv_file = "a.env"\n',
            {".env": {"WEB_PORT": "1", "API_PORT": "3"}, "a.env": {"WEB_PORT": "1", "PORT": "3"}},
        ),
        (
            '[services.shard]\ncount = 2\nenv = "PORT"\nenv_file = "s/.env"\n',
            {
                ".env": {"SHARD_PORT": "5", "SHARD_PORT_2": "6"},
                "s/.env": {"PORT": "5", "PORT_2": "6"},
            },
        ),
        (
            "[services]\nweb = 3000\napi = 8000\n"
            '[[output]]\npath = "w"\nrename = { PORT = "WEB_PORT" }\n',
            {"w": {"API_PORT": "3", "PORT": "1"}},
        ),
    ],
)
def test_whose_a_name_is(text: str, expected: dict[str, dict[str, str]]) -> None:
    """Tested by the files that come of it."""
    assert files(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[services.web]\nenv = "PORT"\nenv_file = "e"\n[services.api]\nenv = "PORT"\n'
         'env_file = "e"\n',
         'services.api.env_file sets "PORT", which services.web sets in e already'),
        ('[services]\napi = { env = "PORT" }\n[services.web]\nenv = "PORT"\nenv_file = ".env"\n',
         "in .env already"),
        ('[services.web]\nenv_file = ".ENV"\n', "another file's name"),
        ('[services.web]\nenv_file = "w.json"\n[[output]]\npath = "w.json"\nformat = "json"\n',
         "an output that is a json file"),
        ('[services.web]\nenv_file = { only = ["WEB_PORT"] }\n', "env_file.path is missing"),
        ('[services.web]\nenv_file = { path = "e", only = ["WEP_PORT"] }\n', '"WEP_PORT", but no'),
        ('[services.web]\nenv_file = { path = "e", rename = { A = "B" } }\n',
         'asks for "B", but no'),
        ('[services.web]\nenv_file = { path = "e", rename = { LD_PRELOAD = "WEB_PORT" } }\n',
         "is not a name that a variable may have"),
        ('[services]\nweb = 1\n[env]\nWEB_NAME = "x"\n[[output]]\npath = "e"\n'
         'rename = { FLAVOUR = "WEB_NAME" }\n', "neither it nor its value explains"),
        ('[services.web]\ndir = "a"\nenv = ["PORT", "LD_PRELOAD"]\n', "a refused name"),
        ('[services.web]\nenv_file = "../e"\n', "leads out of the checkout"),
        ('[containers.db]\ntarget = 1\nenv_file = "e"\n', "a key of services, not of containers"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, said: str) -> None:
    """Each with the key that has it."""
    with pytest.raises(ProblemsError) as raised:
        parse_manifest(text.encode(), None)
    assert len(raised.value.problems) == 1
    assert said in raised.value.problems[0].message


def test_a_file_gives_back_the_ports_that_were_written_to_it() -> None:
    """A lost ledger heals from a file in which PORT is one service's."""
    text = TWO.format('{ path = "e", only = ["API_PORT"], rename = { W = "WEB_PORT" } }')
    manifest = parse_manifest(text.replace("{{", "{").replace("}}", "}").encode(), None)
    ports = {name: (one[0] + 100,) for name, one in PORTS.items()}
    values = expand(manifest, ports)
    found = [
        ports_in(one, manifest, dict(values_of(one, manifest, values, ports)))
        for one in manifest.outputs
    ]
    assert found == [
        {"api": 103, "web": 101, "admin": 102},
        {"web": 101},
        {"api": 103, "web": 101, "admin": 102},
    ]
