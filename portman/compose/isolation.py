"""Names that an engine has once, and what a checkout that is not the first has instead. Pure.

A Compose project name separates what Compose names itself. What a file names (`container_name`,
`name` of a volume, the tag of an image that is built) is the same in every checkout: the second
one replaces it, is refused, or writes into the first one's data.
"""

from __future__ import annotations

import re

from portman.base.record import NamedTuple
from portman.compose.interpolation import UnclearError, interpolate, names_in
from portman.compose.model import Isolation
from portman.compose.override import RESET

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portman.compose.interpolation import Lookup
    from portman.compose.model import Bind, ComposeProject, Merged, NamedResource

#: (kind, name), as in the ledger.
EngineName = tuple[str, str]
#: Folders in a container that hold a database's files, in the images people use.
_DATA = re.compile(
    r"/(var/lib|bitnami|data|db|pgdata|storage|consul|nats|qdrant|meili_data|minio)(/|$)|/data/?$"
)
#: A single file, which is a person's settings unless it is a database.
_FILE = re.compile(r"\.(?!(db3?|mdb|rdb|sqlite|duckdb)$)[a-z0-9]{2,6}$")
#: Folders of the host that every container may read, and that hold no project's data.
_SYSTEM = ("/var/run/", "/run/", "/dev/", "/proc/", "/sys/", "/etc/", "/lib/", "/usr/", "/tmp/.X11")  # noqa: S108

_FOUR = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_BRIDGE = "com.docker.network.bridge.name"


#: The variable by which a Compose file lets a container's name end: `mail${CONTAINER_SUFFIX:-}`.
SUFFIX = "CONTAINER_SUFFIX"


class Rules(NamedTuple):
    """Who asks. `first`: a primary checkout; what no other checkout has stays as it is there.

    `further`: another checkout of this project is there, so what cannot be separate is shared.
    `root` is the checkout's folder: what is below it is its own. `taken` answers with the folder
    of another checkout that has a name, "" if none has; `has` says what was this checkout's
    before. `names` looks variables up, with COMPOSE_PROJECT_NAME as given and no CONTAINER_SUFFIX;
    its second argument is the `env` of what has the text.
    """

    first: bool
    isolate: bool
    share: frozenset[str]
    suffix: str
    project: str
    base: str
    taken: Callable[[str, str, bool], str]
    names: Callable[[str, tuple[str, ...]], Lookup]
    root: str = ""
    further: bool = False
    has: Callable[[str, str], bool] = lambda kind, name: False  # noqa: ARG005


def naming(
    lookups: Callable[[tuple[str, ...]], Lookup], root: str
) -> Callable[[str, tuple[str, ...]], Lookup]:
    """Return how `Rules.names` looks variables up, from how any file does."""

    def names(project: str, env: tuple[str, ...]) -> Lookup:
        plain = lookups(env)
        own = {"COMPOSE_PROJECT_NAME": project, "PWD": root, SUFFIX: ""}
        return lambda key: own[key] if own.get(key) or key == SUFFIX else plain(key)

    return names


def isolate(project: ComposeProject, rules: Rules) -> Isolation:
    work = _Work(project, rules)
    for resource in project.resources:
        work.resource(resource)
    built = work.images()
    containers = work.containers()
    for name, service in project.services.items():
        work.service(name, service, built, containers)
    names = tuple(dict.fromkeys(work.names))
    return Isolation(
        *(work.services, work.resources, names),
        *(tuple(work.own.items()), tuple(work.shared.items()), work.suffix),
    )


