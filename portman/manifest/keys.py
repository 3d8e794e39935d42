"""Every key of ports.toml, in one table.

The parser, the JSON Schema, the spelling hints and the tables of docs/manifest.md are made from
it. A new key is a row here, a field in base/values.py, and the code that uses it.

Plain tuples: every `up` without a receipt loads this module.
"""

from __future__ import annotations

from portman.base.values import FORMATS, PROXIES

TYPE_CHECKING = False

if TYPE_CHECKING:
    #: A word of shapes.READERS and schema.SHAPES, a tuple of choices (the first is the default),
    #: a range of numbers, or bool.
    Shape = str | tuple[str, ...] | range | type[bool]
    #: Key, shape, default (None: none, ...: required), what people call it elsewhere where the
    #: nearest spelling would not find it, and its meaning.
    Row = tuple[str, Shape, object, str, str]

    from portman.base.values import Kind

#: Section of the manifest -> the kind of its entries, in the order of the ledger and of `list`.
KINDS: dict[str, Kind] = {"services": "service", "containers": "container"}
SECTION_OF = {kind: section for section, kind in KINDS.items()}
LAST_PORT = 65535
MOST_SERVICES, MOST_PORTS, MOST_OUTPUTS, MOST_LINKS = 10_000, 1000, 1000, 100
LONGEST_PROJECT, LONGEST_PATH, LONGEST_INSTANCE, LONGEST_DOMAIN = 100, 1024, 64, 100
#: Endings of a template that its output goes without, where `path` is left out.
TEMPLATE_ENDINGS = (".in", ".tmpl", ".template")

SHARED = ("volume", "network", "subnet", "container", "image", "folder", "host", "proxy", "project")
CONFLICTS = ("fail", "reassign")
QUOTES = ("none", "single")
PROTOCOLS = ("tcp", "udp")

