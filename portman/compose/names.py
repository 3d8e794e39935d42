"""Which checkout has which name on an engine: its Compose project, and names that files fix.

The ledger keeps them, so that of two checkouts that would be one project the second gets a name of
its own, also when both ask at the same moment: the plan is made from what the ledger says, and
recorded in a transaction that looks again.
"""

from __future__ import annotations

import os
import time
from functools import cached_property

from portman.base.errors import PortmanError
from portman.base.small_file import read
from portman.base.values import LOCAL_SCOPE
from portman.checkout.ownership import checkout_token
from portman.compose import problems
from portman.compose.document import load
from portman.compose.interpolation import UnclearError, interpolate, read_env_text
from portman.compose.model import normal_name, own_name
from portman.compose.reader import default_files, no_project, own_overrides
from portman.machine.mounts import evidence, look
from portman.outputs.block import block_values

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.allocation.workspace import Workspace
    from portman.compose.model import ComposeProject
    from portman.compose.reader import ComposeFiles, ComposePlan
    from portman.ledger.protocol import NameOwner


class ProjectNames:
    """The names of one checkout, and of the others on the same engine.

    `base` is the project name that Compose takes unasked; `base_is_folder`: only from the folder.
    """

    def __init__(  # noqa: PLR0913 - what names follow from
        self,
        workspace: Workspace,
        found: ComposeFiles,
        project: ComposeProject,
        outside: Mapping[str, str],
        scope: str,
        *,
        primary: bool,
    ) -> None:
        self.workspace, self.checkout, self.found = workspace, workspace.checkout, found
        self.project, self.primary = project, primary
        self.owner = (self.checkout.path, self.checkout.instance)
        self.held = workspace.ledger.engine_names(scope)
        self._mine = {one for one in set(self.held.values()) if is_mine(one, self.owner)}
        try:
            said = outside.get("COMPOSE_PROJECT_NAME") or interpolate(project.name, outside.get)
        except UnclearError:
            said = ""
        folder = os.path.normpath(os.path.join(self.checkout.path, found.folder))
        self.base_is_folder = not said
        self.base = normal_name(said or os.path.basename(folder))

    @cached_property
    def digest(self) -> str:
        """The checkout's mark in names: two folders of one name have two.

        So have two folders at one path, in two containers that share the ledger.
        """
        from hashlib import sha256

        token = checkout_token(*self.owner)
        mark = sha256(os.fsencode(token)).hexdigest()[:6]
        others = {one for one in self.held.values() if one[:2] == self.owner} - self._mine
        if any(mark in name for (_, name), one in self.held.items() if one in others):
            found = evidence(self.checkout.path)
            place = f"{found.kind}{found.inner}" if found else ""
            mark = sha256(os.fsencode(f"{token}\n{place}")).hexdigest()[:6]
        return mark

    def own_project(self) -> str:
        """Return the project name that Compose has to be told; "" where it takes a good one.

        Compose refuses a folder whose name has no letter or digit of ASCII.
        """
        trunk = self.checkout.project if self.base_is_folder else self.base
        own = own_name(trunk, *self.owner, self.digest)
        # Once given it stays, also when the other checkout is gone: containers and volumes have it.
        if not self.holder("project", self.base) and not self.has("project", own):
            kept = self.base_is_folder and not self.workspace.containers
            if self.base and (self.primary or (kept and not self.checkout.instance)):
                return ""
        return own

    def has(self, kind: str, name: str) -> bool:
        """Return whether a name is this checkout's; where the ledger was lost, its files say it."""
        if self._mine:
            return self.held.get((kind, name)) in self._mine
        return (kind, name) not in self.held and name in self._written

    @cached_property
    def _written(self) -> frozenset[str]:
        """Names with this checkout's mark in its block and override: those of others are copied."""
        found: set[str] = set()
        for output in self.workspace.outputs:
            if output.format == "dotenv":
                try:
                    said = block_values(self.workspace.file(output.path).block)
                except PortmanError:
                    continue  # reported when the output is written
                found.add(said.get("COMPOSE_PROJECT_NAME", ""))
        for path in own_overrides(self.workspace, self.found.folder):
            text = read(os.path.join(self.checkout.path, path), 1 << 20) or ""
            found.update(text.split('"')[1::2])
        return frozenset(one for one in found if self.digest in one)

    def holder(self, kind: str, name: str, external: bool = False) -> str:  # noqa: FBT001, FBT002
        """Return the folder of another living checkout that has a name, "" if none has.

        What is external was made for several projects; only a copy of this project is a rival.
        """
        owner = self.held.get((kind, name))
        if owner is None and kind == "project":
            return self._unrecorded(name)
        if owner is None or owner in self._mine or not is_living(self.workspace, owner):
            return ""
        return owner.path if not external or self._is_alike(owner.path) else ""

    def is_copy(self) -> bool:
        rival = self.holder("project", self.base)
        return bool(rival) and self._is_alike(rival)

    def _is_alike(self, path: str) -> bool:
        """Return whether the checkout at a path has services of this project."""
        document = load(os.path.join(path, self.found.files[0]))
        return document is not None and bool(set(document.services) & set(self.project.services))

    def _unrecorded(self, name: str) -> str:
        """Return the older checkout that has a project name since before names were recorded."""
        known = {one[:2] for one in self.held.values()}
        mine = self.workspace.ledger.record(*self.owner)
        if mine is None or self._mine:
            return ""
        others = [one for one in self.workspace.ledger.checkouts() if one.primary]
        for other in sorted(others, key=lambda one: (one.made_at, one.path)):
            older = (other.made_at, other.path) < (mine.made_at, mine.path)
            unknown = (other.path, other.instance) not in known
            if older and unknown and not other.instance and _name_there(other.path) == name:
                return other.path
        return ""

    def are_recorded(self, names: tuple[tuple[str, str], ...]) -> bool:
        return all(self.held.get(key) in self._mine for key in names)