class _Work:
    """One reading of a project, and what has been decided so far."""

    def __init__(self, project: ComposeProject, rules: Rules) -> None:
        self.project, self.rules = project, rules
        self.services: dict[str, dict[str, object]] = {}
        self.resources: dict[str, dict[str, dict[str, object]]] = {}
        self.names: list[EngineName] = []
        self.own: dict[str, str] = {}
        self.shared: dict[str, str] = {}
        self.without_subnet: set[str] = set()
        self.suffix = ""

    def moves(self, kind: str, name: str, *keys: str, external: bool = False) -> bool:
        """Return whether this checkout gets another name; if not, record that it has this one."""
        rules = self.rules
        if not rules.isolate or any(f"{kind}:{key}" in rules.share for key in (name, *keys)):
            return False
        mine = f"{name}-{rules.suffix}"
        stays = rules.has(kind, mine)  # what was moved once has its data there
        if rules.first and not stays and not rules.taken(kind, name, external):
            self.names.append((kind, name))
            return False
        self.names.append((kind, mine))
        return True

    def fixed(self, text: str, env: tuple[str, ...]) -> str:
        """Return the name that a text has in every checkout; "" where the project is in it."""
        if not text:
            return ""
        try:
            usual = interpolate(text, self.rules.names(self.rules.base, env))
            here = interpolate(text, self.rules.names(self.rules.project, env))
        except UnclearError:
            return ""
        return here if usual == here or self.rules.first else ""

    def resource(self, one: NamedResource) -> None:
        kind, key = one.kind, one.key
        name = self.fixed(one.name or (key if one.external else ""), one.env)
        change: dict[str, object] = {}
        if name and self.moves(kind, name, key, external=one.external):
            mine = f"{name}-{self.rules.suffix}"
            self.names.append((kind, mine))
            change["name"] = mine
            if one.external:
                change["external"] = False
            empty = ", empty" if kind == "volume" else ""
            self.own[f"{kind}:{key}"] = f"{kind} {mine}{empty}, not {name}"
        change |= self.addresses(one) | self.device(one)
        if one.parent and self.rules.further and self.named("network", one.parent, key):
            words = f"network {key} is on the host's interface {one.parent}"
            self.shared[f"network:{key}"] = (
                f"{words}, and an engine may let only one network have it"
            )
        if change:
            self.resources.setdefault(f"{kind}s", {})[key] = change

    def addresses(self, one: NamedResource) -> dict[str, object]:
        """Take fixed addresses away; IPv6 gets a range of ours: some engines have no pool."""
        change: dict[str, object] = {}
        key = one.key
        subnets = tuple(self._plain(each, one.env) or each for each in one.subnets)
        held = [self.moves("subnet", each, key, f"network:{key}") for each in subnets]
        if any(held):
            change["ipam"] = RESET
            if any(":" in each for each in subnets):
                mark = self.rules.suffix
                subnet = f"fd{mark[:2]}:{mark[2:6]}:0:{_number(key):x}::/64"
                self.names.append(("subnet", subnet))
                change["ipam"] = {"config": [{"subnet": subnet}]}
            self.without_subnet.add(key)
            said = ", ".join(subnets)
            lost = self.unreached(key, subnets)
            self.own[f"subnet:{key}"] = f"network {key} without the addresses {said}{lost}"
        bridge = self.fixed(one.bridge, one.env)
        if bridge and self.moves("network", bridge, key):
            mine = f"{bridge[:8]}-{self.rules.suffix}"  # the kernel allows 15 letters
            self.names.append(("network", mine))
            change["driver_opts"] = {_BRIDGE: mine}
            named = self.own.get(f"network:{key}", f"network {key}")
            self.own[f"network:{key}"] = f"{named}, on the bridge {mine}, not {bridge}"
        return change

    def unreached(self, network: str, subnets: tuple[str, ...]) -> str:
        """Say which services are told an address of a network, which nothing has here."""
        every = self.project.services.items()
        fixed = {
            self._plain(x, one.env)
            for _, one in every
            for n, *own in one.traits.networks
            for x in own
            if n == network
        }
        found = []
        for name, one in every:
            texts = (*one.traits.hosts, *(x or "" for _, x in one.traits.environment))
            told = " ".join(self._plain(text, one.env) for text in texts)
            known = {x for x in fixed if re.search(rf"(?<![\w.]){re.escape(x)}(?![\w.])", told)}
            known.update(x for x in _FOUR.findall(told) if overlap(x, subnets))
            found += [f"{name} is given {', '.join(sorted(known))}"] if known else []
        return f": {' and '.join(found)}, which leads nowhere here" if found else ""

    def device(self, one: NamedResource) -> dict[str, object]:
        source = self.fixed(one.device, one.env)
        if not source or self.inside(source) or not self.moves("folder", source, one.key):
            return {}
        self.own[f"folder:{source}"] = f"volume {one.key}, empty, not the folder {source}"
        return {"driver_opts": RESET}

    def inside(self, path: str) -> bool:
        return bool(self.rules.root) and f"{path}/".startswith(self.rules.root.rstrip("/") + "/")

    def named(self, kind: str, *names: str) -> bool:
        """Return whether what cannot be separate has to be named: nobody said to share it."""
        rules = self.rules
        said = any(f"{kind}:{name}" in rules.share for name in names)
        return rules.further and rules.isolate and not said

    def images(self) -> dict[str, str]:
        built: dict[str, str] = {}
        for service in self.project.services.values():
            traits = service.traits
            for text in (traits.image, *traits.tags) if traits.build else ():
                name = self.fixed(text, service.env)
                if name and "@" not in name and name not in built and self.moves("image", name):
                    head, slash, last = name.rpartition("/")
                    stem, _, tag = last.partition(":")
                    mine = f"{head}{slash}{stem}:{tag or 'latest'}-{self.rules.suffix}"
                    built[name] = mine
                    self.names.append(("image", mine))
                    self.own[f"image:{name}"] = f"image {mine}, not {name}"
        return built

    def containers(self) -> dict[str, str]:
        moved: dict[str, str] = {}
        for service in self.project.services.values():
            text = service.traits.container_name
            name = self.fixed(text, service.env)
            if name and self.moves("container", name):
                mine = f"{name}-{self.rules.suffix}"
                if SUFFIX in text:  # the file itself lets the name move, also for `-f`
                    self.suffix = f"-{self.rules.suffix}"
                else:
                    moved[name] = mine
                self.names.append(("container", mine))
                self.own[f"container:{name}"] = f"container {mine}, not {name}"
        return moved

    def service(
        self, name: str, service: Merged, built: dict[str, str], containers: dict[str, str]
    ) -> None:
        traits, mode = service.traits, service.network_mode
        change: dict[str, object] = {}
        networks: dict[str, dict[str, object]] = {}
        fixed = self.fixed(traits.container_name, service.env)
        if fixed in containers:
            change["container_name"] = containers[fixed]
            if not mode:  # other services may call it by that name
                for network, *_ in traits.networks or (("default",),):
                    networks[network] = {"aliases": [fixed]}
        for network, *addresses in traits.networks:
            for address in addresses if network in self.without_subnet else ():
                plain = self._plain(address, service.env)
                key = "ipv6_address" if ":" in plain else "ipv4_address"
                networks.setdefault(network, {})[key] = RESET
        change |= {"networks": networks} if networks else {}
        if traits.image and (mine := built.get(self._plain(traits.image, service.env))):
            change["image"] = mine
        tags = [(one, self._plain(one, service.env)) for one in traits.tags]
        if any(plain in built for _, plain in tags):
            kept = [built.get(plain, plain if service.env else one) for one, plain in tags]
            change["build"] = {"tags": kept}
        change |= self.leaning(name, service, containers)
        if mode == "host" and self.named("host", name):
            self.shared[f"host:{name}"] = f"{name} uses the host's network, and its ports"
        if traits.proxy and self.named("proxy", name):
            said = f"{traits.proxy} finds {name} by the same host names in every checkout"
            self.shared[f"proxy:{name}"] = f"{said} and may send one's visitors to another"
        volumes = [one for bind in traits.binds for one in self.bind(name, bind, service.env)]
        if volumes:
            change["volumes"] = volumes
        if change:
            self.services[name] = change

    def leaning(
        self, service: str, merged: Merged, containers: Mapping[str, str]
    ) -> dict[str, object]:
        """Lead what names a container to this checkout's one; name those of other projects."""
        change: dict[str, object] = {}
        traits = merged.traits
        single = {"network_mode": merged.network_mode, "pid": traits.pid, "ipc": traits.ipc}
        for key, text in single.items():
            kind, _, other = text.partition(":")
            other = self._plain(other, merged.env)
            if kind == "container" and (mine := self.led(service, other, containers)):
                change[key] = f"container:{mine}"
        links = [self._plain(one, merged.env).partition(":") for one in traits.external_links]
        led = [(one, self.led(service, one[0], containers)) for one in links]
        if any(mine for _, mine in led):
            change["external_links"] = [f"{mine or one[0]}:{one[2] or one[0]}" for one, mine in led]
        sources = []
        moved = False
        for text in traits.volumes_from:
            plain = self._plain(text, merged.env)
            _, prefix, rest = plain.rpartition("container:")
            other, colon, options = rest.partition(":")
            mine = self.led(service, other, containers) if prefix else ""
            moved |= bool(mine)
            sources.append(f"container:{mine}{colon}{options}" if mine else plain or text)
        if moved:
            change["volumes_from"] = sources
        return change

    def led(self, service: str, other: str, containers: Mapping[str, str]) -> str:
        """Return this checkout's container of a name; "" for a stranger's, which is named."""
        if other in containers:
            return containers[other]
        every = self.project.services.values()
        own = {self.fixed(one.traits.container_name, one.env) for one in every}
        if other and other not in own and self.named("container", other):
            self.shared[f"container:{other}"] = f"{service} uses the container {other}"
        return ""

    def _plain(self, text: str, env: tuple[str, ...]) -> str:
        try:
            return interpolate(text, self.rules.names(self.rules.project, env))
        except UnclearError:
            return ""

    def bind(self, service: str, bind: Bind, env: tuple[str, ...]) -> list[str]:
        source = self.fixed(bind.source, env)
        if not source.startswith("/") or bind.read_only or f"{source}/".startswith(_SYSTEM):
            return []
        if re.search(r"/\.[^/]", source) or _FILE.search(source):
            return []  # a person's settings, a single file
        if self.inside(source) or not self.moves("folder", source):
            return []
        key = f"folder:{source}"
        if not _DATA.search(bind.target):
            self.shared[key] = f"{service} writes to {source}"
            return []
        volume = "portman-" + re.sub(r"[^a-z0-9]+", "-", source.lower()).strip("-")
        self.resources.setdefault("volumes", {})[volume] = {}
        self.own[key] = f"volume {volume}, empty, not the folder {source}"
        return [f"{volume}:{bind.target}"]


