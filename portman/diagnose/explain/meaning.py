"""What a port number means: by registration, by custom, by the rules of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.address import reach_of
from portman.diagnose.explain.facts import ExplainFacts, Statement
from portman.ports.pool import (
    AIRPLAY,
    BROWSER_REFUSED,
    BROWSER_REFUSED_SYSTEM,
    DYNAMIC,
    SYSTEM,
    inside,
)

if TYPE_CHECKING:
    from portman.base.address import Reach
    from portman.diagnose.explain.facts import Level
    from portman.ports.pool import Band

# What usually runs on a number in development, whatever IANA registered it for.
#
# From the default settings in each program's own documentation; not exhaustive, and never a claim
# about what is there now.

CUSTOMARY: dict[int, str] = {
    1025: "MailHog and Mailpit (SMTP)",
    1313: "Hugo",
    1420: "Tauri",
    1433: "Microsoft SQL Server",
    1883: "MQTT brokers (Mosquitto)",
    2375: "the Docker engine without TLS: whoever reaches it is root on this machine",
    2376: "the Docker engine with TLS",
    3000: "Node, Next.js, Rails and Grafana",
    3001: "a second Node server",
    3306: "MySQL and MariaDB",
    4000: "Phoenix, Jekyll and GraphQL servers",
    4200: "Angular",
    4222: "NATS",
    4321: "Astro",
    5000: "Flask and container registries; on a Mac, AirPlay",
    5005: "the Java debugger (JDWP)",
    5173: "Vite",
    5432: "PostgreSQL",
    5555: "Android's adb, Celery Flower and Prisma Studio",
    5601: "Kibana",
    5672: "RabbitMQ",
    6006: "Storybook and TensorBoard",
    6379: "Redis and Valkey",
    6443: "the Kubernetes API",
    7000: "Cassandra between its nodes; on a Mac, AirPlay",
    7860: "Gradio",
    8000: "Django, FastAPI/uvicorn and python -m http.server",
    8025: "MailHog and Mailpit (web)",
    8080: "Tomcat, Spring Boot, Jenkins and many a development server",
    8081: "Metro (React Native)",
    8086: "InfluxDB",
    8088: "many a second web server",
    8443: "HTTPS in development",
    8501: "Streamlit",
    8787: "Wrangler (Cloudflare Workers) and RStudio",
    8888: "Jupyter",
    9000: "PHP-FPM, MinIO, SonarQube and Portainer",
    9042: "Cassandra clients",
    9090: "Prometheus",
    9092: "Kafka",
    9200: "Elasticsearch and OpenSearch",
    9229: "the Node debugger",
    9418: "git daemon",
    10000: "Webmin and Azurite",
    11211: "memcached",
    11434: "Ollama",
    15672: "RabbitMQ (web)",
    19006: "Expo (web)",
    24678: "Vite's hot reload in old versions",
    27017: "MongoDB",
    50051: "gRPC examples",
    54321: "the Supabase CLI (API)",
    54322: "the Supabase CLI (database)",
    54323: "the Supabase CLI (Studio)",
}


def customary(port: int) -> str:
    """Return what usually runs on `port` in development, "" where there is no custom."""
    return CUSTOMARY.get(port, "")


def number_findings(facts: ExplainFacts) -> list[Statement]:
    """Return what there is to say about the number, whoever is on it."""
    port = facts.port
    if port is None:
        return [
            _say(
                "no-port",
                "No port is named. A port is the number from 1 to 65535 that says which program "
                "on a machine a connection is for.",
            )
        ]
    if port == 0:
        return [
            _say(
                "port-zero",
                "Port 0 is no port: a program that asks for it gets any free one that the system "
                "chooses.",
            )
        ]
    found = [_range(port), *_registered(facts, port), *_custom(facts, port)]
    return [*found, *_automatic(facts, port), *_special(facts, port), *_pool(facts, port)]


def refused_by_browsers(port: int) -> bool:
    """Return whether browsers will not open the port (WHATWG Fetch, "bad ports")."""
    return port in BROWSER_REFUSED or port in BROWSER_REFUSED_SYSTEM


def _range(port: int) -> Statement:
    if inside(port, SYSTEM):
        return _say(
            "system-port",
            f"{port} is a well-known port (0-1023): these belong to the basic services of the "
            "internet.",
        )
    if inside(port, DYNAMIC):
        return _say(
            "dynamic-port",
            f"{port} is a dynamic port (49152-65535): nobody can register one, programs take them "
            "as they need.",
        )
    return _say(
        "user-port",
        f"{port} is a user port (1024-49151): programs may register one, and anybody may use it.",
    )


def _registered(facts: ExplainFacts, port: int) -> list[Statement]:
    if inside(port, DYNAMIC):
        return []
    if not facts.registrations:
        return [_say("unregistered", "IANA has no service registered for it.")]
    first, *others = facts.registrations
    about = f" ({first.description})" if first.description else ""
    also = f"; also {', '.join(other.name for other in others)}" if others else ""
    return [
        _say(
            "registered",
            f"IANA's registry and Debian's list of services know it as {first.name}{about}{also}. "
            "That is a custom, not a lock: anything may run there.",
        )
    ]


def _custom(facts: ExplainFacts, port: int) -> list[Statement]:
    custom = customary(port)
    told = " ".join(f"{one.name} {one.description}" for one in facts.registrations[:1])
    if not custom or custom.lower() in told.lower():
        return []
    return [_say("customary", f"In development it is mostly used by {custom}.")]


def _automatic(facts: ExplainFacts, port: int) -> list[Statement]:
    first, last = facts.automatic
    band = f"{first}-{last}"
    kernel = _kernel(facts.system)
    if not inside(port, facts.automatic):
        text = (
            f"It lies outside this machine's automatic range ({band}), from which {kernel} takes "
            "numbers for outgoing connections: whoever uses it chose it."
        )
        if inside(port, DYNAMIC) and facts.system == "linux":
            text += (
                " On macOS and Windows, whose automatic range is 49152-65535, it would be an "
                "ordinary number of an outgoing connection."
            )
        return [_say("not-automatic", text)]
    if any(inside(port, band) for band in facts.reserved):
        return [
            _say(
                "reserved-port",
                f"It lies inside this machine's automatic range ({band}) and is set aside by "
                "ip_local_reserved_ports: it is given to no outgoing connection.",
            )
        ]
    return [
        _say(
            "automatic",
            f"It lies inside this machine's automatic range ({band}): {kernel} gives such numbers "
            "to outgoing connections by itself and takes them back when they end. In a log it is "
            "mostly the near end of a connection, and means nothing afterwards.",
        )
    ]


def _kernel(system: str) -> str:
    return {"darwin": "macOS", "win32": "Windows"}.get(system, "the kernel")


def _special(facts: ExplainFacts, port: int) -> list[Statement]:
    found = []
    if port < facts.unprivileged and facts.system != "win32":
        found.append(
            _say(
                "privileged",
                f"Only root may listen on ports below {facts.unprivileged} here.",
            )
        )
    if refused_by_browsers(port):
        found.append(
            _say(
                "browser-refused",
                "Browsers refuse to open it, whatever is there (ERR_UNSAFE_PORT; the list is in "
                "the Fetch standard).",
                level="warn",
            )
        )
    if port in AIRPLAY:
        mac = facts.system == "darwin"
        text = "macOS takes it for AirPlay Receiver" + ("." if mac else ", so avoid it in a team.")
        found.append(_say("airplay", text, level="warn" if mac else "plain"))
    if any(inside(port, band) for band in facts.excluded):
        found.append(
            _say("excluded", "The system keeps it back: nobody may bind it.", level="warn")
        )
    return found


def _pool(facts: ExplainFacts, port: int) -> list[Statement]:
    for band in facts.pool.bands[:1]:
        if inside(port, band):
            return [
                _say(
                    "in-pool",
                    f"It lies in portman's pool here ({_band(band)}), from which checkouts get "
                    "their ports.",
                )
            ]
    return []


def _band(band: Band) -> str:
    return f"{band[0]}-{band[1]}"


def _say(code: str, text: str, *, level: Level = "plain") -> Statement:
    return Statement("number", code, text, level=level)


# What the host of an address means, and who can reach it.

_PLAIN: dict[Reach, str] = {
    "private": "is a private address (RFC 1918, RFC 4193): machines of the same network can reach "
    "it, the internet cannot",
    "link-local": "is a link-local address: only machines on the same cable or wireless network "
    "can reach it, and for IPv6 one has to say through which interface (%eth0)",
    "shared": "is a shared address (RFC 6598): networks of providers use it, and VPNs such as "
    "Tailscale; machines of that network can reach it",
    "multicast": "is a multicast group, not one machine: what is sent there reaches all members",
    "reserved": "is set aside for documentation or special use: nobody should answer there",
    "public": "is a public address: every machine on the internet can send to it, and gets through "
    "unless a firewall or router refuses",
}


def address_findings(facts: ExplainFacts) -> list[Statement]:
    """Return what there is to say about the host; nothing where only a port was named."""
    host = facts.address.host
    if not host:
        return []
    reach = reach_of(host)
    found = []
    if facts.address.mapped:
        found.append(
            _say_address(
                "mapped",
                f"{facts.address.mapped} is the IPv4 address {host}, written as an IPv6 one: so "
                "programs with one socket for both kinds show IPv4 connections.",
            )
        )
    if reach == "loopback":
        found += _loopback(facts, host)
    elif reach == "wildcard":
        found.append(_wildcard(host))
    elif reach == "name":
        found.append(_name(facts, host))
    else:
        found.append(_say_address(reach, f"{host} {_PLAIN[reach]}."))
    return [*found, *_whose(facts, host, reach)]


def _loopback(facts: ExplainFacts, host: str) -> list[Statement]:
    spelled = {"127.0.0.1": "the IPv4 loopback address", "::1": "the IPv6 loopback address"}
    if ":" not in host and not host[0].isdigit():
        order = " first, then ".join(facts.addresses) or "nothing"
        meaning = f"{host} is the name of this machine for itself. Here it means {order}."
    elif host in spelled:
        meaning = f"{host} is {spelled[host]}: this machine talking to itself."
    else:
        meaning = f"{host} is loopback, as all of 127.0.0.0/8: this machine talking to itself."
    return [
        _say_address("loopback", f"{meaning} No other machine can reach it."),
        _say_address(
            "loopback-inside",
            "Inside a container or virtual machine the same address is that container or machine, "
            "not this one.",
        ),
    ]


def _wildcard(host: str) -> Statement:
    both = "every IPv6 address, and normally every IPv4 address too," if host == "::" else ""
    every = both or "every IPv4 address"
    return _say_address(
        "wildcard",
        f"{host} stands for {every} of this machine. A server that listens on it takes connections "
        "from whoever can reach any of them; it is no address to connect to.",
    )


def _name(facts: ExplainFacts, host: str) -> Statement:
    if facts.addresses:
        return _say_address(
            "name", f"{host} means {', '.join(facts.addresses)}, says the hosts file."
        )
    return _say_address(
        "name",
        f"{host} is the name of a machine. Portman asks no name server what it means.",
        f"getent ahosts {host}",
    )


def _whose(facts: ExplainFacts, host: str, reach: Reach) -> list[Statement]:
    if reach in ("loopback", "wildcard", "name", "multicast") or facts.own is None:
        return []
    if facts.own:
        return [_say_address("own-address", f"{host} belongs to this machine.")]
    return [
        _say_address(
            "foreign-address",
            f"{host} is no address of this machine: what is there can be seen only from there. "
            "What this machine's own programs have to do with it is told below.",
        )
    ]


def _say_address(code: str, text: str, following: str = "") -> Statement:
    return Statement("address", code, text, following)
