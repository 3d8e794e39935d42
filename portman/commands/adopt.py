"""`portman adopt`: the edits by which a project's own programs take their ports, and their undo."""

from __future__ import annotations

import os

from portman.adopt.manifest import appended, with_plan
from portman.adopt.notes import find_literals, ignored, started_by_run
from portman.adopt.plan import AdoptionPlan, plan, start_command
from portman.adopt.project import (
    KEPT,
    LOCKS,
    ConflictError,
    Edit,
    FileText,
    Job,
    Left,
    Place,
    Project,
    apply,
    by_file,
    diff,
)
from portman.base.errors import PortmanError, Problem, Report
from portman.base.small_file import read
from portman.commands.init import propose, valid
from portman.commands.take_back import put_back
from portman.init.compose import read_files
from portman.init.detect import detect
from portman.init.render import render
from portman.integrations import TOOLS
from portman.ledger.open import open_ledger
from portman.manifest.file import find_manifest, read_manifest, real_folder
from portman.manifest.parse import parse_manifest
from portman.outputs import atomic
from portman.outputs.gitignore import is_ignored
from portman.outputs.managed_file import read_output
from portman.state.originals import ADOPTED, keep

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from portman.adopt.project import Style
    from portman.base.values import Manifest
    from portman.init.detect import Detection
    from portman.init.findings import Detected

    Choose = Callable[[Report, Mapping[str, Sequence[Edit]]], Sequence[Edit] | None]

LARGEST = 1 << 20
MANIFEST = "ports.toml"
#: One sentence for each style.
STYLES: Mapping[Style, str] = {
    "plain": "plain: every command works without portman, and takes its port from an env file",
    "run": "run: scripts start through `portman run`, so everyone on the team needs portman",
}
#: Files that are looked at beside those that `init` reads.
_MORE = (
    *("README.md", "Readme.md", "readme.md", "README.rst", "README", "AGENTS.md"),
    *("CONTRIBUTING.md", ".gitignore", "turbo.json", "tox.ini", ".yarnrc.yml"),
    *LOCKS,
    *TOOLS["playwright"].paths[1:],
    *TOOLS["cypress"].paths[1:],
)


class Files(dict[str, str]):
    """The texts of a project's files, each read when it is first asked for; no links, no NUL."""

    def __init__(self, root: str, names: Sequence[str]) -> None:
        super().__init__()
        self.root = root
        self.missing: set[str] = set()
        for name in names:
            self.get(name)

    def get(self, path: str, default: str | None = None) -> str | None:  # type: ignore[override]
        if path not in self.missing and not super().__contains__(path):
            whole = os.path.join(self.root, path)
            linked = os.path.realpath(whole) != os.path.join(self.root, *path.split("/"))
            text = None if linked or not path else read(whole, LARGEST)
            if text is None and path.endswith(LOCKS) and os.path.isfile(whole):
                text = ""  # too large, or not text: what counts is that it is there
            if text is None:
                self.missing.add(path)
            else:
                self[path] = text
        return super().get(path, default)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.get(path) is not None