def overlap(addresses: str, subnets: tuple[str, ...]) -> bool:
    """Return whether an address or a range has addresses of one of the ranges."""
    from ipaddress import ip_network

    try:
        mine, *others = (ip_network(one, strict=False) for one in (addresses, *subnets))
    except ValueError:
        return addresses in subnets
    return any(one.version == mine.version and mine.overlaps(one) for one in others)


def _number(key: str) -> int:
    """Return a number under 65,536 for a network's key, the same at every run."""
    from zlib import crc32

    return crc32(key.encode()) & 0xFFFF


def pinned(
    service: Merged,
    ports: Mapping[str, tuple[str, str]],
    outputs: frozenset[str],
    known: frozenset[str],
    frozen: frozenset[str],
) -> dict[str, str]:
    """Return the `environment` that keeps in a container what is true inside it.

    `ports` are variables of containers: (their port inside, their leased one). A variable reaches a
    container by an env file that is an output of ours, or by `environment`. A port inside
    is meant where the text leads to a service (`known`) of the project, or the variable is in
    `frozen`: it is the number inside of this service's own ports. A variable that this service's
    ports follow on both sides is not in `ports`.
    """
    found: dict[str, str] = {}
    told = dict(service.traits.environment)
    by_file = outputs.intersection(service.traits.env_files)
    for name, (inside, leased) in ports.items():
        if inside == leased:
            continue
        if told.get(name, "") is None or (by_file and name not in told):
            found[name] = inside
    hosts = {key for key, text in told.items() if text in known}
    for key, text in told.items():
        paired = f"{key.removesuffix('PORT')}HOST" in hosts
        fixed = _meant_inside(text or "", ports, known, frozen, paired=paired)
        if fixed != (text or ""):
            found[key] = fixed
    return found


