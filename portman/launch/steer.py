"""What a command gets so that its program listens on the port of its service. Pure.

From the row of the table: variables of its own, the option for the port, the one that keeps it from
moving on, the address. What the command says already is left, but for the number that the manifest
calls usual.
"""

from __future__ import annotations

import shlex

from portman.base.errors import Problem
from portman.base.programs import asked
from portman.base.record import NamedTuple
from portman.base.values import COMMON_HOSTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.base.programs import AskedPort
    from portman.launch.chain import ProgramChain


class Wanted(NamedTuple):
    """The service that a command is, as far as its program is concerned.

    `others` are (title, port) of services named after it: `web-inspector` of web is inspector.
    """

    name: str
    port: int
    host: str = "127.0.0.1"
    usual: int | None = None
    others: tuple[tuple[str, int], ...] = ()


class Steered(NamedTuple):
    """The command and its environment as they start, and what to say of it."""

    argv: tuple[str, ...]
    env: dict[str, str]
    notes: tuple[Problem, ...] = ()


def steer(
    argv: tuple[str, ...], chain: ProgramChain, wanted: Wanted, env: Mapping[str, str]
) -> Steered:
    """Return the command with what its program lacks.

    `env` is the environment that it starts with; variables of the program that stand there with
    another number are replaced.
    """
    program, one = chain.program, chain.started
    if chain.several:
        return Steered(argv, dict(env), (_several(chain, wanted),))
    if program is None or one is None:
        return Steered(argv, dict(env))
    port = str(wanted.port)
    own = {name: port for name in program.variables if env.get(name) != port}
    said = asked(one)
    if said.variable and said.variable not in env:
        own[said.variable] = port
    before = said
    argv, said = _replaced(argv, chain, said, wanted)
    more = _options(chain, said, wanted)
    if more and not (chain.reached and _takes(chain, said, wanted)):
        return Steered(argv, {**env, **own}, (_unreached(chain, said, wanted, more),))
    more += _beside(chain, wanted) if chain.reached else []
    added = [*chain.between, *more] if more else []
    notes: tuple[Problem, ...] = ()
    put = said.option if said != before else ""
    if more or own or put:
        notes = (_added(chain, wanted, [put, *more] if put else more, own),)
    return Steered((*argv, *added), {**env, **own}, notes)


def _replaced(
    argv: tuple[str, ...], chain: ProgramChain, said: AskedPort, wanted: Wanted
) -> tuple[tuple[str, ...], AskedPort]:
    """Put the leased port in place of the usual one where the command itself names that."""
    if chain.script or said.port is None or said.port == wanted.port:
        return argv, said
    if said.port != wanted.usual or not said.option:
        return argv, said
    option = said.option.split()
    for place in range(len(argv) - len(option) + 1):
        if list(argv[place : place + len(option)]) == option:
            last = option[-1]
            head, _, tail = last.rpartition(str(said.port))
            words = (*option[:-1], f"{head}{wanted.port}{tail}")
            done = (*argv[:place], *words, *argv[place + len(option) :])
            return done, said._replace(port=wanted.port, option=" ".join(words))
    return argv, said


def _takes(chain: ProgramChain, said: AskedPort, wanted: Wanted) -> bool:
    last = chain.program is not None and chain.program.repeat == "last" and bool(chain.script)
    return said.port in (None, wanted.port) or last


def _options(chain: ProgramChain, said: AskedPort, wanted: Wanted) -> list[str]:
    program, one = chain.program, chain.started
    if program is None or one is None:
        return []
    host = f"[{wanted.host}]" if ":" in wanted.host else wanted.host
    strict = program.strict if program.strict.startswith("-") else ""
    widens = "PORT: all" in program.listens
    astray = not _answers(program.listens, wanted.host)
    settled = bool(said.variable) or said.port == wanted.port
    by_variable = bool(program.variables) and said.port is None
    found: list[str] = []
    if program.flag and not settled and (not by_variable or strict or widens):
        found += shlex.split(program.flag.replace("{host}", host).replace("{}", str(wanted.port)))
    if found or settled:
        has = any(word.partition("=")[0] == strict.partition("=")[0] for word in one.rest)
        found += [strict] if strict and not has else []
    in_port = "{host}" in program.flag
    name = program.host.split()[0].partition("=")[0] if program.host else ""
    given = any(word.partition("=")[0] == name for word in one.rest)
    if (astray or widens) and name and not in_port and not given:
        found += shlex.split(program.host.replace("{}", wanted.host))
    return found


def _beside(chain: ProgramChain, wanted: Wanted) -> list[str]:
    """Return the options for ports that the program opens beside its own, which have a service."""
    program, one = chain.program, chain.started
    if program is None or one is None:
        return []
    ports = dict(wanted.others)
    found: list[str] = []
    for other in program.others:
        name = other.option.split()[0].partition("=")[0] if other.option else ""
        given = any(word.partition("=")[0] == name for word in one.rest)
        if name and not given and other.title in ports:
            option = other.option.replace("{host}", wanted.host)
            found += shlex.split(option.replace("{}", str(ports[other.title])))
    return found


def _answers(listens: str, host: str) -> bool:
    """Return whether a program that listens there, unless told, answers for the address."""
    where = listens.partition(";")[0]
    if host in ("127.0.0.1", "::1"):
        return where in ("loopback", "all", host)
    return host == "localhost" or (where == "all" and host in COMMON_HOSTS)


def _several(chain: ProgramChain, wanted: Wanted) -> Problem:
    return Problem(
        "options-unreached",
        f"{wanted.name}: the command starts {' and '.join(chain.several)}; none gets an option",
        f"start each by its own command: portman run --service {wanted.name} -- CMD",
        service=wanted.name,
    )


def _added(chain: ProgramChain, wanted: Wanted, more: list[str], own: Mapping[str, str]) -> Problem:
    what = [" ".join(more)] if more else []
    what += [f"{name}={value}" for name, value in own.items()]
    return Problem(
        "options-added",
        f"{wanted.name}: {_shown(chain)} gets {' '.join(what)}",
        "portman run --no-flags leaves the command unchanged",
        service=wanted.name,
    )


def _unreached(chain: ProgramChain, said: AskedPort, wanted: Wanted, more: list[str]) -> Problem:
    where = f'script "{chain.script}"' if chain.script else "the command"
    shown = _shown(chain)
    if said.port not in (None, wanted.port):
        why = f"{where} starts {shown} on {said.port}, not on {wanted.port}"
    else:
        why = f"{shown} needs {' '.join(more)}, and no option of this command reaches it"
    place = "{" + wanted.name + "}"
    line = " ".join(more).replace(str(wanted.port), place)
    left = f"{said.option} out and " if said.port not in (None, wanted.port) else ""
    hint = f"in {where}: leave {left}start it by: portman run --service {wanted.name} -- {shown}"
    if not left:
        hint = f"in {where}, start it by: portman run --service {wanted.name} -- {shown} {line}"
    return Problem("options-unreached", f"{wanted.name}: {why}", hint, service=wanted.name)


def _shown(chain: ProgramChain) -> str:
    program = chain.program
    return program.words[0] if program else "the command"
