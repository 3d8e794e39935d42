"""Bad manifests, one mistake each: what the parser reports, and whether the schema refuses it."""

from __future__ import annotations

import tomllib
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft7Validator

from portman.base.errors import MANIFEST, ProblemsError
from portman.manifest.parse import parse_manifest
from portman.manifest.schema import manifest_schema

INVALID, UNREADABLE = "manifest-invalid", "manifest-unreadable"


class Bad(NamedTuple):
    """A text with one mistake, and what must be said of it (`hint`: a part of the hint)."""

    id: str
    text: str | bytes
    line: int | None
    key: str | None
    said: str
    hint: str = ""
    code: str = INVALID


def entry(fields: str) -> str:
    """Return a manifest whose second line is the service `web` with these fields."""
    return f"[services]\nweb = {{ {fields} }}\n"


PORT = "must be a port from 1 to 65535"
BAD = [
    # the file as a whole
    Bad(
        "a server",
        'ledger = "postgresql://db"\n' + entry("port = 1"),
        1,
        "ledger",
        "not a key",
        "PORTMAN_LEDGER",
    ),
    Bad("empty", "", None, None, "nothing in the file", "portman init"),
    Bad("blank", "\n  \n", None, None, "nothing in the file", "web = 3000"),
    Bad("comments only", "# soon\n", None, None, "nothing in the file", "portman init"),
    Bad("bom", b"\xef\xbb\xbf[services]\n", 1, None, "byte order mark", "UTF-8", UNREADABLE),
    Bad("utf-16", "[services]\n".encode("utf-16"), 1, None, "UTF-16", "UTF-8", UNREADABLE),
    Bad("latin-1", b"[services]\n# caf\xe9\n", 2, None, "0xE9 at offset 16", "UTF-8", UNREADABLE),
    Bad("10 MB", b"#" * 10_000_000, None, None, "10,000,000 bytes", "", UNREADABLE),
    Bad("nul", b"a\x00=1\n", 1, None, "not valid TOML"),
    # not TOML
    Bad("unquoted text", "[[output]]\npath = .env\n", 2, None, "path = .env", "needs quotes"),
    Bad("yaml", "services:\n  web: 3000\n", 1, None, "services:", "web = 3000"),
    Bad("key twice", "[services]\nweb = 1\nweb = 2\n", 3, None, "web = 2", "twice"),
    Bad("table twice", "[services]\n[env]\n[services]\n", 3, None, "declared twice", "once"),
    Bad("unclosed text", 'name = "shop\n', 1, None, "name", "closing quote"),
    Bad("unclosed list", "[services]\nweb = { env = [\n", 2, None, "not valid TOML"),
    Bad("inline and header", "services = { a = 1 }\n[services.b]\n", 2, None, "services.b", "once"),
    Bad("leading zero", "[services]\nweb = 0300\n", 2, None, "web = 0300"),
    Bad("long number", f"[services]\nweb = {'9' * 5000}\n", 2, None, "not valid TOML"),
    Bad("deep nesting", "a = " + "[" * 100_000, None, None, "nested too deeply"),
    Bad("long key", "\n" + "a." * 500 + "a = 1\n", 2, None, "501 parts"),
    # keys at the top
    Bad("unknown key", "nane = 1.5\n[services]\n", 1, "nane", "not a key of ports.toml", '"name"'),
    Bad("synonym", "[ports]\nweb = 3000\n", 1, "ports", "not a key", '"services"'),
    Bad("singular", "[service]\nweb = 3000\n", 1, "service", "not a key", '"services"'),
    Bad("no section", "web = 3000\n", 1, "web", "not a key", "[services]"),
    Bad(
        "services a number",
        "services = 3\n",
        1,
        "services",
        "table of entries, not 3",
        "[services]",
    ),
    Bad("services a list", "[[services]]\nname = 1\n", 1, "services", "not a list"),
    Bad("name a number", "name = 3\n", 1, "name", "not 3", "folder"),
    Bad("name empty", 'name = " "\n', 1, "name", 'not " "'),
    Bad("name of two lines", 'name = "a\\nb"\n', 1, "name", 'not "a\\u000Ab"'),
    Bad("name too long", f'name = "{"x" * 101}"\n', 1, "name", "101 characters"),
    Bad("conflict", 'on_conflict = "Fail"\n', 1, "on_conflict", 'not "Fail"', '"fail"'),
    # ports
    Bad("port 0", "[services]\nweb = 0\n", 2, "services.web", f"{PORT}", '"auto"'),
    Bad("port 65536", "[services]\nweb = 65536\n", 2, "services.web", "not 65536"),
    Bad("port -1", "[services]\nweb = -1\n", 2, "services.web", "not -1"),
    Bad("port true", "[services]\nweb = true\n", 2, "services.web", "not true"),
    Bad("port 3000.5", "[services]\nweb = 3000.5\n", 2, "services.web", "not 3000.5", "whole"),
    Bad("port in quotes", '[services]\nweb = "3000"\n', 2, "services.web", "", "without quotes"),
    Bad("port a word", '[services]\nweb = "any"\n', 2, "services.web", 'not "any"', '"auto"'),
    Bad("port huge", f"[services]\nweb = 0x{'f' * 5000}\n", 2, "services.web", "too long"),
    Bad("port a list", "[services]\nweb = [1, 2]\n", 2, "services.web", "not a list", "count"),
    Bad("port a date", "[services]\nweb = 2020-01-01\n", 2, "services.web", "date or time 2020"),
    Bad("port a table", "[services.web.port]\na = 1\n", 1, "services.web.port", "not a table"),
    Bad("port nan", "[services]\nweb = nan\n", 2, "services.web", "not nan"),
    Bad("port 0 in a table", entry("port = 0"), 2, "services.web.port", "not 0", '"auto"'),
    # the other keys of a service
    Bad("misspelt", entry("prot = 1"), 2, "services.web.prot", "not a key of a service", '"port"'),
    Bad("synonym key", entry("replicas = 2"), 2, "services.web.replicas", "not a key", '"count"'),
    Bad("strange key", entry("zzzzzz = 2"), 2, "services.web.zzzzzz", "not a key", "one of: port"),
    Bad(
        "target", entry("target = 2"), 2, "services.web.target", "of containers", "[containers.web]"
    ),
    Bad("fixed a text", entry('port = 1, fixed = "true"'), 2, "services.web.fixed", "", "without"),
    Bad("fixed a number", entry("port = 1, fixed = 1"), 2, "services.web.fixed", "true or false"),
    Bad("fixed, no port", entry("fixed = true"), 2, "services.web.fixed", "no port to be fixed on"),
    Bad("fixed, auto", entry('fixed = true, port = "auto"'), 2, "services.web.fixed", "no port"),
    Bad("protocol", entry('protocol = "TCP"'), 2, "services.web.protocol", 'not "TCP"', '"tcp"'),
    Bad("protocol sctp", entry('protocol = "sctp"'), 2, "services.web.protocol", 'not "sctp"'),
    Bad("no protocol", entry("protocol = []"), 2, "services.web.protocol", "each once"),
    Bad("two tcp", entry('protocol = ["tcp", "tcp"]'), 2, "services.web.protocol", "each once"),
    Bad("protocol a table", entry("protocol = [{}]"), 2, "services.web.protocol", "a table"),
    Bad("count 0", entry("count = 0"), 2, "services.web.count", "from 1 to 1000, not 0"),
    Bad("count 1001", entry("count = 1001"), 2, "services.web.count", "not 1001"),
    Bad("count a text", entry('count = "4"'), 2, "services.web.count", 'not "4"', "without quotes"),
    Bad("count true", entry("count = true"), 2, "services.web.count", "not true"),
    Bad("count past the end", entry("port = 65535, count = 2"), 2, "services.web.count", "65536"),
    Bad("host a name", entry('host = "web.test"'), 2, "services.web.host", "IP address"),
    Bad("host in brackets", entry('host = "[::1]"'), 2, "services.web.host", "", '"::1"'),
    Bad("host with a zone", entry('host = "fe80::1%eth0"'), 2, "services.web.host", "IP address"),
    Bad("host with a port", entry('host = "0.0.0.0:80"'), 2, "services.web.host", "IP address"),
    Bad("host a number", entry("host = 127"), 2, "services.web.host", "not 127"),
    Bad("activation", entry('activation = "yes"'), 2, "services.web.activation", "true or false"),
    Bad("hold", entry("hold = 0"), 2, "services.web.hold", "true or false, not 0"),
    Bad("on_conflict", entry('on_conflict = "move"'), 2, "services.web.on_conflict", '"reassign"'),
    # names of services
    Bad("name with a blank", '[services]\n"a b" = 1\n', 2, 'services."a b"', "letters", '"a-b"'),
    Bad("name with a digit", "[services]\n1a = 1\n", 2, "services.1a", "a letter first"),
    Bad("name of nothing", '[services]\n"" = 1\n', 2, 'services.""', "not a service name"),
    Bad(
        "name not ASCII",
        '[services]\n"wéb" = 1\n',
        2,
        'services."wéb"',
        "not a service name",
        "w-b",
    ),
    Bad("long name", f"[services]\n{'a' * 64} = 1\n", 2, f"services.{'a' * 64}", "at most 63"),
    Bad(
        "in both",
        "[services]\ndb = 1\n[containers.db]\ntarget = 1\n",
        3,
        "containers.db",
        "services.db",
    ),
    # containers
    Bad(
        "no target",
        "[containers.db]\nport = 5432\n",
        1,
        "containers.db.target",
        "",
        "target = 5432",
    ),
    Bad("bare port", "[containers]\ndb = 5432\n", 2, "containers.db.target", "is missing"),
    Bad("target 0", "[containers.db]\ntarget = 0\n", 2, "containers.db.target", "not 0"),
    Bad(
        "target text", '[containers.db]\ntarget = "80"\n', 2, "containers.db.target", "", "without"
    ),
    Bad(
        "compose", "[containers.db]\ntarget = 1\nservice = 3\n", 3, "containers.db.service", "not 3"
    ),
    Bad(
        "compose blank",
        '[containers.db]\ntarget=1\nservice="a b"\n',
        3,
        "containers.db.service",
        "letters",
    ),
    # two of one
    Bad("one port", "[services]\na = 3000\nb = 3000\n", 3, "services.b", "so does services.a"),
    Bad(
        "two fixed",
        "[services.a]\nport = 4000\nfixed = true\n[services.b]\nport = 4000\nfixed = true\n",
        5,
        "services.b.port",
        "wants 4000 (tcp), and so does services.a",
        '"auto"',
    ),
    Bad("ranges", "[services]\na = { port = 10, count = 5 }\nb = 14\n", 3, "services.b", "10-14"),
    Bad(
        "one env name",
        '[services]\na = { env = "X" }\nb = { env = "X" }\n',
        3,
        "services.b.env",
        "services.a",
    ),
    Bad("env twice", entry('env = ["X", "X"]'), 2, "services.web.env[1]", "a second time"),
    Bad("default names", "[services]\na-b = 1\na_b = 2\n", 3, "services.a_b", '"A_B_PORT"'),
    Bad(
        "suffixes",
        '[services]\na = { count = 2 }\nb = { env = "A_PORT_2" }\n',
        3,
        "services.b.env",
        "A_PORT_2",
    ),
    Bad(
        "env and service", '[services]\na = 1\n[env]\nA_PORT = "1"\n', 4, "env.A_PORT", "services.a"
    ),
    Bad(
        "env and suffix",
        '[services]\na = { count = 2 }\n[env]\nA_PORT_2 = ""\n',
        4,
        "env.A_PORT_2",
        "services.a",
    ),
    # names of variables
    Bad(
        "no env name",
        entry('env = "A-B"'),
        2,
        "services.web.env",
        "not a variable name",
        '"A_B"',
    ),
    Bad("env name 1A", entry('env = "1A"'), 2, "services.web.env", "no digit first"),
    Bad("env name empty", entry('env = ""'), 2, "services.web.env", "not a variable name"),
    Bad("env name é", entry('env = "É"'), 2, "services.web.env", "not a variable name"),
    Bad("env a number", entry("env = 3"), 2, "services.web.env", "not 3"),
    Bad("env of numbers", entry('env = ["A", 3]'), 2, "services.web.env", "not 3"),
    Bad("PATH", entry('env = "PATH"'), 2, "services.web.env", "refused name"),
    Bad("path", entry('env = "path"'), 2, "services.web.env", "refused name"),
    Bad("LD_PRELOAD", '[env]\nLD_PRELOAD = "x"\n', 2, "env.LD_PRELOAD", "refused name"),
    Bad("PORTMAN_HOME", '[env]\nPORTMAN_HOME = "x"\n', 2, "env.PORTMAN_HOME", "refused name"),
    Bad("service ld-x", "[services]\nld-x = 1\n", 2, "services.ld-x", "LD_X_PORT", "env = "),
    Bad("long variable", f'[env]\n{"A" * 129} = ""\n', 2, f"env.{'A' * 129}", "longer than 128"),
    # values made of ports
    Bad("env no table", 'env = "A=1"\n', 1, "env", "must be a table", "[env]"),
    Bad("env a port", "[env]\nA = 3\n", 2, "env.A", "must be a text, not 3", "in quotes"),
    Bad("env unknown", '[services]\nweb = 1\n[env]\nA = "{wbe}"\n', 4, "env.A", "{wbe}", '"web"'),
    Bad("env json", "[env]\nA = '{\"a\": 1}'\n", 2, "env.A", "no service or variable", "{{"),
    Bad("env itself", '[env]\nA = "{A}"\n', 2, "env.A", "made from itself: A -> A"),
    Bad("env cycle", '[env]\nA = "{B}"\nB = "{C}"\nC = "{A}"\n', 2, "env.A", "A -> B -> C -> A"),
    Bad("env unclosed", '[env]\nA = "{web"\n', 2, "env.A", "a { without its }", "{{"),
    Bad("env unopened", '[env]\nA = "web}"\n', 2, "env.A", "a } without its {", "}}"),
    Bad("env {}", '[env]\nA = "{}"\n', 2, "env.A", "no name in it"),
    Bad("env .port", '[services]\nweb = 1\n[env]\nA = "{web.port}"\n', 4, "env.A", ".url", "{web}"),
    Bad(
        "env .5",
        '[services]\nweb = {count=4}\n[env]\nA = "{web.5}"\n',
        4,
        "env.A",
        "4 ports",
        "count = 5",
    ),
    Bad("env .0", '[services]\nweb = 1\n[env]\nA = "{web.0}"\n', 4, "env.A", "counted from 1"),
    Bad("env var.url", '[env]\nA = "1"\nB = "{A.url}"\n', 3, "env.B", "not a service", "{A}"),
    Bad("env newline", '[env]\nA = "a\\nb"\n', 2, "env.A", "control character"),
    Bad("env NUL", '[env]\nA = "\\u0000"\n', 2, "env.A", "control character"),
    Bad("env escape", '[env]\nA = "\\u009b2J"\n', 2, "env.A", "\\u009B"),
    Bad("env too long", f'[env]\nA = "{"x" * 32_768}"\n', 2, "env.A", "32,767 characters"),
    # files to write
    Bad("output a table", '[output]\npath = ".env"\n', 1, "output", "not a table", "[[output]]"),
    Bad("output a text", 'output = ".env"\n', 1, "output", 'not ".env"', "[[output]]"),
    Bad(
        "output of texts", 'output = [".env"]\n', 1, "output[0]", "must be a table", 'path = ".env"'
    ),
    Bad(
        "no path",
        '[[output]]\nformat = "json"\n',
        1,
        "output[0].path",
        "is missing",
        'path = ".env"',
    ),
    Bad("path a number", "[[output]]\npath = 3\n", 2, "output[0].path", "not 3"),
    Bad("path absolute", '[[output]]\npath = "/etc/x"\n', 2, "output[0].path", "not relative"),
    Bad("path home", '[[output]]\npath = "~/x"\n', 2, "output[0].path", "not relative"),
    Bad("path drive", '[[output]]\npath = "C:/x"\n', 2, "output[0].path", "not relative"),
    Bad(
        "path backslash", "[[output]]\npath = 'a\\b'\n", 2, "output[0].path", "backslash", "write /"
    ),
    Bad("path up", '[[output]]\npath = "a/../../x"\n', 2, "output[0].path", "out of the checkout"),
    Bad("path NUL", '[[output]]\npath = "a\\u0000"\n', 2, "output[0].path", "control characters"),
    Bad("path a folder", '[[output]]\npath = "web/"\n', 2, "output[0].path", "names no file"),
    Bad("path empty", '[[output]]\npath = ""\n', 2, "output[0].path", "names no file"),
    Bad("path git", '[[output]]\npath = ".git/config"\n', 2, "output[0].path", "git's own"),
    Bad(
        "path manifest", '[[output]]\npath = "./Ports.toml"\n', 2, "output[0].path", "the manifest"
    ),
    Bad(
        "path twice",
        '[[output]]\npath="a"\n[[output]]\npath="./a"\n',
        4,
        "output[1].path",
        "output[0]",
    ),
    Bad(
        "path case",
        '[[output]]\npath="a"\n[[output]]\npath="A"\n',
        4,
        "output[1].path",
        "output[0]",
    ),
    Bad(
        "format",
        '[[output]]\npath="a"\nformat="jsno"\n',
        3,
        "output[0].format",
        "dotenv, json",
        '"json"',
    ),
    Bad(
        "format bash", '[[output]]\npath="a"\nformat="bash"\n', 3, "output[0].format", "", '"shell"'
    ),
    Bad("template number", "[[output]]\ntemplate = 5\n", 2, "output[0].template", "in quotes"),
    Bad(
        "template outside",
        "[[output]]\ntemplate = '../x.in'\n",
        2,
        "output[0].template",
        "leads out",
    ),
    Bad(
        "template no ending",
        "[[output]]\ntemplate = 'a.toml'\n",
        1,
        "output[0].path",
        "is missing",
        ".in",
    ),
    Bad(
        "template itself",
        "[[output]]\ntemplate = 'a.in'\npath = 'A.in'\n",
        3,
        "output[0].path",
        "the template itself",
    ),
    Bad(
        "template format",
        "[[output]]\ntemplate = 'a.in'\nformat = 'json'\n",
        3,
        "output[0].format",
        "no effect",
        "leave format out",
    ),
    Bad(
        "template overwritten",
        "[[output]]\ntemplate = 'a.in'\n[[output]]\npath = 'a.in'\n",
        4,
        "output[1].path",
        "template of an output",
    ),
    Bad(
        "template synonym",
        "[[output]]\npath='a'\nsource='b'\n",
        3,
        "output[0].source",
        "not a key",
        '"template"',
    ),
    # sizes
    Bad("env value", f"[env]\nA = '{'x' * 70_000}'\n", 2, "env.A", "longer than 32,767"),
    Bad(
        "env in all",
        f"[env]\nB = '{'x' * 30_000}'\n" + "".join(f"A{n} = '{{B}}'\n" for n in range(36)),
        1,
        "env",
        "in all",
    ),
    Bad(
        "many outputs",
        "output = [" + ", ".join(["{ path = 'a' }"] * 1001) + "]\n",
        1,
        "output",
        "1,001 entries",
    ),
    Bad(
        "container activation",
        "[containers.db]\ntarget = 1\nactivation = true\n",
        3,
        "containers.db.activation",
        "is a key of services",
        "cannot be handed a socket",
    ),
    # links to other projects
    Bad("links text", "links = 'x'\n", 1, "links", "must be a table", "[links]"),
    Bad(
        "links many",
        "[links]\n" + "".join(f"a{n} = '../a'\n" for n in range(1001)),
        1,
        "links",
        "1,001 entries",
    ),
    Bad("link path number", "[links]\na = { path = 5 }\n", 2, "links.a.path", "path in quotes"),
    Bad("link long", f"[links]\na = '../{'a' * 5000}'\n", 2, "links.a", "characters"),
    Bad(
        "link instance number",
        "[links]\na = { path = '../a', instance = 5 }\n",
        2,
        "links.a.instance",
        "name of an instance, not 5",
    ),
    Bad("link number", "[links]\na = 5\n", 2, "links.a", "path in quotes", '"../a"'),
    Bad("link empty", "[links]\na = ' '\n", 2, "links.a", "names no folder"),
    Bad("link itself", "[links]\na = './'\n", 2, "links.a", "this checkout itself"),
    Bad("link backslash", "[links]\na = '..\\b'\n", 2, "links.a", "backslash", "/"),
    Bad("link name", "[links]\n'1a' = '../b'\n", 2, "links.1a", "not a link name"),
    Bad("link no path", "[links]\na = {}\n", 2, "links.a.path", "is missing", '"../a"'),
    Bad(
        "link key",
        "[links]\na = { path = '../a', instnce = 'x' }\n",
        2,
        "links.a.instnce",
        "not a key",
        '"instance"',
    ),
    Bad(
        "link instance",
        "[links]\na = { path = '../a', instance = 'a/b' }\n",
        2,
        "links.a.instance",
        "name of an instance",
    ),
    Bad(
        "link and service",
        "[services]\na = 1\n[links]\na = '../a'\n",
        4,
        "links.a",
        "a service of this",
    ),
    Bad(
        "link and variable",
        "[env]\na = '1'\n[links]\na = '../a'\n",
        4,
        "links.a",
        "a variable of this",
    ),
    Bad(
        "link alone",
        "[links]\na = '../a'\n[env]\nB = '{a}'\n",
        4,
        "env.B",
        "no service of it",
        "{a.SERVICE.url}",
    ),
    Bad(
        "link position", "[links]\na = '../a'\n[env]\nB = '{a.2}'\n", 4, "env.B", "no service of it"
    ),
    Bad(
        "link part",
        "[links]\na = '../a'\n[env]\nB = '{a.api.pid}'\n",
        4,
        "env.B",
        "only .url and .host",
        "{a.api}",
    ),
    Bad("link zero", "[links]\na = '../a'\n[env]\nB = '{a.api.0}'\n", 4, "env.B", "counted from 1"),
    Bad(
        "link misspelt",
        "[links]\naccounts = '../a'\n[env]\nB = '{acounts.api}'\n",
        4,
        "env.B",
        "no service or variable",
        '"accounts"',
    ),
    Bad("only text", '[[output]]\npath="a"\nonly="A"\n', 3, "output[0].only", "list of variable"),
    Bad("only nothing", '[[output]]\npath="a"\nonly=[]\n', 3, "output[0].only", "an empty list"),
    Bad(
        "only unknown",
        '[services]\nweb = 1\n[[output]]\npath="a"\nonly=[\n"WEB_PORT",\n"WEB_PRT"]\n',
        7,
        "output[0].only[1]",
        '"WEB_PRT"',
        '"WEB_PORT"',
    ),
    Bad("quote", '[[output]]\npath="a"\nquote="double"\n', 3, "output[0].quote", 'not "double"'),
    Bad(
        "quote json",
        '[[output]]\npath="a"\nformat="json"\nquote="single"\n',
        4,
        "output[0].quote",
        "json",
    ),
    Bad(
        "output key",
        '[[output]]\npath="a"\nfiel="b"\n',
        3,
        "output[0].fiel",
        "not a key of an output",
    ),
    Bad(
        "output file",
        '[[output]]\npath="a"\nvars=["A"]\n',
        3,
        "output[0].vars",
        "not a key",
        '"only"',
    ),
    # the pool, and Compose
    Bad("names a text", 'names = "x"\n', 1, "names", "must be a table", "domain = "),
    Bad(
        "names key", "[names]\ndomian = 1\n", 2, "names.domian", "not a key of [names]", '"domain"'
    ),
    Bad("names domain", '[names]\ndomain = "Shop."\n', 2, "names.domain", "a domain name"),
    Bad("names first", '[names]\nfirst = "a.b"\n', 2, "names.first", "one label of a host name"),
    Bad("names port", "[names]\nport = 0\n", 2, "names.port", "from 1 to 65535"),
    Bad(
        "names only",
        '[services]\nweb = 1\n[names]\nonly = ["wbe"]\n',
        *(4, "names.only[0]", '"wbe"', '"web"'),
    ),
    Bad("pool a text", 'pool = "1-2"\n', 1, "pool", "must be a table", "range = "),
    Bad("pool key", "[pool]\nrnage = 1\n", 2, "pool.rnage", "not a key of [pool]", '"range"'),
    Bad("pool a number", "[pool]\nrange = 20000\n", 2, "pool.range", "two ports in quotes"),
    Bad("pool one end", '[pool]\nrange = "20000"\n', 2, "pool.range", "two ports in quotes"),
    Bad("pool backwards", '[pool]\nrange = "30000-20000"\n', 2, "pool.range", "backwards"),
    Bad("pool low", '[pool]\nrange = "80-2000"\n', 2, "pool.range", "not within 1024-65535"),
    Bad("pool high", '[pool]\nrange = "2000-65536"\n', 2, "pool.range", "not within 1024-65535"),
    Bad(
        "pool small",
        '[services.a]\ncount = 4\n[pool]\nrange = "2000-2002"\n',
        2,
        "services.a.count",
        "only 3 ports",
    ),
    Bad("compose a text", 'compose = "a.yaml"\n', 1, "compose", "must be a table", "[compose]"),
    Bad("compose key", '[compose]\nfiles = "a"\n', 2, "compose.files", "not a key", '"file"'),
    Bad("compose file", "[compose]\nfile = 3\n", 2, "compose.file", "not 3"),
    Bad("compose files", '[compose]\nfile = ["a", "/b"]\n', 2, "compose.file[1]", "not relative"),
    Bad("override", '[compose]\noverride = "../x"\n', 2, "compose.override", "out of the checkout"),
    Bad(
        "override own", '[compose]\nfile="a"\noverride="a"\n', 3, "compose.override", "of your own"
    ),
    Bad("override output", '[compose]\noverride = ".env"\n', 2, "compose.override", "an output"),
]
#: Mistakes that no schema can see: they lie between two places, or in what TOML itself allows.
BEYOND = {
    *("empty", "blank", "comments only", "in both", "one port", "two fixed", "ranges"),
    *("one env name", "default names", "suffixes", "env and service", "env and suffix"),
    *(
        "env unknown",
        "env json",
        "env itself",
        "env cycle",
        "env unclosed",
        "env unopened",
        "env {}",
    ),
    *("env .port", "env .5", "env .0", "env var.url", "env newline", "env NUL", "env escape"),
    *(
        "env too long",
        "env value",
        "env in all",
        "PATH",
        "path",
        "LD_PRELOAD",
        "PORTMAN_HOME",
        "service ld-x",
    ),
    *("path git", "path manifest", "path twice", "path case", "only unknown", "quote json"),
    *("pool backwards", "pool low", "pool high", "pool small", "override own", "override output"),
    *("count past the end", "name of two lines", "names only"),
    *("template itself", "template overwritten", "link and service", "link and variable"),
    *("link empty", "link alone", "link position", "link part", "link zero", "link misspelt"),
}


