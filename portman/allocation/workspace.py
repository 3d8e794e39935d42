"""Where a command works: the manifest, the checkout it belongs to, the ledger of this machine.

And what these three lead to (the engine in use, the outputs, what they hold now): facts that cost
a look at files are found at their first use and kept for the rest of the command.
"""

from __future__ import annotations

import os
from functools import cached_property  # `typing` has loaded functools already

from portman.allocation.leases import Allocation, is_complete, is_primary, kept, read_leases
from portman.base.errors import PortmanError, ServerError
from portman.base.text import nearest
from portman.base.values import LOCAL_SCOPE
from portman.checkout.git import identify
from portman.checkout.ownership import checkout_slug, instance_of
from portman.ledger.open import open_ledger
from portman.ledger.protocol import SLUGS
from portman.machine.mounts import look
from portman.manifest.expand import CHECKOUT_NAMES, expand
from portman.manifest.file import find_manifest, read_manifest
from portman.state import LOCK_FILE, state_folder
from portman.state.receipts import key_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from contextlib import AbstractContextManager

    from portman.base.values import Checkout, Lease, Manifest, Output, Service
    from portman.compose.reader import ComposeFiles
    from portman.containers.endpoint import Claims, Engine
    from portman.ledger.protocol import Ledger
    from portman.outputs.managed_file import OutputFile


