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
from portman.base.record import NamedTuple
from portman.base.small_file import read
from portman.base.values import LOCAL_SCOPE, Output
from portman.checkout.ownership import checkout_token
from portman.compose import problems
from portman.compose.document import load, read_files
from portman.compose.interpolation import UnclearError, interpolate, read_env_text
from portman.compose.isolation import Rules, isolate, naming, overlap
from portman.compose.model import normal_name, own_name
from portman.compose.override import Lookups, unleased
from portman.compose.reader import (
    GUIDES,
    ComposeFiles,
    default_files,
    env_outside,
    inside,
    own_overrides,
    within,
)
from portman.machine.mounts import evidence, look
from portman.outputs.block import block_values

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from portman.allocation.workspace import Workspace
    from portman.base.errors import Problem
    from portman.compose.calls import ComposeCall
    from portman.compose.model import ComposeProject
    from portman.compose.reader import ComposePlan
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
        self.trunk = self.base if said else self.checkout.project

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
        own = own_name(self.trunk, *self.owner, self.digest)
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
        if kind == "subnet":
            name = self._overlapping(name)
        owner = self.held.get((kind, name))
        if owner is None and kind == "project":
            return self._unrecorded(name)
        if owner is None or owner in self._mine or not is_living(self.workspace, owner):
            return ""
        return owner.path if not external or self._is_alike(owner.path) else ""

    def _overlapping(self, subnet: str) -> str:
        others = (
            name
            for (kind, name), one in self.held.items()
            if kind == "subnet" and one not in self._mine and is_living(self.workspace, one)
        )
        return next((one for one in others if overlap(subnet, (one,))), subnet)

    def is_copy(self) -> bool:
        rival = self.holder("project", self.base)
        return bool(rival) and self._is_alike(rival)

    def _is_alike(self, path: str) -> bool:
        document = load(os.path.join(path, self.found.files[0]))
        return document is not None and bool(set(document.services) & set(self.project.services))

    def _unrecorded(self, name: str) -> str:
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


#: Subcommands that start containers; "" where a line ends before it.
_STARTING = ("", "up", "start", "run", "create", "restart", "watch")


class OtherProject(NamedTuple):
    """A Compose project that something (`place`) starts besides the one of ports.toml.

    `env` is the .env that Compose reads for it, "" where no file can change its name; `base` is
    the name that the command or its program gives it, "" where that is left to Compose.
    """

    place: str
    folder: str
    env: str = ""
    files: tuple[str, ...] = ()
    base: str = ""


def started(root: str, found: ComposeFiles, calls: Iterable[ComposeCall]) -> Iterator[OtherProject]:
    """Return the projects that -f, -p, --project-directory and folders lead to.

    What varies or lies outside, and files that are not there, say nothing; so does -p in a README.
    """
    if found.below:
        folder = os.path.dirname(found.below)
        yield OtherProject(found.below, folder, within(folder, ".env"), (found.below,))
    for call in calls:
        said = [value for kind, value in call.options if kind != "env_files"]
        if any(sign in value for value in said for sign in ("$", "{{")):
            continue
        place, told = f"{call.file}:{call.line}", "".join(call.values("project")[-1:])
        if told:
            guide = os.path.basename(call.file).lower().startswith(GUIDES)
            if not guide and (call.variable or call.rest.split(" ")[0] in _STARTING):
                yield OtherProject(place, found.folder, base=told)
        chosen, env = "".join(call.values("folder")[-1:]), "".join(call.values("env_files")[:1])
        for base in () if call.variable else ("", os.path.dirname(call.file)):
            at = inside(base, "".join(call.values("cd")))
            files = tuple(inside(at, one) for one in call.values("files"))
            folder = os.path.dirname(files[0]) if files else at
            folder = inside(at, chosen) if chosen else folder
            files = files or default_files(root, folder)
            if not files or not all(os.path.isfile(os.path.join(root, one)) for one in files):
                continue
            known = folder == found.folder and set(files) & set(found.files)
            if call.rest == "devcontainer":
                yield OtherProject(place, folder, ".env", files, _devcontainer(root, folder))
            elif not known and not folder.startswith(("..", os.sep)):
                env = inside(at, env) if env else within(folder, ".env")
                yield OtherProject(place, folder, env, files)
            break


def _devcontainer(root: str, folder: str) -> str:
    """Return what Dev Containers calls a project where neither shell nor .env has a name for it.

    See devcontainers/cli, dockerCompose.ts, getProjectName.
    """
    whole = os.path.normpath(os.path.join(root, folder))
    above, name = os.path.split(whole)
    return f"{os.path.basename(above)}_devcontainer" if name == ".devcontainer" else name


