"""The Compose project of a checkout: found, read, and what it needs from us.

What Compose needs is an override where its files publish fixed numbers or have names that an
engine has once, and two variables in its .env: COMPOSE_PROJECT_NAME where the checkout may not have
the name that Compose would take, COMPOSE_FILE where Compose would not find the override unasked.
All follows from the ledger's names, files and variables that are evidence; no program is asked.
"""

from __future__ import annotations

import os

from portman.base.errors import Problem
from portman.base.small_file import read
from portman.base.values import LOCAL_SCOPE, Output
from portman.compose import problems
from portman.compose.calls import find_calls
from portman.compose.document import load, read_files
from portman.compose.interpolation import (
    UnclearError,
    interpolate,
    published,
    read_env_text,
)
from portman.compose.isolation import Rules, isolate, naming, pinned, pinned_lines
from portman.compose.model import Isolation, normal_name
from portman.compose.names import ProjectNames, with_others
from portman.compose.override import (
    Decided,
    Lookups,
    PortRequest,
    decide,
    inside_ports,
    publishing,
    render,
    shifted,
    unleased,
)
from portman.compose.reader import (
    EVIDENCE,
    FILES,
    OVERRIDES,
    OWN_OVERRIDE,
    ComposePlan,
    env_outside,
    no_project,
    own_overrides,
    within,
)
from portman.outputs.formats import is_plain

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from portman.allocation.workspace import Workspace
    from portman.base.values import Lease, Service
    from portman.compose.reader import ComposeFiles


def plan_compose(
    workspace: Workspace,
    found: ComposeFiles,
    leases: Mapping[str, Lease],
    values: list[tuple[str, str]],
    *,
    primary: bool,
) -> ComposePlan:
    """Say what Compose needs for these leases; `values` are the manifest's variables for them."""
    if found.files:
        plan = _Planning(workspace, found, leases, values, primary=primary).plan()
    else:
        document = load(os.path.join(workspace.checkout.path, found.below))
        services = document.services if document else {}
        wanted = [one.name for one in workspace.containers if (one.compose or one.name) in services]
        plan = no_project(workspace, found)
        plan = plan._replace(warnings=problems.unnamed(wanted, found.below))
    calls = find_calls(found.texts)
    leased = [port for lease in leases.values() for port in lease.ports]
    return with_others(workspace, found, plan, calls, leased)._replace(calls=calls)


