"""The Compose project of a checkout: found, read, and what it needs from us.

What Compose needs is an override where its files publish fixed numbers, and two variables in the
.env that it reads: COMPOSE_PROJECT_NAME in every checkout except the primary one, and COMPOSE_FILE
where Compose would not find the override unasked. All of it follows from files and variables
that are named as evidence; no engine and no program is asked.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from portman.base.errors import Problem
from portman.base.small_file import read
from portman.checkout.ownership import checkout_token
from portman.compose.interpolation import UnclearError, interpolate, read_env_text
from portman.compose.model import ComposePlan, Paths, normal_name, own_name, read_project
from portman.compose.override import Decided, Lookups, PortRequest, decide, render, shifted
from portman.compose.reader import (
    FILES,
    OTHER_OVERRIDE,
    OVERRIDES,
    OWN_OVERRIDE,
    env_outside,
    find_files,
    load,
    own_overrides,
    within,
)
from portman.outputs.formats import is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portman.allocation.workspace import Workspace
    from portman.base.values import Lease, Output, Service
    from portman.compose.model import ComposeProject
    from portman.compose.reader import ComposeFiles

_VARIABLES = (
    *("COMPOSE_FILE", "COMPOSE_PATH_SEPARATOR", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES"),
    *("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"),
)
_EVIDENCE = tuple(f"${name}" for name in _VARIABLES)


def plan_compose(
    workspace: Workspace,
    leases: Mapping[str, Lease],
    values: list[tuple[str, str]],
    *,
    primary: bool,
) -> ComposePlan:
    """Say what Compose needs for these leases; `values` are the manifest's variables for them.

    A manifest without containers needs nothing.
    """
    if not workspace.containers:
        named = workspace.manifest.compose_files[:1]
        folder = os.path.dirname(named[0]) if named else ""
        return ComposePlan(stale=own_overrides(workspace, folder))
    found = find_files(workspace)
    if not found.files:
        evidence = (*_EVIDENCE, *found.looked_at)
        return ComposePlan(stale=own_overrides(workspace, found.folder), evidence=evidence)
    return _Planning(workspace, found, leases, values, primary=primary).plan()


def project_of(workspace: Workspace) -> str:
    """Return the project name that Compose takes in this checkout, told by portman or not."""
    primary = workspace.checkout.primary
    if primary is None:
        checkout = workspace.checkout
        record = workspace.ledger.record(checkout.path, checkout.instance)
        primary = record is not None and record.primary
    found = find_files(workspace)
    planning = _Planning(workspace, found, {}, [], primary=primary)
    folder = os.path.normpath(os.path.join(workspace.checkout.path, found.folder))
    return planning.project_name() or normal_name(
        planning.outside.get("COMPOSE_PROJECT_NAME")
        or planning._static_name()
        or os.path.basename(folder)
    )


class _Planning:
    """One project read, with the containers of the manifest that may be services of it."""

    def __init__(
        self,
        workspace: Workspace,
        found: ComposeFiles,
        leases: Mapping[str, Lease],
        values: list[tuple[str, str]],
        *,
        primary: bool,
    ) -> None:
        self.workspace, self.checkout, self.found = workspace, workspace.checkout, found
        self.leases, self.values = leases, dict(values)
        self.primary = primary and not self.checkout.instance
        self.project = _read(self.checkout.path, found)
        self.wanted: dict[str, list[Service]] = {}
        for service in workspace.containers:
            self.wanted.setdefault(service.compose or service.name, []).append(service)
        self.env_paths = dict.fromkeys(
            self.checkout.own_path(within(folder, ".env")) for folder in ("", found.folder)
        )
        self.outside: dict[str, str] = {}
        for path in self.env_paths:
            self.outside.update(env_outside(workspace, path))
        self.env_outputs: list[Output] = [
            one
            for one in workspace.outputs
            if one.format == "dotenv" and one.path in self.env_paths
        ]
        self.included: dict[str, dict[str, str]] = {}
        self.looked_up: set[str] = set()

    def plan(self) -> ComposePlan:
        """Decide every service; then what Compose needs besides."""
        warnings = self._faults()
        ports: dict[str, tuple[object, ...]] = {}
        known = [name for name in self.wanted if name in self.project.services]
        for service in known:
            decided = self._decide(service)
            if decided.fault:
                warnings.append(_unclear(self.wanted[service][0], service, decided.fault))
            elif decided.ports is not None:
                ports[service] = decided.ports
        name = self.project_name() if known else ""
        unread = bool(name) and not self.env_outputs
        if unread:
            warnings.append(_no_env_output(self.found.folder))
        override = self._override(ports, name if unread else "")
        variables = self._variables(name, override)
        stale = own_overrides(self.workspace, self.found.folder)
        return ComposePlan(
            override,
            tuple(one for one in stale if override is None or one != override[0]),
            variables,
            tuple(one.path for one in self.env_outputs),
            self._evidence(),
            (*warnings, *_shadowed(variables)),
            tuple(known),
        )

    def project_name(self) -> str:
        """Return the project name of this checkout; "" for the primary one, which keeps its own."""
        if self.primary:
            return ""
        from hashlib import sha256

        path, instance = self.checkout.path, self.checkout.instance
        digest = sha256(os.fsencode(checkout_token(path, instance))).hexdigest()[:6]
        base = self.outside.get("COMPOSE_PROJECT_NAME") or self._static_name()
        return own_name(base or self.checkout.project, path, instance, digest)

    def _static_name(self) -> str:
        try:
            return interpolate(self.project.name, self.outside.get)
        except UnclearError:
            return ""

    def _decide(self, name: str) -> Decided:
        requests = [
            PortRequest(one, self.leases[one.name])
            for one in self.wanted[name]
            if one.name in self.leases
        ]
        if not requests:
            return Decided()
        return decide(self.project.services[name], requests, self._lookups())

    def _lookups(self) -> Callable[[tuple[str, ...]], Lookups]:
        moved = {
            one: lease._replace(port=shifted(lease.port)) for one, lease in self.leases.items()
        }
        later = dict(self.workspace.variables(moved))
        visible: set[str] = set()  # those of our variables that a file Compose reads has
        for output in self.env_outputs:
            visible.update(self.values if output.only is None else output.only)

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

            return Lookups(find(self.values), find(later))

        return lookups

    def _env_file(self, path: str) -> Mapping[str, str]:
        if path not in self.included:
            self.included[path] = read_env_text(read(path, 1 << 20) or "")
        return self.included[path]

    def _override(
        self, ports: Mapping[str, tuple[object, ...]], name: str
    ) -> tuple[str, str] | None:
        if not ports and not name:
            return None
        path = self.workspace.manifest.compose_override or within(
            self.found.folder, OWN_OVERRIDE if self._finds_override() else OTHER_OVERRIDE
        )
        return self.checkout.own_path(path), render(ports, name)

    def _finds_override(self) -> bool:
        """Return whether Compose would load compose.override.yaml unasked."""
        return self.found.plain and len(self.found.files) == 1 and not self.checkout.instance

    def _variables(
        self, name: str, override: tuple[str, str] | None
    ) -> tuple[tuple[str, str], ...]:
        variables = [("COMPOSE_PROJECT_NAME", name)] if name else []
        found_unasked = (
            override is not None
            and self._finds_override()
            and override[0] == within(self.found.folder, OWN_OVERRIDE)
        )
        if self.found.folder or (override is not None and not found_unasked):
            files = (*self.found.files, *((override[0],) if override else ()))
            variables += self._file_list(files)
        return tuple(variables)

    def _file_list(self, files: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return COMPOSE_FILE: full paths, so that it holds in every folder below too.

        Where they have no place in an env file (a space, say) they are relative, and Compose has
        to be started in the checkout itself.
        """
        whole = os.pathsep.join(os.path.join(self.checkout.path, one) for one in files)
        if is_plain(whole):
            return [("COMPOSE_FILE", whole)]
        if os.pathsep == ":":
            return [("COMPOSE_FILE", ":".join(files))]
        return [("COMPOSE_PATH_SEPARATOR", ","), ("COMPOSE_FILE", ",".join(files))]

    def _faults(self) -> list[Problem]:
        """Name what could not be read, and services that are not there."""
        root = self.checkout.path.rstrip(os.sep) + os.sep
        problems = [
            Problem(
                "compose-unclear",
                fault.replace(root, ""),
                "docker compose config says what Compose makes of it",
            )
            for fault in self.project.faults
        ]
        known = sorted(self.project.services)
        for name, services in self.wanted.items():
            if name not in self.project.services and name != services[0].name:
                problems.append(_no_service(services[0], name, self.found.files[0], known))
        return problems

    def _evidence(self) -> tuple[str, ...]:
        root = self.checkout.path
        beside = [os.path.join(self.found.folder, one) for one in (*FILES, *OVERRIDES)]
        below = (*self.project.files, *beside, ".env", *self.env_paths)
        evidence = (
            *(*_EVIDENCE, *(f"${name}" for name in sorted(self.looked_up))),
            *self.found.looked_at,
            *(os.path.join(root, one) for one in below),
            *self.included,
        )
        return tuple(dict.fromkeys(evidence))