class Workspace:
    """Everything a command needs to know about where it was called.

    `owner` is set while an ephemeral instance is used: the process its leases end with
    (machine/processes). `proposed` is the program for which a manifest was made up, "" where there
    is a ports.toml.
    """

    def __init__(
        self,
        manifest_path: str,
        manifest: Manifest,
        checkout: Checkout,
        ledger: Ledger,
        owner: str = "",
    ) -> None:
        self.manifest_path = manifest_path
        self.manifest = manifest
        self.checkout = checkout
        self.ledger = ledger
        self.owner = owner
        self.proposed = ""
        #: Whether a value was made from host names, which other checkouts' leases decide too.
        self.used_names = False
        self._files: dict[str, OutputFile | PortmanError] = {}

    def move_to(self, folder: str) -> None:
        """Take another spelling of the checkout's folder for its path."""
        self.manifest_path = os.path.join(folder, os.path.basename(self.manifest_path))
        self.checkout = identify(folder, self.checkout.instance)
        if self.manifest.name:
            self.checkout = self.checkout._replace(project=self.manifest.name)
        self.forget_files()

    @cached_property
    def containers(self) -> tuple[Service, ...]:
        return tuple(one for one in self.manifest.services if one.kind == "container")

    @cached_property
    def engine(self) -> Engine:
        from portman.containers.endpoint import find_endpoint

        return find_endpoint()

    def claims(self) -> Claims:
        from portman.containers.endpoint import Claims, is_unused

        if is_unused(self.engine):
            return Claims({})
        from portman.containers.claims import gather

        return gather(self, self.engine)

    @cached_property
    def space(self) -> str:
        """The port space of the engine, under whichever name it was first seen."""
        scope = self.engine.scope
        return scope if scope == LOCAL_SCOPE else self.ledger.space(scope)

    def found_space(self, space: str) -> None:
        """Take what an engine has said: that it is one which is known under another name."""
        if space != self.space:
            self.space = space
            for name in ("spaces", "elsewhere"):
                self.__dict__.pop(name, None)

    @cached_property
    def spaces(self) -> tuple[tuple[str, tuple[Service, ...]], ...]:
        """The services by port space, this machine's first; no engine is looked up without any."""
        scope = self.engine.scope if self.containers else LOCAL_SCOPE
        if scope == LOCAL_SCOPE or (scope := self.space) == LOCAL_SCOPE:
            return ((LOCAL_SCOPE, self.manifest.services),)
        here = tuple(one for one in self.manifest.services if one.kind != "container")
        return (LOCAL_SCOPE, here), (scope, self.containers)

    @cached_property
    def elsewhere(self) -> frozenset[str]:
        away = self.spaces[1:]
        return frozenset(one.name for _, services in away for one in services)

    @cached_property
    def engine_evidence(self) -> tuple[str, ...]:
        """What decides the port space of containers, for a receipt; nothing without any."""
        return self.engine.evidence() if self.containers else ()

    @cached_property
    def link_evidence(self) -> tuple[str, ...]:
        """What values are made from elsewhere; any write of the ledger touches its lock file."""
        found = (os.path.join(state_folder(), LOCK_FILE),) if self.used_names else ()
        if not self.manifest.links:
            return found
        from portman.allocation.links import evidence as manifests

        return (*found, *manifests(self))

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        if not self.checkout.instance:
            return self.manifest.outputs
        own = self.checkout.own_path
        return tuple(one._replace(path=own(one.path)) for one in self.manifest.outputs)

    def file(self, path: str) -> OutputFile:
        """Return what a file of the checkout holds, read once.

        Raises PortmanError as outputs.managed_file.read_output does.
        """
        found = self._files.get(path)
        if found is None:
            from portman.outputs.managed_file import read_output

            try:
                found = read_output(self.checkout.path, path)
            except PortmanError as error:
                found = error
            self._files[path] = found
        if isinstance(found, PortmanError):
            raise found
        return found

    def forget_files(self) -> None:
        """Read the files again when they are asked for: something has been written."""
        self._files.clear()
        self.__dict__.pop("compose_files", None)

    def variables(self, leases: Mapping[str, Lease]) -> list[tuple[str, str]]:
        """Return every variable of the manifest with its value, services first.

        Raises PortmanError "link-missing" or "link-unleased" where another project's port is
        asked for and is not known.
        """
        ports = {name: range(lease.port, lease.port + lease.size) for name, lease in leases.items()}
        names = self.checkout_names(text for _, text in self.manifest.env)
        if not self.manifest.links:
            return expand(self.manifest, ports, names=names)
        from portman.allocation.links import neighbours

        return expand(self.manifest, ports, neighbours(self), names)

    def checkout_names(self, texts: Iterable[str]) -> dict[str, str]:
        """Return those of CHECKOUT_NAMES that the texts ask for, and host names if they do.

        Most texts ask for none. Raises PortmanError where the proxy's port cannot be leased.
        """
        whole = " ".join(texts)
        hosts: dict[str, str] = {}
        if ".name}" in whole or ".origin}" in whole:
            from portman.allocation.links import names_of

            hosts = names_of(self)
        slug, project = CHECKOUT_NAMES
        found = {slug: self.slug} if f"{{{slug}}}" in whole else {}
        if f"{{{project}}}" in whole:
            found[project] = self.compose_project
        return {**hosts, **found} if hosts else found

    @cached_property
    def slug(self) -> str:
        own = (self.checkout.path, self.checkout.instance)
        for (_, slug), owner in self.ledger.engine_names(SLUGS).items():
            if owner[:2] == own and look(owner.path, owner.place) != "other":
                return slug
        return checkout_slug(*own)

    def beside(self, folder: str) -> Workspace:
        """Open another folder's manifest with the same ledger; raises as open_workspace."""
        return open_workspace(folder, ledger=self.ledger)

    @cached_property
    def compose_files(self) -> ComposeFiles:
        from portman.compose.reader import find_files

        return find_files(self)

    @cached_property
    def compose_project(self) -> str:
        from portman.compose.project import project_of

        return project_of(self)

    def allocate(
        self,
        *,
        moving: Collection[str] = (),
        leases: dict[str, Lease] | None = None,
        back: Mapping[str, int] | None = None,
    ) -> Allocation:
        """Make sure every service has a lease; move those in `moving` (to the port in `back`).

        Raises PortmanError: port-leased, pool-exhausted, ledger-*.
        """
        found = read_leases(self) if leases is None else leases
        services = self.manifest.services
        whole = is_complete(services, found) and not moving
        if whole and not (self.ledger.shares and self._is_due):
            return Allocation(kept(services, found), is_primary(self))
        from portman.allocation.leasing import lease_missing

        try:
            return lease_missing(self, moving, back or {})
        except ServerError as error:
            if not whole:
                raise
            notes = self.ledger.excuse(error, self.checkout.path, self.checkout.instance)
            return Allocation(kept(services, found), is_primary(self), notes)

    @property
    def _is_due(self) -> bool:
        used = [scope for scope, services in self.spaces if services]
        return self.ledger.is_due(self.checkout.path, self.checkout.instance, used)

    def asked(self, claims: Claims | None = None) -> tuple[tuple[str, str], ...]:
        """Return the port spaces of the services with the ID that an engine has just said."""
        if claims is None or not claims.identity:
            return tuple((scope, "") for scope, services in self.spaces if services)
        away = () if claims.here else ((self.engine.scope, claims.identity),)
        return ((LOCAL_SCOPE, ""), *away)

    def locked(self) -> AbstractContextManager[None]:
        from portman.ledger.locks import checkout_lock

        path, instance = self.checkout.path, self.checkout.instance
        return checkout_lock(state_folder(), path, key_of(path, instance))

    def require(self, *names: str) -> None:
        for name in names:
            if self.manifest.service(name) is None:
                raise self.unknown(name)

    def unknown(self, name: str) -> PortmanError:
        known = [service.name for service in self.manifest.services]
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else f"it has: {', '.join(known) or 'none'}"
        return PortmanError(
            "service-unknown", f"{self.manifest_path} has no service {name!r}", hint=hint
        )