def project_of(workspace: Workspace) -> str:
    """Return the project name that Compose takes in this checkout, told by portman or not."""
    primary = workspace.checkout.primary
    if primary is None:
        checkout = workspace.checkout
        record = workspace.ledger.record(checkout.path, checkout.instance)
        primary = record is not None and record.primary
    planning = _Planning(workspace, workspace.compose_files, {}, [], primary=primary)
    return planning.names.own_project() or planning.names.base


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
        self.project = read_files(self.checkout.path, found)
        self.wanted: dict[str, list[Service]] = {}
        for service in workspace.containers:
            self.wanted.setdefault(service.compose or service.name, []).append(service)
        far = workspace.containers and workspace.engine.scope != LOCAL_SCOPE
        self.scope = workspace.space if far else LOCAL_SCOPE
        self.env_paths = dict.fromkeys(self._env_places())
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
        self.names = ProjectNames(
            workspace, found, self.project, self.outside, self.scope, primary=self.primary
        )

    def _env_places(self) -> list[str]:
        if os.environ.get("COMPOSE_DISABLE_ENV_FILE", "").lower() in ("1", "t", "true"):
            return []
        named = os.environ.get("COMPOSE_ENV_FILES", "")
        if named:
            return [os.path.normpath(one) for one in named.split(",") if one]
        folders = ("", self.found.folder) if not os.path.isabs(self.found.folder) else ("",)
        return [self.checkout.own_path(within(folder, ".env")) for folder in folders]

    def plan(self) -> ComposePlan:
        """Decide the name, then every service; then what Compose needs besides."""
        warnings = self._faults()
        decided: dict[str, Decided] = {}
        known = [name for name in self.wanted if name in self.project.services]
        for service in known:
            decided[service] = self._decide(service)
            if decided[service].fault:
                mode = self.project.services[service].network_mode
                first, fault = self.wanted[service][0], decided[service].fault
                warnings.append(problems.unclear(first, service, fault, mode))
        name = self.names.own_project()
        isolation = self._isolate(name)
        services: dict[str, dict[str, object]] = {}
        for service in self.project.services:
            one = decided.get(service, Decided())
            ports = {} if one.ports is None else {"ports": one.ports}
            fixed = isolation.services.get(service, {})
            if parts := {**fixed, **ports, **self._pinned(service, one)}:
                services[service] = parts
        outputs = self._more_outputs(name)
        unread = bool(name) and not self.env_outputs
        told = self._told_project(name)
        refused = self._refused(name, told, unread=unread)
        chosen = ("COMPOSE_DISABLE_ENV_FILE", "COMPOSE_ENV_FILES")
        hidden = [problems.env_unread(one) for one in chosen if os.environ.get(one)][:1]
        # A file that Compose does not find unasked does no harm: `portman run` names it.
        barred = bool(refused) and (bool(told) or not unread or self._finds_override())
        override = None if barred else self._override(services, isolation, name)
        variables = () if barred else self._variables(name, override, isolation.suffix)
        if variables and not self.env_outputs and not refused and not hidden:
            place = within(self.found.folder, ".env")
            unfound = "" if self._finds_override() or not override else override[0]
            warnings.append(problems.no_env_output(place, unfound))
        if (known or unread) and not self.env_outputs:
            warnings += hidden
        stale = own_overrides(self.workspace, self.found.folder)
        projects = (name or self.names.base, told if told and not refused else "")
        names = (*(("project", one) for one in projects if one), *isolation.names)
        warnings += (*problems.said(isolation), *self._fixed(decided), *self._stale_urls())
        warnings += problems.shadowed(variables)
        return ComposePlan(
            override,
            tuple(one for one in stale if override is None or one != override[0]),
            variables,
            tuple(one.path for one in (*self.env_outputs, *outputs)),
            self._evidence(),
            tuple(warnings),
            tuple(known),
            self.found.files,
            outputs,
            self.scope,
            names,
            self.names.are_recorded(names),
            refused,
            self.project.remote,
            lambda leased: publishing(
                self.project.services, decided, self._lookups(), leased=leased
            ),
        )

    def _isolate(self, name: str) -> Isolation:
        manifest, lookups = self.workspace.manifest, self._lookups()
        root = self.checkout.path
        rules = Rules(
            self.primary,
            manifest.compose_isolate,
            frozenset(manifest.compose_share),
            self.names.digest,
            name or self.names.base,
            self.names.base,
            self.names.holder,
            naming(lambda env: lookups(env).plain, root),
            root,
            self._is_further(),
            self.names.has,
        )
        return isolate(self.project, rules)

    def _fixed(self, decided: Mapping[str, Decided]) -> list[Problem]:
        if not self._is_further() or not self.workspace.manifest.compose_isolate:
            return []
        ports = [port for lease in self.leases.values() for port in lease.ports]
        found = unleased(self.project.services, decided, self._lookups(), ports)
        return [problems.fixed_ports(found, self.found.files[0])] if found else []

    def _is_further(self) -> bool:
        """Return whether another checkout of this project may run its containers too."""
        return not self.primary or self.names.is_copy()

    def _stale_urls(self) -> list[Problem]:
        moved: dict[str, tuple[Service, int, int]] = {}
        for one in self.workspace.manifest.services:
            lease = self.leases.get(one.name)
            if lease is not None and one.usual is not None and lease.port != one.usual:
                for place in range(lease.size):
                    moved[str(one.usual + place)] = (one, place, lease.port + place)
        plain = self._lookups()(()).leased
        found: dict[str, list[str]] = {}
        for name, merged in self.project.services.items() if moved else ():
            told, inside = dict(merged.traits.environment), inside_ports(merged, plain)
            for url in merged.traits.urls:
                if url.name in told and told[url.name] != url.text:
                    continue
                where = f"{os.path.relpath(url.file, self.checkout.path)}:{url.line}"
                for port in problems.ports_in(url, inside, plain):
                    if port in moved:
                        found.setdefault(port, []).append(f"{where} ({url.name} of {name})")
        return [problems.stale_url(found[port], port, *moved[port]) for port in found]

    def _pinned(self, service: str, decided: Decided) -> dict[str, object]:
        ports: dict[str, tuple[str, str]] = {}
        for one in self.workspace.containers:
            for name, position in one.variables():
                if name not in decided.follows and name in self.values:
                    inside = self.outside.get(name) or str((one.target or 0) + position)
                    ports[name] = (inside, self.values[name])
        root = self.checkout.path
        outputs = frozenset(
            os.path.normpath(os.path.join(root, one.path))
            for one in self.workspace.outputs
            if one.format == "dotenv"
        )
        known = frozenset(self.project.services)
        merged = self.project.services[service]
        kept = pinned(merged, ports, outputs, known, decided.frozen)
        find = self._lookups()(merged.env).leased

        def seen(text: str) -> str:  # the override does not see variables of an included file
            return interpolate(text, find).replace("$", "$$") if merged.env else text

        lines = pinned_lines(merged, ports, known, decided.frozen, seen)
        environment = {name: seen(text) for name, text in kept.items()}
        return {**({"environment": environment} if kept else {}), **lines}

    def _more_outputs(self, name: str) -> tuple[Output, ...]:
        """Return the .env beside a Compose file below: all that `docker compose -f` reads."""
        folder = self.found.folder
        if not name or not folder or self.checkout.instance or not self.env_paths:
            return ()
        path = within(folder, ".env")
        if os.environ.get("COMPOSE_ENV_FILES") or path not in self.env_paths:
            return ()
        if any(one.path == path for one in self.workspace.outputs):
            return ()
        return (Output(path, only=()),)

    def _refused(self, name: str, told: str, *, unread: bool) -> tuple[Problem, ...]:
        """Say why the name has no place that Compose reads, where another project would be hit."""
        rival = self.names.holder("project", told) if told else ""
        if rival or not unread:
            return (problems.told_project(told, rival),) if rival else ()
        read_unasked = self._finds_override() and not self.workspace.manifest.compose_override
        if read_unasked and "COMPOSE_PROJECT_NAME" not in self.outside:
            return ()
        rival = self.names.holder("project", self.names.base)
        if self.names.base_is_folder and not rival:
            return ()
        place = within(self.found.folder, ".env")
        by_run = not self._finds_override()
        return (problems.no_place(self.names.base, rival, place, name, by_run=by_run),)

    def _told_project(self, name: str) -> str:
        told = normal_name(os.environ.get("COMPOSE_PROJECT_NAME", ""))
        return told if told != (name or self.names.base) else ""

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

            return Lookups(find(self.values), find(later), find(self.outside))

        return lookups

    def _env_file(self, path: str) -> Mapping[str, str]:
        if path not in self.included:
            self.included[path] = read_env_text(read(path, 1 << 20) or "", os.environ.get)
        return self.included[path]

    def _override(
        self, services: Mapping[str, dict[str, object]], isolation: Isolation, name: str
    ) -> tuple[str, str] | None:
        if not services and not isolation.resources and (self.env_outputs or not name):
            return None
        chosen = self.workspace.manifest.compose_override
        path = chosen or self.found.override(self.checkout.instance)
        return self.checkout.own_path(path), render(services, isolation.resources, name)

    def _finds_override(self) -> bool:
        own = within(self.found.folder, OWN_OVERRIDE)
        return self.found.override(self.checkout.instance) == own

    def _variables(
        self, name: str, override: tuple[str, str] | None, suffix: str
    ) -> tuple[tuple[str, str], ...]:
        variables = [("COMPOSE_PROJECT_NAME", name)] if name else []
        variables += [("CONTAINER_SUFFIX", suffix)] if suffix else []
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
        separator = (
            os.environ.get("COMPOSE_PATH_SEPARATOR")
            or self.outside.get("COMPOSE_PATH_SEPARATOR")
            or os.pathsep
        )
        whole = separator.join(os.path.join(self.checkout.path, one) for one in files)
        if is_plain(whole):
            return [("COMPOSE_FILE", whole)]
        if separator == ":":
            return [("COMPOSE_FILE", ":".join(files))]
        return [("COMPOSE_PATH_SEPARATOR", ","), ("COMPOSE_FILE", ",".join(files))]

    def _faults(self) -> list[Problem]:
        if not self.workspace.containers:
            return []
        root = self.checkout.path.rstrip(os.sep) + os.sep
        found = [
            Problem(
                "compose-unclear",
                fault.replace(root, ""),
                "see what Compose makes of it: docker compose config",
            )
            for fault in self.project.faults
        ]
        known = sorted(self.project.services)
        for name, services in self.wanted.items():
            if name in self.project.services:
                continue
            near = self._publisher(services[0])
            if name != services[0].name or near:
                found.append(
                    problems.no_service(services[0], name, self.found.files[0], known, near)
                )
        return found

    def _publisher(self, wanted: Service) -> str:
        """Return the one Compose service that publishes the port inside; "" if not one does."""
        plain = self._lookups()(()).plain
        found = []
        for name in self.project.services.keys() - self.wanted:
            ports = self.project.services[name].ports
            try:
                bindings = [one for entry in ports for one in published(entry, plain)]
            except UnclearError:
                continue
            if any(one.target == wanted.target for one in bindings):
                found.append(name)
        return found[0] if len(found) == 1 else ""

    def _evidence(self) -> tuple[str, ...]:
        root = self.checkout.path
        beside = [os.path.join(self.found.folder, one) for one in (*FILES, *OVERRIDES)]
        below = (*self.project.files, *beside, ".env", *self.env_paths)
        evidence = (
            *(*EVIDENCE, *(f"${name}" for name in sorted(self.looked_up))),
            *self.found.looked_at,
            *(os.path.join(root, one) for one in below),
            *self.included,
        )
        return tuple(dict.fromkeys(evidence))
