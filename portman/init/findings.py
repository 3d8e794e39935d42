"""What `portman init` finds: ports and addresses, their names, and those of env files. Pure."""

from __future__ import annotations

import re

from portman.base.programs import port_number
from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from portman.base.programs import Program

    Kind = Literal["service", "container"]
    #: What a find is: a port that something surely serves; a command without a number of its own,
    #: the number in a program's settings, or in code, which say more about such a command; a hint.
    Role = Literal["sure", "command", "config", "code", "hint"]


class Detected(NamedTuple):
    """One port that a file of the project names.

    `port` None: any will do. `where` is "compose.yaml:12", `what` the rest of the sentence.
    `variable` is the variable that the file takes or sets the port by. `weak` finds only add to
    what others found, or are used where there is no other. `folder` is the package it is in.
    """

    name: str
    port: int | None
    where: str
    what: str
    kind: Kind = "service"
    target: int | None = None
    protocol: str = "tcp"
    compose: str = ""
    variable: str = ""
    size: int = 1
    weak: bool = False
    folder: str = ""
    role: Role = "sure"
    program: Program | None = None
    host: str = ""
    own: bool = False  # the variable is the only one: the project itself names it
    settings: str = ""  # the config file that the command names
    scripted: bool = False  # a script of its package starts it: it works in `folder`

    @property
    def nameless(self) -> bool:
        """Return whether it is a number that a dev container forwards without a label."""
        return self.name == f"port-{self.port}"


class DetectedAddress(NamedTuple):
    """A value with `localhost:PORT` in it: from an example env file, or a default in Compose."""

    variable: str
    value: str
    where: str
    folder: str = ""


Found = Detected | DetectedAddress


def service_name(text: str, default: str = "web") -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    parts = [part for part in plain.split("-") if part]
    name = "-".join(parts).lstrip("0123456789-")[:40].rstrip("-")
    return name or default


_NAMELESS = frozenset(
    (
        *("src", "cmd", "main", "config", "resources", "bin", "internal", "Properties", "lib"),
        *("configuration", "conf"),
        *(
            "java",
            "kotlin",
            "pkg",
            "docker",
            "dev",
            "development",
            "local",
            "source",
            "env",
            "http",
        ),
        "settings",
    )
)


def folder_of(path: str) -> str:
    """Return the folder of the package that a file is in: without src, cmd, config and their kind.

    `cmd/api/main.go` is api's own, `src/index.js` the root's.
    """
    parts = path.split("/")[:-1]
    while parts and parts[-1] in _NAMELESS:
        parts.pop()
    return "/".join(parts)


def folder_name(path: str, default: str = "web") -> str:
    """Name a service after the folder of its package."""
    return service_name(folder_of(path).rpartition("/")[2], default)


def line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


# Variables of an env file: a server's port, a client's, an address.

#: What the name of an example of .env says, or of a file with the values of development.
EXAMPLE_WORDS = (
    *("example", "sample", "template", "dist", "tmpl", "default", "defaults"),
    *("dev", "development", "docker"),
)

#: Local addresses with a port, and those of databases that leave their usual port out.
ADDRESS = re.compile(
    r"(?:\b(\w[\w+.-]*)://)?(?:[^\s/@,;'\"]*@)?"
    r"(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|host\.docker\.internal)(?::(\d{2,5})\b)?"
)
_USUAL = {"postgres": 5432, "postgresql": 5432, "mysql": 3306, "mariadb": 3306, "redis": 6379}
_USUAL |= {"mongodb": 27017, "amqp": 5672, "nats": 4222, "memcached": 11211}
_CLIENTS = frozenset(
    (
        *("SMTP", "MAIL", "MAILER", "EMAIL", "IMAP", "POP3", "DB", "DATABASE", "POSTGRES", "PG"),
        *("POSTGRESQL", "MYSQL", "MARIADB", "SQL", "REDIS", "RABBITMQ", "AMQP", "MONGO", "KAFKA"),
        *("MONGODB", "ELASTICSEARCH", "ELASTIC", "ES", "OPENSEARCH", "MEMCACHED", "LDAP", "NATS"),
        *("MQTT", "MINIO", "S3", "CACHE", "CLICKHOUSE", "CASSANDRA", "STATSD", "SYSLOG", "PROXY"),
        *("CONSUL", "VAULT", "SENTRY", "JAEGER", "OTEL", "TYPESENSE", "MEILISEARCH", "MSSQL"),
        *("VALKEY", "ORACLE", "NEO4J", "QDRANT", "CHROMA", "ETCD", "ZOOKEEPER", "TEMPORAL"),
    )
)


def is_client(variable: str) -> bool:
    """Return whether the name says where a client connects: SMTP_PORT, TEST_DB_PORT."""
    words = variable.split("_")
    return len(words) > 1 and any(word in _CLIENTS for word in words[:-1])