def open_workspace(start: str, instance: str = "", ledger: Ledger | None = None) -> Workspace:
    """Find and read the manifest above `start`; open the ledger.

    Without an instance it is the one that PORTMAN_CHECKOUT names, if it names this checkout:
    what `run --instance ci` starts asks for the ports of that instance.

    Raises PortmanError: manifest-missing, manifest-unreadable, manifest-invalid, ledger-*, usage.
    """
    check_instance(instance)
    manifest_path = find_manifest(start)
    manifest = read_manifest(manifest_path)
    folder = os.path.dirname(manifest_path)
    instance = instance or instance_of(os.environ.get("PORTMAN_CHECKOUT", ""), folder)
    checkout = identify(folder, instance)
    if manifest.name:
        checkout = checkout._replace(project=manifest.name)
    return Workspace(manifest_path, manifest, checkout, ledger or open_ledger())


def proposed_workspace(
    found: tuple[str, Manifest, str], _start: str, instance: str = ""
) -> Workspace:
    """Open the workspace of a folder without ports.toml: its path, a manifest, its program.

    The folder is the checkout. Raises PortmanError: ledger-*, usage.
    """
    folder, manifest, program = found
    check_instance(instance)
    instance = instance or instance_of(os.environ.get("PORTMAN_CHECKOUT", ""), folder)
    checkout = identify(folder, instance)
    workspace = Workspace(os.path.join(folder, "ports.toml"), manifest, checkout, open_ledger())
    workspace.proposed = program
    return workspace


def check_instance(instance: str) -> None:
    """Refuse an instance name that could not be part of a file name.

    Raises PortmanError "usage".
    """
    plain = instance.replace("-", "").replace("_", "").replace(".", "")
    if instance and (not plain.isalnum() or not plain.isascii() or len(instance) > 64):
        raise PortmanError(
            "usage",
            f"--instance {instance!r} is not a name: letters, digits, '-', '_', '.' (at most 64)",
            hint="portman up --instance ci",
        )


# Ephemeral instances end with the processes that use them, also after kill -9. The ledger keeps
# number, start and boot of each process; the next allocation of any checkout, and `portman gc`,
# reclaim an instance whose processes have all ended. Its values reach programs through the
# environment alone: no file is written that could outlive them.


def ephemeral_workspace(
    start: str,
    instance: str,
    *,
    always: bool,
    opened: Callable[[str, str], Workspace] = open_workspace,
) -> Workspace:
    """Open the workspace of an instance that ends with this process, and with what it becomes.

    Without a name it gets a random one. A named instance that `up` made stays lasting; with
    `always` that raises PortmanError "usage".
    """
    from portman.machine.processes import token_of

    name = instance or f"run-{os.urandom(5).hex()}"
    workspace = opened(start, name)
    record = workspace.ledger.record(workspace.checkout.path, name)
    if record is not None and record not in workspace.ledger.owners():
        if always:
            raise PortmanError(
                "usage",
                f"--ephemeral: `portman up` created instance {name}, and it is permanent",
                hint=f"leave out --ephemeral, or first: portman --instance {name} down",
            )
        return workspace
    workspace.owner = token_of(os.getpid())
    join(workspace)
    return workspace


def join(workspace: Workspace) -> None:
    """Let a known ephemeral instance also belong to this process, before its others end."""
    path, instance = workspace.checkout.path, workspace.checkout.instance
    if workspace.ledger.record(path, instance) is None:
        return  # its first leases will come with the owner
    with workspace.ledger.writing(workspace.asked()) as writer:
        if writer.owners_of(path, instance):
            writer.own(path, instance, workspace.owner)


def own_if_ephemeral(workspace: Workspace) -> None:
    """Make this process an owner of the workspace's instance, if that instance has owners."""
    from portman.machine.processes import token_of

    if not workspace.owner and _is_owned(workspace):
        workspace.owner = token_of(os.getpid())


def _is_owned(workspace: Workspace) -> bool:
    record = workspace.ledger.record(workspace.checkout.path, workspace.checkout.instance)
    return record is not None and record in workspace.ledger.owners()


def keep_instance(workspace: Workspace) -> None:
    """Make a named instance lasting that a `run` made: who names it for `up` wants its files."""
    if _is_owned(workspace):
        with workspace.ledger.writing(workspace.asked()) as writer:
            writer.disown(workspace.checkout.path, workspace.checkout.instance)