def plan_below(workspace: Workspace, found: ComposeFiles) -> ComposePlan:
    """Return the plan for a Compose file in a folder that ports.toml does not name.

    It is not read; but its project has the folder's name, as every such file has.
    """
    plan = no_project(workspace, found)
    document = load(os.path.join(workspace.checkout.path, found.below))
    services = document.services if document else {}
    wanted = [one.name for one in workspace.containers if (one.compose or one.name) in services]
    if wanted or workspace.containers:
        return plan._replace(warnings=problems.unnamed(wanted, found.below))
    said = document.name if document and "$" not in document.name else ""
    name = normal_name(said or os.path.basename(os.path.dirname(found.below)))
    owner = workspace.ledger.engine_names(LOCAL_SCOPE).get(("project", name))
    mine = owner is not None and is_mine(
        owner, (workspace.checkout.path, workspace.checkout.instance)
    )
    if owner is None or mine or not is_living(workspace, owner):
        return plan._replace(names=(("project", name),), scope=LOCAL_SCOPE, recorded=mine)
    return plan._replace(warnings=problems.one_project(found.below, name, owner.path))


def _name_there(path: str) -> str:
    told = read_env_text(read(os.path.join(path, ".env"), 1 << 20) or "")
    separator = told.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    named = told.get("COMPOSE_FILE", "").split(separator)[0]
    first = os.path.join(path, named or next(iter(default_files(path, "")), ""))
    if not os.path.isfile(first):
        return ""
    document = load(first)
    said = told.get("COMPOSE_PROJECT_NAME") or (document.name if document else "")
    return normal_name(said or os.path.basename(os.path.dirname(first)))


def is_mine(owner: NameOwner, me: tuple[str, str]) -> bool:
    """Return whether a name is this checkout's: not that of another folder at its path."""
    return owner[:2] == me and look(owner.path, owner.place) != "other"


def is_living(workspace: Workspace, owner: NameOwner) -> bool:
    """Return whether a checkout has leases, or its folder may still be there."""
    if owner.place:
        known = workspace.ledger.checkouts()
        leased = any((one.path, one.instance, one.place) == owner for one in known)
        return leased or look(owner.path, owner.place) != "gone"
    if workspace.ledger.record(owner.path, owner.instance) is not None:
        return True
    try:
        os.stat(owner.path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def record_names(workspace: Workspace, compose: ComposePlan) -> bool:
    """Record the names of this checkout's Compose project; False if another took one first.

    Raises PortmanError "ledger-*" where the ledger cannot be written.
    """
    owner = (workspace.checkout.path, workspace.checkout.instance)
    with workspace.ledger.writing() as writer:
        held = writer.engine_names(compose.scope)
        others = {held[key] for key in compose.names if key in held}
        rivals = {one for one in others if not is_mine(one, owner)}
        if any(is_living(workspace, rival) for rival in rivals):
            return False
        for rival in rivals:
            writer.drop_engine_names(rival)
        writer.take_engine_names(*owner, compose.scope, compose.names, int(time.time()))
    return True
