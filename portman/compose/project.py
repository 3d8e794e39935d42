"""The Compose project of a checkout: found, read, and what it needs from us.

What Compose needs is an override where its files publish fixed numbers, and two variables in the
.env that it reads: COMPOSE_PROJECT_NAME in every checkout but the primary one, and COMPOSE_FILE
where Compose would not find the override by itself. All of it follows from files and variables
that are named as evidence; no engine and no program is asked.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import Problem
from portman.compose.places import (
    FILES,
    OTHER_OVERRIDE,
    OVERRIDES,
    OWN_OVERRIDE,
    env_outside,
    env_places,
    find_files,
    own_overrides,
    path_of,
)
from portman.containers.endpoint import scope_evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portman.base.values import Lease, Output, Service
    from portman.compose.model import ComposeProject
    from portman.compose.override import Decided, Lookups
    from portman.compose.places import ComposeFiles
    from portman.ports.workspace import Workspace

# What is amiss between ports.toml and the Compose files: the sentences.


def shown(text: str, root: str) -> str:
    """Return a text with the paths in it relative to the checkout."""
    return text.replace(root.rstrip(os.sep) + os.sep, "")


def unclear(service: Service, name: str, fault: str) -> Problem:
    """Say why the ports of a service are left as they are, and how to write them instead."""
    variable = service.env[0] if service.env else "PORT"
    plain = f"${{{variable}:-{service.usual or service.target}}}:{service.target}"
    return Problem(
        "compose-unclear",
        f"{service.name}: the ports of the Compose service {name} were left as they are: {fault}",
        f'write them plainly, as in "{plain}"',
        service=service.name,
    )


def no_service(service: Service, name: str, file: str, known: list[str]) -> Problem:
    """Say that the Compose file has no such service, with the nearest one there is."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return Problem(
        "compose-unclear",
        f"{service.name}: {file} has no service {name!r}",
        f"did you mean {near[0]}?" if near else f"it has: {', '.join(known) or 'none'}",
        service=service.name,
    )


def no_carrier(folder: str) -> Problem:
    """Say that no output is a file that Compose reads."""
    where = f"{folder}/.env" if folder else ".env"
    return Problem(
        "compose-unread",
        f"no output is {where}, which Compose reads; the project's name went into the override",
        f'add [[output]] with path = "{where}" to ports.toml',
    )


VARIABLES = (
    *("COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES"),
    *("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"),
)


class ComposePlan(NamedTuple):
    """What Compose needs for one set of leases.

    `override` is (path, text), None if none is needed; `stale` are other overrides of ours to
    take away; `variables` go into the outputs at `carriers`.
    """

    override: tuple[str, str] | None = None
    stale: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    carriers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    services: tuple[str, ...] = ()


def needs(workspace: Workspace, leases: Mapping[str, Lease], *, primary: bool) -> ComposePlan:
    """Say what Compose needs for these leases. A manifest without containers needs nothing."""
    containers = [one for one in workspace.manifest.services if one.kind == "container"]
    if not containers:
        named = workspace.manifest.compose_files[:1]
        return ComposePlan(
            stale=own_overrides(workspace, os.path.dirname(named[0]) if named else "")
        )
    found = find_files(workspace)
    evidence = (*(f"${name}" for name in VARIABLES), *scope_evidence(workspace.manifest))
    stale = own_overrides(workspace, found.folder)
    if not found.files:
        return ComposePlan(stale=stale, evidence=(*evidence, *found.looked_at))
    return _Reading(workspace, found, containers, primary=primary).needs(leases, stale)