def _read(root: str, found: ComposeFiles) -> ComposeProject:
    def join(folder: str, name: str) -> str:
        return os.path.normpath(os.path.join(folder, name))

    whole = tuple(os.path.join(root, one) for one in found.files)
    return read_project(whole, Paths(join, os.path.dirname, load))


def _shadowed(variables: tuple[tuple[str, str], ...]) -> list[Problem]:
    """Name the variables of the shell that Compose would prefer to ours."""
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


def _unclear(service: Service, name: str, fault: str) -> Problem:
    """Say why the ports of a service are left unchanged, and how to write them instead."""
    variable = service.env[0] if service.env else "PORT"
    plain = f"${{{variable}:-{service.usual or service.target}}}:{service.target}"
    return Problem(
        "compose-unclear",
        f"{service.name}: the ports of the Compose service {name} were left unchanged: {fault}",
        f'write them plainly, as in "{plain}"',
        service=service.name,
    )


def _no_service(service: Service, name: str, file: str, known: list[str]) -> Problem:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return Problem(
        "compose-unclear",
        f"{service.name}: {file} has no service {name!r}",
        f"did you mean {near[0]}?" if near else f"it has: {', '.join(known) or 'none'}",
        service=service.name,
    )


def _no_env_output(folder: str) -> Problem:
    """Report that no output is a file that Compose reads."""
    where = within(folder, ".env")
    return Problem(
        "compose-unread",
        f"no output is {where}, which Compose reads; the project's name went into the override",
        f'add [[output]] with path = "{where}" to ports.toml',
    )