def pinned_lines(
    service: Merged,
    ports: Mapping[str, tuple[str, str]],
    known: frozenset[str],
    frozen: frozenset[str],
    seen: Callable[[str], str],
) -> dict[str, object]:
    """Return what of `command`, `entrypoint` and the health check keeps a port inside likewise.

    `seen` writes a text for the override; a list stays a list.
    """
    found: dict[str, object] = {}
    for key, kind, *texts in service.traits.lines:
        fixed = [_meant_inside(text, ports, known, frozen) for text in texts]
        if fixed != texts:
            words = [seen(text) for text in fixed]
            said = words if kind == "sequence" else words[0]
            found[key] = {"test": said} if key == "healthcheck" else said
    return found


def _meant_inside(
    text: str,
    ports: Mapping[str, tuple[str, str]],
    known: frozenset[str],
    frozen: frozenset[str],
    *,
    paired: bool = False,
) -> str:
    """Return a text with the port inside where it means one; `paired`: a *_HOST names a service."""
    fixed = text
    services = "|".join(map(re.escape, known))
    for name in names_in(text).intersection(ports):
        inside, leased = ports[name]
        variable = rf"(?:\$\{{{name}(?:[:?+-][^{{}}]*)?\}}|\${name}\b)"
        if inside == leased:
            continue
        if name in frozen:
            fixed = re.sub(variable, inside, fixed)
        elif paired and re.fullmatch(variable, text):
            fixed = inside
        else:
            fixed = re.sub(rf"((?:^|[@/,\s])(?:{services})):{variable}", rf"\1:{inside}", fixed)
    return fixed