class _Reading:
    """One project read, with the containers of the manifest that may be services of it."""

    def __init__(
        self, workspace: Workspace, found: ComposeFiles, containers: list[Service], *, primary: bool
    ) -> None:
        self.workspace, self.found = workspace, found
        self.primary = primary and not workspace.checkout.instance
        self.project = _read(workspace, found)
        self.wanted: dict[str, list[Service]] = {}
        for service in containers:
            self.wanted.setdefault(service.compose or service.name, []).append(service)
        self.outside = {
            **env_outside(workspace, path_of(workspace, "", ".env")),
            **(
                env_outside(workspace, path_of(workspace, found.folder, ".env"))
                if found.folder
                else {}
            ),
        }
        self.carriers = self._carriers()
        self.included: dict[str, dict[str, str]] = {}
        self.looked_up: set[str] = set()

    def needs(self, leases: Mapping[str, Lease], stale: tuple[str, ...]) -> ComposePlan:
        """Decide every service; then what Compose has to be told."""
        warnings = list(self._faults())
        ports: dict[str, tuple[object, ...]] = {}
        known = [name for name in self.wanted if name in self.project.services]
        for name in known:
            decided = self._decide(name, leases)
            if decided.fault:
                warnings.append(unclear(self.wanted[name][0], name, decided.fault))
            elif decided.ports is not None:
                ports[name] = decided.ports
        name = self._name() if known else ""
        if name and not self.carriers:
            override = self._override(ports, name)
            warnings.append(no_carrier(self.found.folder))
        else:
            override = self._override(ports, "")
        variables = self._variables(name, override)
        warnings += self._shadowed(variables)
        return ComposePlan(
            override,
            tuple(one for one in stale if override is None or one != override[0]),
            variables,
            self.carriers,
            self._evidence(),
            tuple(warnings),
            tuple(known),
        )

    def _decide(self, name: str, leases: Mapping[str, Lease]) -> Decided:
        from portman.compose.override import Decided, PortRequest, decide

        wishes = [
            PortRequest(one, leases[one.name]) for one in self.wanted[name] if one.name in leases
        ]
        if not wishes:
            return Decided()
        return decide(self.project.services[name], wishes, self._lookups(leases))

    def _lookups(self, leases: Mapping[str, Lease]) -> Callable[[tuple[str, ...]], Lookups]:
        from portman.compose.override import Lookups, shifted
        from portman.outputs.write import variables

        now = dict(variables(self.workspace, leases))
        moved = {name: one._replace(port=shifted(one.port)) for name, one in leases.items()}
        later = dict(variables(self.workspace, moved))
        visible = self._visible(now)

        def lookups(env: tuple[str, ...]) -> Lookups:
            def find(values: Mapping[str, str]) -> Callable[[str], str | None]:
                def value(name: str) -> str | None:
                    if name in visible:
                        return values.get(name)
                    self.looked_up.add(name)
                    if name in os.environ:
                        return os.environ[name]
                    if name in self.outside:
                        return self.outside[name]
                    return next((v[name] for v in map(self._env_file, env) if name in v), None)

                return value

            return Lookups(find(now), find(later))

        return lookups

    def _env_file(self, path: str) -> Mapping[str, str]:
        from portman.base.small_file import read
        from portman.compose.interpolation import read_env_text

        if path not in self.included:
            self.included[path] = read_env_text(read(path, 1 << 20) or "")
        return self.included[path]

    def _visible(self, values: Mapping[str, str]) -> set[str]:
        """Return which of our variables stand in a file that Compose reads."""
        seen: set[str] = set()
        for output in self._outputs():
            seen |= set(values) if output.only is None else set(output.only)
        return seen

    def _outputs(self) -> list[Output]:
        from portman.outputs.write import placed

        return [one for one in placed(self.workspace) if one.path in self.carriers]

    def _carriers(self) -> tuple[str, ...]:
        """Return the outputs that Compose reads: .env of the checkout, and of the project."""
        from portman.outputs.write import placed

        places = {
            path_of(self.workspace, "", ".env"),
            path_of(self.workspace, self.found.folder, ".env"),
        }
        return tuple(
            one.path
            for one in placed(self.workspace)
            if one.format == "dotenv" and one.path in places
        )

    def _override(
        self, ports: Mapping[str, tuple[object, ...]], name: str
    ) -> tuple[str, str] | None:
        from portman.compose.override import render

        if not ports and not name:
            return None
        if self.workspace.manifest.compose_override:
            path = path_of(self.workspace, "", self.workspace.manifest.compose_override)
        elif self._finds_itself():
            path = path_of(self.workspace, self.found.folder, OWN_OVERRIDE)
        else:
            path = path_of(self.workspace, self.found.folder, OTHER_OVERRIDE)
        return path, render(ports, name)

    def _finds_itself(self) -> bool:
        """Return whether Compose would load compose.override.yaml of its own accord."""
        return (
            self.found.plain and len(self.found.files) == 1 and not self.workspace.checkout.instance
        )

    def _variables(
        self, name: str, override: tuple[str, str] | None
    ) -> tuple[tuple[str, str], ...]:
        variables = [("COMPOSE_PROJECT_NAME", name)] if name else []
        found_unasked = (
            override is not None
            and self._finds_itself()
            and os.path.basename(override[0]) == OWN_OVERRIDE
            and os.path.dirname(override[0]) == self.found.folder
        )
        if self.found.folder or (override is not None and not found_unasked):
            files = (*self.found.files, *((override[0],) if override else ()))
            variables += self._file_list(files)
        return tuple(variables)

    def _file_list(self, files: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return COMPOSE_FILE: whole paths, so that it holds in every folder below too.

        Where they have no place in an env file (a space, say) they are relative, and Compose has
        to be started in the checkout itself.
        """
        from portman.outputs.formats import is_plain

        whole = os.pathsep.join(os.path.join(self.workspace.checkout.path, one) for one in files)
        if is_plain(whole):
            return [("COMPOSE_FILE", whole)]
        if os.pathsep == ":":
            return [("COMPOSE_FILE", ":".join(files))]
        return [("COMPOSE_PATH_SEPARATOR", ","), ("COMPOSE_FILE", ",".join(files))]

    def _name(self) -> str:
        """Return the project name of this checkout; "" for the primary one, which keeps its own."""
        if self.primary:
            return ""
        from hashlib import sha256

        from portman.checkout.ownership import checkout_token
        from portman.compose.model import own_name

        checkout = self.workspace.checkout
        token = checkout_token(checkout.path, checkout.instance)
        digest = sha256(os.fsencode(token)).hexdigest()[:6]
        base = self.outside.get("COMPOSE_PROJECT_NAME") or self._static_name() or checkout.project
        return own_name(base, checkout.path, checkout.instance, digest)

    def _static_name(self) -> str:
        from portman.compose.interpolation import UnclearError, interpolate

        try:
            return interpolate(self.project.name, self.outside.get)
        except UnclearError:
            return ""

    def _faults(self) -> list[Problem]:
        """Name what could not be read, and services that are not there."""
        root = self.workspace.checkout.path
        problems = [
            Problem(
                "compose-unclear",
                shown(fault, root),
                "docker compose config says what Compose makes of it",
            )
            for fault in self.project.faults
        ]
        for name, services in self.wanted.items():
            if name not in self.project.services and name != services[0].name:
                problems.append(
                    no_service(
                        services[0], name, self.found.files[0], sorted(self.project.services)
                    )
                )
        return problems

    def _shadowed(self, variables: tuple[tuple[str, str], ...]) -> list[Problem]:
        """Say which variables of the shell Compose would prefer to ours."""
        return [
            Problem(
                "compose-shadowed",
                f"{name} is set in this shell, and Compose prefers it to the one portman writes",
                f"unset {name}",
                key=name,
            )
            for name, value in variables
            if os.environ.get(name, value) != value
        ]

    def _evidence(self) -> tuple[str, ...]:
        root = self.workspace.checkout.path
        return tuple(
            dict.fromkeys(
                (
                    *(f"${name}" for name in (*VARIABLES, *sorted(self.looked_up))),
                    *scope_evidence(self.workspace.manifest),
                    *self.found.looked_at,
                    *(os.path.join(root, one) for one in self.project.files),
                    *(os.path.join(root, self.found.folder, one) for one in (*FILES, *OVERRIDES)),
                    *(os.path.join(root, one) for one in env_places(self.workspace, self.found)),
                    *self.included,
                )
            )
        )


def _read(workspace: Workspace, found: ComposeFiles) -> ComposeProject:
    from portman.compose.model import Paths, read_project
    from portman.compose.reader import load

    root = workspace.checkout.path

    def join(folder: str, name: str) -> str:
        return os.path.normpath(os.path.join(folder, name))

    whole = tuple(os.path.join(root, one) for one in found.files)
    return read_project(whole, Paths(join, os.path.dirname, load))
