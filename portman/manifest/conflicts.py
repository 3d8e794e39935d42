"""Conflicts between entries of the manifest: two of them want one name or one port."""

from __future__ import annotations

from portman.manifest.document import Fault, dotted, shown
from portman.manifest.keys import SECTION_OF
from portman.manifest.names import LONGEST_VARIABLE, variable_flaw

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portman.base.values import Service, Transport
    from portman.manifest.locate import KeyPath

    Tree = Mapping[str, object]
    Claimed = dict[str, KeyPath]

#: All usable ports; and more variables than any environment holds (a bound on memory).
MOST_PORTS, MOST_VARIABLES = 65535, 100_000


def check_services(
    tree: Tree, services: Sequence[Service], pool: tuple[int, int] | None, faults: list[Fault]
) -> Claimed:
    """Compare all services with each other; return every variable with the key of its owner."""
    _check_twins(services, faults)
    _check_sizes(services, pool, faults)
    _check_usual_ports(services, faults)
    return _claim_variables(tree, services, faults)


def path_of(service: Service) -> tuple[str, str]:
    return (SECTION_OF[service.kind], service.name)


def check_name(name: str, path: KeyPath, faults: list[Fault], *, default: bool = False) -> bool:
    """Accept the name of a variable, or add a fault at `path`.

    `default`: portman made the name, so the hint shows how to set another.
    """
    flaw = variable_flaw(name)
    if flaw is None:
        return True
    spelled = f"is {shown(name)}, "
    if default:
        spelled = f"makes the variable {shown(name)}, "
    elif path == ("env", name):
        spelled = "is "
    if flaw == "refused":
        said = f"{spelled}a refused name: it changes how programs load or find things"
        hint = 'choose another with env = "..."' if default else "choose another name"
    elif flaw == "length":
        said, hint = f"{spelled}a name longer than {LONGEST_VARIABLE} characters", "shorten it"
    else:
        said = f"{spelled}not a variable name: expected letters, digits and _, no digit first"
        plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
        hint = f'did you mean "{plain}"?' if plain and variable_flaw(plain) is None else ""
    faults.append(Fault(path, said, hint))
    return False


def _check_twins(services: Sequence[Service], faults: list[Fault]) -> None:
    seen: dict[str, Service] = {}
    for service in services:
        other = seen.setdefault(service.name, service)
        if other is not service:
            said = f"has the name of {dotted(path_of(other))}; each name has one lease"
            hint = f"to change the other one, write it under [{SECTION_OF[other.kind]}]"
            faults.append(Fault(path_of(service), said, hint))


def _check_sizes(
    services: Sequence[Service], pool: tuple[int, int] | None, faults: list[Fault]
) -> None:
    most = pool[1] - pool[0] + 1 if pool else MOST_PORTS
    for service in services:
        if service.size > most and pool is not None:
            said = f"is {service.size}, but pool.range has only {most} ports"
            faults.append(Fault((*path_of(service), "count"), said))
    total = sum(service.size for service in services)
    if total > MOST_PORTS:
        said = f"want {total:,} ports in all; a machine has {MOST_PORTS:,}"
        faults.append(Fault(("services",), said))


def _check_usual_ports(services: Sequence[Service], faults: list[Fault]) -> None:
    """Refuse two services that can never both have the port they are usually on."""
    wanted = [(place, one, one.usual) for place, one in enumerate(services) if one.usual]
    reported: set[tuple[int, int]] = set()
    protocols: tuple[Transport, ...] = ("tcp", "udp")
    for protocol in protocols:
        reach, holder = 0, -1  # the highest port so far, and the place of the service it is of
        before = -1
        rows = ((port, place, one) for place, one, port in wanted if protocol in one.protocols)
        for port, place, one in sorted(rows, key=lambda row: row[:2]):
            rivals = {holder, before} if before >= 0 else set()
            for other in sorted(rivals):
                pair = (min(place, other), max(place, other))
                if pair not in reported and _last(services[other]) >= port:
                    reported.add(pair)
                    faults.append(_same_port(services[pair[0]], services[pair[1]], protocol))
            before = place
            if _last(one) > reach:
                reach, holder = _last(one), place


def _same_port(first: Service, second: Service, protocol: Transport) -> Fault:
    hint = 'give one of them another port, or port = "auto"'
    said = f"wants {_ports(second)} ({protocol}), and so does {dotted(path_of(first))}"
    if _ports(first) != _ports(second):
        said = (
            f"wants {_ports(second)} ({protocol}); {dotted(path_of(first))} wants {_ports(first)}"
        )
    return Fault((*path_of(second), "port"), said, hint)


def _ports(service: Service) -> str:
    return f"{service.usual}" if service.size == 1 else f"{service.usual}-{_last(service)}"


def _last(service: Service) -> int:
    return (service.usual or 0) + service.size - 1


def _claim_variables(tree: Tree, services: Sequence[Service], faults: list[Fault]) -> Claimed:
    total = sum(service.size * len(service.env + service.own) for service in services)
    if total > MOST_VARIABLES:
        said = f"make {total:,} variables; at most {MOST_VARIABLES:,} are made"
        faults.append(Fault(("services",), said))
        return {}
    claimed: Claimed = {}
    seen: set[str] = set()
    for service in services:
        has_env = _has_env(tree, service)
        twin = service.name in seen
        seen.add(service.name)
        for place, name in enumerate(service.env):
            flaw = variable_flaw(name)
            default = not has_env or (bool(service.own) and name not in service.own)
            if default and (twin or flaw == "shape"):
                continue  # another name of the service gives another variable too
            if flaw is None and service.size == 1 and name not in claimed:
                claimed[name] = path_of(service)
                continue
            path = path_of(service) if default else _env_path(tree, service, place)
            if check_name(name, path, faults, default=default):
                _claim(service, place, path, claimed, faults)
    return claimed


def _claim(
    service: Service, place: int, path: KeyPath, claimed: Claimed, faults: list[Fault]
) -> None:
    """Claim one name and its _2, _3 ... for a service; report the first that is taken."""
    name, own = service.env[place], path_of(service)
    if name in service.env[:place]:
        faults.append(Fault(path, f"is {shown(name)} for a second time", "delete one of them"))
        return
    for number in range(service.size):
        variable = name if number == 0 else f"{name}_{number + 1}"
        taken = claimed.get(variable)
        if taken is not None:
            said = f"sets {shown(variable)}, which {dotted(taken)} sets already"
            faults.append(Fault(path, said, _ENV_HINT))
            return
        claimed[variable] = own


_ENV_HINT = 'give one of them another name with env = "..."'


def _env_path(tree: Tree, service: Service, place: int) -> KeyPath:
    env = tree[SECTION_OF[service.kind]][service.name]["env"]  # type: ignore[index]
    if not isinstance(env, list):
        return (*path_of(service), "env")
    return (*path_of(service), "env", env.index(service.env[place]) if service.own else place)


def _has_env(tree: Tree, service: Service) -> bool:
    section = tree[SECTION_OF[service.kind]]
    entry = section.get(service.name) if isinstance(section, dict) else None
    return isinstance(entry, dict) and "env" in entry