class Work:
    """One adoption: the files, the plan, and the edits by file."""

    def __init__(self, root: str, style: Style) -> None:
        self.root, self.style = root, style
        detection = detect(root)
        self.path = os.path.join(root, MANIFEST)
        self.manifest: Manifest | None = None
        if os.path.lexists(self.path):
            self.manifest = read_manifest(self.path)
        self.proposal = valid(propose(detection), self.path)[0]
        if self.manifest is None and not self.proposal.entries:
            raise PortmanError(
                "nothing-found",
                f"no port found in {root}, so there is nothing to adopt",
                hint="portman init --template",
            )
        self.files = Files(root, (*detection.looked_at, *_MORE, MANIFEST))
        self.project = self._project(detection)
        self.plan: AdoptionPlan = plan(self.project)
        edits, left = self._manifest_edits()
        self.left: list[Left] = [*self.plan.left, *left]
        edits += self.plan.edits
        edits += ignored(self.files, self._unignored())
        self.edits = by_file(edits)

    def _project(self, detection: Detection) -> Project:
        manifest, proposal = self.manifest, self.proposal
        jobs = []
        found = {one.name: one for one in proposal.entries}
        by_port = {one.found.port: one for one in proposal.entries if one.found.port}
        if manifest is None:
            jobs = [
                _job(one.name, one.port or one.found.port, one.variables, one)
                for one in proposal.entries
            ]
        else:
            for service in manifest.services:
                entry = found.get(service.name) or by_port.get(service.usual or 0)
                jobs.append(
                    _job(service.name, service.usual, (*service.env, *service.own), entry)._replace(
                        folder=service.dir or (entry.found.folder if entry else ""),
                        target=service.target,
                        compose=(service.compose or service.name) if service.target else "",
                    )
                )
        files, every = detection.compose.choice.files, detection.compose.read
        if manifest is not None and manifest.compose_files:
            files = manifest.compose_files
            every = read_files(self.root, files)[1]
        outputs = manifest.outputs if manifest is not None else ()
        paths = [one.path for one in outputs] or [path for path, _ in proposal.outputs]
        root = [path for path in paths if "/" not in path and path.startswith(".env")]
        folder = os.path.dirname(files[0]) if files else ""
        tracked = f"{folder}/.env".lstrip("/") in detection.tracked
        named = {name for job in jobs for name in (job.own, *job.variables)}
        named |= (
            {one.name for one in proposal.values} if manifest is None else dict(manifest.env).keys()
        )
        return Project(
            *(self.files, tuple(jobs), every, (root or [".env"])[0], self.style, tracked),
            *(frozenset(detection.compose.env_files), frozenset(paths), frozenset(named)),
        )

    def _manifest_edits(self) -> tuple[list[Edit], list[Left]]:
        if self.manifest is None:
            proposal = valid(with_plan(self.proposal, self.plan), self.path)[0]
            self.proposal = proposal
            text = render(proposal)
            why = "names every port, once for the whole team"
            return [Edit(MANIFEST, -1, -1, "", text, "manifest", why)], []
        return appended(FileText(MANIFEST, self.files[MANIFEST]), self.manifest, self.plan)

    def _unignored(self) -> list[str]:
        if self.manifest is None:
            manifest = parse_manifest(render(self.proposal).encode(), None, file=self.path)
        else:
            manifest = self.manifest
        paths = [one.path for one in manifest.outputs]
        more = (*self.plan.outputs, *self.plan.scoped.values())
        paths += [one for one in dict.fromkeys(more) if one not in paths]
        return [one for one in paths if is_ignored(self.root, one) is False]

    @property
    def services(self) -> list[dict[str, object]]:
        commands = self.plan.commands
        return [
            {
                "name": name,
                "way": one.way,
                "variable": one.variable or None,
                "command": commands.get(name),
            }
            for name, one in self.plan.outcomes.items()
        ]


def _job(name: str, port: int | None, variables: tuple[str, ...], entry: object) -> Job:
    if entry is None:
        return Job(name, port, variables)
    found = entry.found  # type: ignore[attr-defined]
    places = []
    for one in entry.members:  # type: ignore[attr-defined]
        path, _, line = one.where.rpartition(":")
        whole = path if line.isdigit() else one.where
        places.append(Place(whole, int(line) if line.isdigit() else 0, one.role, one.what))
    program = next((x.program for x in entry.members if x.program), None)  # type: ignore[attr-defined]
    target = found.target if found.kind == "container" else None
    return Job(
        *(name, port, variables, found.folder, program, tuple(places), target),
        found.compose or name if target else "",
        target is not None and any(_starts(one) for one in entry.members),  # type: ignore[attr-defined]
    )  # fmt: skip


def _starts(one: Detected) -> bool:
    """Return whether a find is a program: a number alone, as a forward, is none."""
    return one.kind == "service" and (one.role != "hint" or one.where.endswith("manage.py"))


def adopt(
    start: str,
    *,
    style: Style = "plain",
    dry_run: bool = False,
    choose: Choose | None = None,
) -> Report:
    """Work out the edits and write them unless it is a dry run.

    `choose` gets the report and the edits by file, and returns those that a person wants; None
    means that nothing was confirmed. Raises PortmanError "nothing-found", and as the files do.
    """
    work = Work(_folder(start), style)
    data = _data(work, dry_run=dry_run)
    report = Report("adopt", data, warnings=_named([*work.left, *_rest(work)]))
    edits = [one for some in work.edits.values() for one in some]
    if dry_run or not edits:
        return report
    chosen = edits if choose is None else choose(report, work.edits)
    if chosen is None:
        unconfirmed = Problem("adopt-unconfirmed", "nothing was written", "portman adopt --yes")
        return report._replace(errors=(unconfirmed,))
    data["files"] = _write(work, by_file(chosen))
    return report


def _rest(work: Work) -> list[Left]:
    """Return the first address that keeps a usual port after the edits, with how many follow."""
    done = {(one.file, one.line) for some in work.edits.values() for one in some}
    done |= {(one.file, one.line) for one in work.left}
    kept = [one for one in find_literals(work.project) if (one.file, one.line) not in done]
    if not kept:
        return []
    more = "" if len(kept) == 1 else f"; {len(kept) - 1} more: portman adopt --check"
    return [kept[0]._replace(what=f"{kept[0].what}{more}")]