def tree_of(bad: Bad) -> Any:
    """Return the values of a bad manifest; None if it is not TOML."""
    raw = bad.text if isinstance(bad.text, bytes) else bad.text.encode()
    try:
        return tomllib.loads(raw.decode())
    except (ValueError, RecursionError):
        return None


VALIDATOR = Draft7Validator(manifest_schema())
#: jsonschema itself fails to print a number of 5,000 digits.
UNSEEN = ("10 MB", "port huge")


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.id) for bad in BAD])
def test_one_mistake_is_one_problem(bad: Bad) -> None:
    """The parser reports it once, with place, expectation and value; the schema if it can."""
    raw = bad.text if isinstance(bad.text, bytes) else bad.text.encode()
    with pytest.raises(ProblemsError) as caught:
        parse_manifest(raw, None)
    assert caught.value.exit_code == MANIFEST
    assert len(caught.value.problems) == 1, caught.value.problems
    problem = caught.value.problems[0]
    assert (problem.code, problem.line, problem.key) == (bad.code, bad.line, bad.key), problem
    assert problem.file == "ports.toml"
    assert bad.said in problem.message
    assert bad.hint in problem.hint
    assert problem.message.isprintable()
    assert problem.hint.isprintable()
    assert len(problem.message) < 300
    tree = None if bad.id in UNSEEN else tree_of(bad)
    if tree is not None:
        assert VALIDATOR.is_valid(tree) == (bad.id in BEYOND)


def test_every_id_is_its_own() -> None:
    """No case hides another one of the same name, and there are at least 60."""
    assert len({bad.id for bad in BAD}) == len(BAD) >= 60