TOP: tuple[Row, ...] = (
    (
        *("name", "project", None, "project project_name title"),
        "Project name in lists and messages. Default: the primary checkout's folder name.",
    ),
    (
        *("on_conflict", CONFLICTS, "fail", ""),
        "Default of all services: fail if a stranger has a leased port, or take another.",
    ),
    (
        *("services", "services", None, "ports port apps processes"),
        "Programs that listen on a port, by name; `web = 3000` is `web = { port = 3000 }`.",
    ),
    (
        *("containers", "containers", None, "docker images"),
        "Services in containers: portman chooses the host port, `target` is the one inside.",
    ),
    (
        *("env", "values", None, "environment derived variables vars"),
        (
            "Values made from ports: {web} is a port, {web.url} http://localhost:PORT, "
            "{web.host} the host, {shard.2} the second port, {NAME} another variable, "
            "{web.name} and {web.origin} its host name ([names]), {accounts.api.url} a service of "
            "a project in [links], {checkout.slug} and {compose.project} names of this checkout; "
            "{{ and }} are literal braces."
        ),
    ),
    (
        *("links", "links", None, "link projects siblings depends_on uses"),
        "Other projects whose ports [env] may name: {accounts.api.url}.",
    ),
    (
        *("output", "outputs", None, "files env_files write"),
        'Files that programs read. Default: one, with path ".env".',
    ),
    (
        *("pool", "pool", None, "range port_range"),
        "Where ports come from that are not usual ones.",
    ),
    ("compose", "compose", None, "", "The project's Compose files."),
    (
        *("names", "names", None, "hosts domains hostnames urls proxy"),
        "Host names of the services, for a proxy: `portman names`.",
    ),
)
_SHARED: tuple[Row, ...] = (
    (
        *("port", "port", "auto"),
        "preferred preferred_port usual default number host_port published base",
        'Usual port, which the primary checkout gets if it is free; "auto": any.',
    ),
    (
        *("env", "variables", None, "variable variables environment name"),
        "Variable that carries the port, or several. Default: NAME_PORT.",
    ),
    (
        *("fixed", bool, False, "strict required exact pinned"),
        "The usual port or an error; one checkout at a time can have it.",
    ),
    (
        *("protocol", "protocols", "tcp", "transport network"),
        "Protocols in which the port must be free.",
    ),
    (
        *("count", range(1, MOST_PORTS + 1), 1),
        "replicas instances size ports number_of_ports",
        "How many ports in a row: NAME_PORT, NAME_PORT_2, NAME_PORT_3 ...",
    ),
    (
        *("host", "host", "127.0.0.1", "address bind interface listen ip"),
        'The address the service binds: an IP address or "localhost".',
    ),
    (
        *("on_conflict", CONFLICTS, "fail", ""),
        "If a stranger has the leased port: report it and fail, or take another port.",
    ),
    (
        *("hold", bool, True, "held keep"),
        "false: `run` and `hold` do not hold it, for programs that bind without SO_REUSEADDR.",
    ),
)
SERVICE: tuple[Row, ...] = (
    *_SHARED,
    (
        *("activation", bool, False, "socket socket_activation systemd fd"),
        "`portman run` passes the listening socket (LISTEN_FDS): clients may connect early.",
    ),
    (
        *("dir", "inside", "", "folder cwd working_dir working_directory root directory"),
        (
            "The program's folder, relative to the checkout: whose server it is (one that works "
            "above it is not this service, unless `run` started it), its `run`. "
            "Services in different folders may have the same `env`."
        ),
    ),
    (
        *("env_file", "env-file", None, "envfile dotenv env-file environment_file output"),
        (
            "The program's own env file, relative to `dir`: this service's `env` and all of [env]. "
            "Its `env` is then for this file and for its `run` alone; NAME_PORT stays for the "
            'whole project. Or a table: { path = ".env.local", only = [...], rename = {...} }.'
        ),
    ),
)
_ONLY: Row = (
    *("only", "variable-names", None),
    "keys names vars variables include env services",
    "The variables to write. Default: all.",
)
_RENAME: Row = (
    *("rename", "renames", (), "as alias aliases map names"),
    'Variables under another name in this file: { PORT = "WEB_PORT" } writes PORT, not WEB_PORT.',
)
_QUOTE: Row = (
    *("quote", QUOTES, "none", "quotes quoting style"),
    "dotenv only: put values in single quotes, for those that need it.",
)
CONTAINER: tuple[Row, ...] = (
    (
        *("target", range(1, LAST_PORT + 1), ...),
        "container_port internal internal_port inside",
        "The port inside the container.",
    ),
    *_SHARED,
    (
        *("service", "compose-name", None, ""),
        "Name of the service in the Compose file. Default: the key of this entry.",
    ),
)
OUTPUT: tuple[Row, ...] = (
    (
        *("path", "path", None, "file filename name to target"),
        "The file to write, relative to ports.toml. Required without a template.",
    ),
    ("format", (*FORMATS, *PROXIES), "dotenv", "type kind as", "What the file is for."),
    _ONLY,
    _RENAME,
    _QUOTE,
    (
        *("template", "path", None, "source src from input tmpl"),
        (
            "Text file to fill in: ${WEB_PORT} becomes the variable's value. "
            "Default of path: its name without .in, .tmpl or .template."
        ),
    ),
)
ENV_FILE: tuple[Row, ...] = (
    ("path", "path", ..., "file filename name to target", "The file, relative to `dir`."),
    (*_ONLY[:4], "Which variables beside the service's own. Default: all of [env]."),
    _RENAME,
    _QUOTE,
)
LINK: tuple[Row, ...] = (
    (
        *("path", "folder", ..., ""),
        "Folder of the other project's ports.toml: relative to this one, absolute, or from ~.",
    ),
    ("instance", "instance", "", "", "Which of its instances. Default: the plain one."),
)
POOL: tuple[Row, ...] = (("range", "range", None, "", "First and last port, both included."),)
COMPOSE: tuple[Row, ...] = (
    ("file", "paths", (), "", "Compose file to read, or several, relative to ports.toml."),
    (
        *("override", "path", None, ""),
        "Compose override that portman writes, inside the checkout.",
    ),
    (
        *("share", "shared", (), "shared common keep"),
        (
            "What further checkouts share with the first, as `volume:pgdata`: volume, network, "
            "subnet, container, image, folder, host, proxy or project, and its name or key in "
            "the Compose file."
        ),
    ),
    (
        *("isolate", bool, True, "separate own"),
        "false: further checkouts share everything that a Compose file names.",
    ),
)
NAMES: tuple[Row, ...] = (
    (
        *("domain", "domain", "localhost", "tld suffix zone"),
        "What every name ends in. Browsers take names below `localhost` for this machine.",
    ),
    (
        *("https", bool, False, "tls ssl secure"),
        "The proxy speaks HTTPS, with Caddy's own certificates.",
    ),
    (
        *("port", range(1, LAST_PORT + 1), None, "listen"),
        "Where the proxy listens. Default: a port of this machine, for `portman names --serve`.",
    ),
    (
        *("first", "label", "", "main primary"),
        (
            "Middle of the first checkout's names, which have none otherwise. With one, a cookie "
            "for the whole domain of the first checkout does not reach another."
        ),
    ),
    (
        *("only", "service-names", None, "services include"),
        "The services that get a route. Default: those that may speak HTTP.",
    ),
)
#: Keys whose field in base/values.py has another name.
FIELDS = {"port": "usual", "count": "size", "protocol": "protocols", "service": "compose"}
#: What a table is called in messages -> its keys.
TABLES: dict[str, dict[str, Row]] = {
    name: {row[0]: row for row in rows}
    for name, rows in (
        ("ports.toml", TOP),
        ("a service", SERVICE),
        ("a container", CONTAINER),
        ("an output", OUTPUT),
        ("an env_file", ENV_FILE),
        ("a link", LINK),
        ("[pool]", POOL),
        ("[compose]", COMPOSE),
        ("[names]", NAMES),
    )
}
#: Formats by the names that other tools give them.
FORMAT_WORDS = {
    "dotenv": ".env env env-file",
    "shell": "sh bash zsh posix export",
    "make": "makefile mk gnumake",
    "powershell": "pwsh ps1 ps",
    "github": "gha actions github-actions ci",
}