def with_others(
    workspace: Workspace,
    found: ComposeFiles,
    plan: ComposePlan,
    calls: Iterable[ComposeCall],
    leased: Container[int],
) -> ComposePlan:
    """Add the names of the projects that the project's own commands start besides.

    Their files get no override. But where another checkout has a project's name, this one gets its
    own in the .env that Compose reads there, or the reason why it cannot.
    """
    every = {one[1:]: one for one in started(workspace.checkout.path, found, calls)}
    if not every or workspace.checkout.instance:
        return plan
    scope, share = plan.scope or LOCAL_SCOPE, workspace.manifest.compose_share
    hidden = any(os.environ.get(one) for one in ("COMPOSE_DISABLE_ENV_FILE", "COMPOSE_ENV_FILES"))
    given = dict(plan.variables).get("COMPOSE_PROJECT_NAME", "")
    projects = dict.fromkeys(plan.env_files, given)
    names, refused, warnings = [*plan.names], [*plan.refused], [*plan.warnings]
    evidence, barred = [*plan.evidence], set()
    for one in every.values():
        other = _Other(workspace, one, scope)
        base = other.names.base
        rival = other.names.holder("project", base)
        own = (projects.get(one.env) or other.names.own_project()) if one.env else rival
        if f"project:{base}" not in share:
            if own and (not one.env or hidden or projects.setdefault(one.env, own) != own):
                refused.append(
                    problems.anothers_project(one.place, base, rival, own * bool(one.env))
                )
                barred.add(one.place)
                continue
            names.append(("project", own or base))
        names += other.fixed(base)
        if one.place not in barred and f"project:{base}" not in share:
            refused += other.not_separate(data=True)
        warnings += other.not_separate(data=False)
        warnings += other.fixed_ports(leased) if own else ()
        if given and one.env in plan.env_files:
            warnings += other.joined(found, given)
        evidence += [*other.project.files, os.path.join(workspace.checkout.path, one.env)]
    fresh = {env: name for env, name in projects.items() if env not in plan.env_files}
    known = {one.path for one in workspace.outputs}
    outputs = (Output(one, only=()) for one in fresh if one not in known)
    held, me = workspace.ledger.engine_names(scope), (workspace.checkout.path, "")
    return plan._replace(
        names=tuple(dict.fromkeys(names)),
        scope=scope,
        recorded=all(one in held and is_mine(held[one], me) for one in names),
        refused=tuple(refused),
        warnings=tuple(dict.fromkeys(warnings)),
        evidence=tuple(dict.fromkeys(evidence)),
        outputs=(*plan.outputs, *outputs),
        projects=tuple(fresh.items()),
    )


class _Other:
    """A project that ports.toml does not name: what it is called, and what its files fix."""

    def __init__(self, workspace: Workspace, one: OtherProject, scope: str) -> None:
        self.workspace, self.one = workspace, one
        self.outside = env_outside(workspace, one.env) if one.env else {}
        files = ComposeFiles(one.files, one.folder, False, ())  # noqa: FBT003
        self.project = read_files(workspace.checkout.path, files)
        said = {"COMPOSE_PROJECT_NAME": one.base, **self.outside} if one.base else self.outside
        self.names = ProjectNames(workspace, files, self.project, said, scope, primary=True)
        if one.folder:
            self.names.trunk = self.names.base
        self.lost: tuple[tuple[str, str], ...] = ()

    def look(self, name: str) -> str | None:
        return os.environ.get(name, self.outside.get(name))

    def fixed(self, project: str) -> list[tuple[str, str]]:
        """Return the names that the files fix; those of another checkout are kept apart."""
        manifest, digest = self.workspace.manifest, self.names.digest
        rules = Rules(
            first=True,
            isolate=manifest.compose_isolate,
            share=frozenset(manifest.compose_share),
            suffix=digest,
            project=project,
            base=project,
            taken=self.names.holder,
            names=naming(lambda _: self.look, self.workspace.checkout.path),
            root=self.workspace.checkout.path,
        )
        found = isolate(self.project, rules)
        self.lost = found.own
        return [one for one in found.names if digest not in one[1]]

    def joined(self, found: ComposeFiles, own: str) -> list[Problem]:
        """Name services that a name for both would make one: files keep projects apart by `name`.

        COMPOSE_PROJECT_NAME wins over it, and both files read one .env.
        """
        main = read_files(self.workspace.checkout.path, found)
        both = sorted(set(main.services) & set(self.project.services))
        if not both or not self.project.name or self.project.name == main.name:
            return []
        name = own_name(self.names.base, *self.names.owner, self.names.digest)
        return [problems.one_project((self.one.files[0], found.files[0]), both, own, name)]

    def not_separate(self, *, data: bool) -> Iterator[Problem]:
        """Name what this checkout would share: volumes and folders of data, or the rest."""
        keys = [key for key, _ in self.lost if key.startswith(("volume:", "folder:")) is data]
        if keys:
            yield problems.not_separate("".join(self.one.files[:1]), keys, data=data)

    def fixed_ports(self, leased: Container[int]) -> Iterator[Problem]:
        looks = Lookups(self.look, self.look, self.look)
        ports = unleased(self.project.services, {}, lambda _: looks, leased)
        if ports and self.workspace.manifest.compose_isolate:
            yield problems.fixed_ports(ports, "".join(self.one.files[:1]))


def _name_there(path: str) -> str:
    told = read_env_text(read(os.path.join(path, ".env"), 1 << 20) or "", os.environ.get)
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
    with workspace.ledger.writing([(compose.scope, "")]) as writer:
        held = writer.engine_names(compose.scope)
        others = {held[key] for key in compose.names if key in held}
        rivals = {one for one in others if not is_mine(one, owner)}
        if any(is_living(workspace, rival) for rival in rivals):
            return False
        for rival in rivals:
            writer.drop_engine_names(rival)
        writer.take_engine_names(*owner, compose.scope, compose.names, int(time.time()))
    return True