#: Edits by which a program takes its port; `portman run` gives it the same.
_LEADING = frozenset(("command", "js-config", "listen", "recipe", "spring", "wrapper"))


def check(start: str, style: Style = "plain") -> Report:
    """List what would still collide: port literals, addresses of clients, names of containers.

    A program that README or a script starts by `portman run --service NAME` needs no edit. Raises
    PortmanError "manifest-missing" where nothing was adopted.
    """
    work = Work(os.path.dirname(find_manifest(start)), style)
    found = [
        (one.file, max(one.line, 1), f"{one.reason}: not adopted yet", one.service)
        for some in work.edits.values()
        for one in some
        if not (one.kind in _LEADING and started_by_run(one.service, work.project.texts))
    ]
    found += [(one.file, one.line, one.what, one.service) for one in work.left]
    found += [(one.file, one.line, one.what, one.service) for one in find_literals(work.project)]
    found = sorted(dict.fromkeys(found))
    errors = tuple(
        Problem("port-literal", f"{file}:{line}: {what}", "", service or None, file, line)
        for file, line, what, service in found
    )
    places = [{"file": a, "line": b, "what": c, "service": d or None} for a, b, c, d in found]
    if errors:
        hint = f"write `{KEPT}` on a line that is meant"
        hint = f"portman adopt\nor {hint}" if work.edits else hint
        errors = (*errors[:-1], errors[-1]._replace(hint=hint))
    return Report("adopt", {"checkout": work.root, "places": places}, errors)


def undo(start: str) -> Report:
    """Put the bytes back that were there before `adopt`; refused where a file has changed since."""
    root = _folder(start)
    hint = "see what it would change: portman adopt -n"
    if os.path.lexists(os.path.join(root, MANIFEST)):  # on another machine, or by another user
        hint = f"find the commit that did it: git log -- {MANIFEST}"
    files = put_back(root, ADOPTED, hint)
    leased = bool(open_ledger().holdings(path=root))
    return Report("adopt", {"checkout": root, "files": files, "leased": leased})


def start_commands(root: str) -> dict[str, str]:
    project = Work(root, "plain").project
    found = {one.name: start_command(one, project) for one in project.jobs if one.target is None}
    return {name: command for name, command in found.items() if command}


def _folder(start: str) -> str:
    try:
        return os.path.dirname(find_manifest(start))
    except PortmanError as error:
        if error.code != "manifest-missing":
            raise
    folder = real_folder(start)
    home = os.path.realpath(os.path.expanduser("~"))
    if folder == home or os.path.dirname(folder) == folder:
        raise PortmanError(
            "folder-refused", f"{folder} is not a project", hint="cd PROJECT && portman adopt"
        )
    return folder


def _data(work: Work, *, dry_run: bool) -> dict[str, object]:
    return {
        "checkout": work.root,
        "style": work.style,
        "about": STYLES[work.style],
        "dry_run": dry_run,
        "files": list(_views(work, work.edits, "would-write")),
        "services": work.services,
    }


def _views(
    work: Work, edits: Mapping[str, Sequence[Edit]], action: str
) -> Iterator[dict[str, object]]:
    for path, some in edits.items():
        before = read_output(work.root, path).data
        hunks = [
            {
                "line": max(one.line, 1),
                "old": one.old,
                "new": one.new,
                "kind": one.kind,
                "reason": one.reason,
                "service": one.service or None,
            }
            for one in some
        ]
        yield {"path": path, "action": action, "diff": diff(path, before, some), "edits": hunks}


def _named(left: Sequence[Left]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            "adopt-by-hand", f"{one.file}:{one.line}: {one.what}", "", one.service or None,
            one.file, one.line,
        )
        for one in dict.fromkeys(left)
    )  # fmt: skip


def _write(work: Work, edits: Mapping[str, Sequence[Edit]]) -> list[dict[str, object]]:
    """Write every file, its old bytes recorded first."""
    views = list(_views(work, edits, "written"))
    after: dict[str, bytes] = {}
    for path, some in edits.items():
        file = read_output(work.root, path)
        try:
            after[path] = apply(file.data or b"", some)
        except ConflictError as error:
            raise PortmanError(
                "adopt-changed",
                f"{error}: the file was changed by another program in the meantime",
                hint="portman adopt",
                file=path,
            ) from error
    keep(work.root, {path: (read_output(work.root, path).data, new) for path, new in after.items()})
    for path, new in after.items():
        file = read_output(work.root, path)
        os.makedirs(os.path.dirname(file.real), exist_ok=True)
        try:
            atomic.replace(file.real, new, like=file.status, shown=path, real=True)
        except atomic.ChangedError as error:
            raise PortmanError(
                "adopt-changed", f"{path}: changed in the meantime", hint="portman adopt --undo"
            ) from error
    return views