def ports_of(value: str) -> list[tuple[int, int, int]]:
    """Return (begin, end, port) for every local address in a value, where `:PORT` stands.

    Begin and end are equal where the address leaves a database's usual port out.
    """
    found = []
    for match in ADDRESS.finditer(value):
        scheme = (match[1] or "").rpartition(":")[2].partition("+")[0]
        if match[2] and port_number(match[2]):
            found.append((match.start(2) - 1, match.end(2), int(match[2])))
        elif scheme in _USUAL and value[match.end() : match.end() + 1] in ("", "/", "?"):
            found.append((match.end(), match.end(), _USUAL[scheme]))
    return found


#: Variables of a server that examples show as comments: `# SERVER_PORT=8080` is what it is unset.
_SHOWN = re.compile(r"#\s*(?=(?:\w+_)?(?:SERVER|HTTP|APP|LISTEN|API|WEB|ROCKET)_PORT=\d)")


def assignments(text: str) -> Iterator[tuple[int, str, str]]:
    lines = [line.strip().removeprefix("export ") for line in text.splitlines()]
    said = {line.partition("=")[0] for line in lines}
    for number, line in enumerate(lines, 1):
        bare = _SHOWN.sub("", line, count=1) if line[:1] == "#" else line
        name, equals, value = bare.removeprefix("export ").partition("=")
        if bare != line and name in said:
            continue
        if equals and name.isidentifier() and name.isascii():
            yield number, name, value.strip().partition(" #")[0].strip().strip("\"'")


def env_example(text: str, where: str) -> list[Found]:
    """`API_PORT=8000` and `API_URL=http://localhost:8000` of an example env file.

    X_PORT with X_HOST beside it, and the port of a database or mail server, says where a client
    connects: it becomes a value that follows, and never a service.
    """
    rows = list(assignments(text))
    values = {name: value for _, name, value in rows}
    found: list[Found] = []
    folder = where.rpartition("/")[0]
    for number, name, value in rows:
        port = port_number(value)
        place = f"{where}:{number}"
        if port and (name == "PORT" or name.endswith("_PORT")):
            stem = name.removesuffix("PORT").rstrip("_")
            host = next(
                (values[f"{stem}{one}"] for one in _HOSTS if stem and f"{stem}{one}" in values),
                None,
            )
            if host is None and not is_client(name):
                service = service_name(stem, folder_name(where))
                what, own = f"sets {name}", name == "PORT"
                found.append(
                    Detected(
                        *(service, port, place, what), variable=name, weak=True, folder=folder,
                        role="hint", own=own,
                    )
                )  # fmt: skip
            elif host is not None and ADDRESS.fullmatch(host):
                found.append(DetectedAddress(name, f"localhost:{port}", place, folder))
        elif ports_of(value):
            found.append(DetectedAddress(name, value, place, folder))
    return found


#: Code and settings; not documents, examples of env files, locks or data.
_CODE = re.compile(
    r"(?:^|/)(?:GNUm|[Mm])akefile$|(?:^|/)\.?[Jj]ustfile$|(?:^|/)tauri(?:\.\w+)?\.conf\.json$|"
    r"proxy\.conf\.json$|(?:^|/)appsettings[\w.]*\.json$|"
    r"\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|php|ex|exs|cs|properties|ya?ml|toml|sh|svelte|vue)$"
)
_NO_CODE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|e2e|docs?|examples?|fixtures|\.github|node_modules)/|"
    r"\.(?:test|spec|stories)\.|(?:^|/)(?:test_|conftest)|lock|ports\.toml$|\.portman\.|\.override\."
)
#: A line that reads a variable: what else it says is a default.
FALLBACK = re.compile(r"\|\||\?\?|:-|environ|getenv|ENV\b|process\.env|env\(|loadEnv|\$\{")
#: A variable, and its default: `E.API_URL || "..."`, `get("API_URL", "...")`, `API_URL = "..." }`.
_DEFAULT = re.compile(
    r"\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b[\"'\])\s]{0,4}(?:\|\||\?\?|,|=|\bor\b)\s*"
    r"(?:default\s*=\s*)?([\"'`])([^\"'`\n{}$]*)\2"
)


def is_client_code(path: str) -> bool:
    return _CODE.search(path) is not None and _NO_CODE.search(path) is None


def client_defaults(text: str, where: str) -> list[DetectedAddress]:
    """`process.env.API_URL || "http://localhost:8000"`: where code connects, unless it is told."""
    if not is_client_code(where) or ADDRESS.search(text) is None:
        return []
    return [
        DetectedAddress(match[1], match[3], f"{where}:{number}", where.rpartition("/")[0])
        for number, line in enumerate(text.splitlines(), 1)
        if FALLBACK.search(line)
        for match in _DEFAULT.finditer(line)
        if ports_of(match[3])
    ]


_HOSTS = ("_HOST", "_HOSTNAME", "_ADDRESS", "_SERVER", "_ADDR", "_HOSTS")
