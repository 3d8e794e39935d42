"""`portman init`: a ports.toml from the files of the project, never over an existing one."""

from __future__ import annotations

import os

from portman.base.errors import PortmanError, Problem, ProblemsError, Report
from portman.compose.calls import notes_for
from portman.init.detect import detect
from portman.init.proposal import Proposal, entries, values, with_env_files, without
from portman.init.proposal import outputs as files_for
from portman.init.render import render, starter_manifest
from portman.manifest.file import read_manifest, real_folder
from portman.manifest.parse import parse_manifest

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.values import Manifest
    from portman.init.detect import Detection

#: Messages of one kind that are printed one by one; more are one message.
_EACH = 4


def init(start: str, *, dry_run: bool = False, template: bool = False) -> Report:
    """Write a ports.toml into `start` with the ports found there and their sources as comments.

    `dry_run` writes nothing, and shows what is new where there is a ports.toml. `template` writes
    the commented example where nothing is found. Raises PortmanError: "manifest-exists",
    "folder-refused" for a home folder or `/`, "nothing-found".
    """
    folder = real_folder(start)
    path = os.path.join(folder, "ports.toml")
    there = os.path.lexists(path)
    if there and not dry_run:
        raise _exists(path)
    _refuse_home(folder)
    detection = detect(folder)
    known = read_manifest(path) if there else None
    proposal, dropped = valid(_new(propose(detection), known), path)
    if not proposal.entries and not there and not template:
        raise _nothing(folder, detection.looked_at)
    text = render(proposal) if proposal.entries or there else starter_manifest()
    if there and not proposal.entries:
        text = "# Nothing new: ports.toml has every port that was found here.\n"
    if not dry_run:
        _create(path, text)
    found = [
        {"name": one.name, "kind": one.found.kind, "port": one.port, "sources": list(one.notes)}
        for one in proposal.entries
    ]
    data = {"manifest": path, "text": text, "found": found, "dry_run": dry_run}
    data["looked_at"] = list(detection.looked_at)
    warnings = _warnings(proposal, dropped)
    if not there and proposal.entries:
        warnings += notes_for(folder, parse_manifest(text.encode(), None, file=path))
    return Report("init", data, warnings=warnings)


def propose(detection: Detection) -> Proposal:
    proposed = entries(detection.finds, detection.builds)
    derived, doubts = values(proposed, detection.addresses)
    inside = detection.compose.env_files
    proposed = with_env_files(proposed, derived, detection.tracked, detection.copies, inside)
    composed = detection.compose
    usual = {one.found.port: one.name for one in reversed(proposed) if one.found.port}
    for where, variable, port in composed.kept:
        if port in usual:
            said = f"{where}: {variable or 'an address'} has the port {port} of {usual[port]}, "
            said += f"which every checkout would keep; write ${{NAME:-{port}}} there"
            doubts.append(("address-kept", said))
    for where, service, name in composed.names:
        said = f'{where}: container_name "{name}" of {service} is the same in every checkout; a '
        said += "second one starts only with portman's override, which a command with -f does not "
        said += "see; leave the name out"
        doubts.append(("name-shared", said))
    if ".env" in detection.tracked:
        said = ".env is tracked by git, so portman writes .env.local; "
        said += "a program that reads only .env needs: portman run -- COMMAND"
        doubts.append(("output-elsewhere", said))
    choice = composed.choice
    others = [
        f"{path} ({purpose})" if purpose else path
        for path, purpose in choice.others
        if path not in composed.read
    ]
    remarks = [f"Compose files that are not read here: {', '.join(others)}"] if others else []
    remarks += [f"{one}, which nothing else names" for one in detection.forwarded]
    return Proposal(
        tuple(proposed),
        tuple(derived),
        choice.files if choice.by and composed.ports else (),
        files_for(
            choice.files if composed.ports else (),
            [(one.name, one.where.rpartition(":")[0]) for one in derived]
            + [
                (name, hint.where.rpartition(":")[0])
                for one in proposed
                for hint in one.members
                for name in one.variables
                if hint.role == "hint" and hint.variable == name
            ],
            detection.tracked,
            detection.copies,
            {one.env_file for one in proposed if one.env_file},
        ),
        tuple(remarks),
        tuple(doubts),
    )


def _new(proposal: Proposal, known: Manifest | None) -> Proposal:
    """Leave out what a ports.toml has already: by name, usual port, or port of a container."""
    if known is None:
        return proposal
    names = {one.name for one in known.services}
    ports = {one.usual for one in known.services if one.usual}
    targets = {(one.compose or one.name, one.target) for one in known.services if one.target}
    kept = tuple(
        one
        for one in proposal.entries
        if one.name not in names
        and one.found.port not in ports
        and (one.found.compose, one.found.target) not in targets
    )
    left = {one.name for one in kept}
    values = tuple(
        one
        for one in proposal.values
        if one.name not in dict(known.env) and any(f"{{{name}}}" in one.value for name in left)
    )
    return proposal._replace(entries=kept, values=values, compose=(), outputs=(), doubts=())


def valid(proposal: Proposal, path: str) -> tuple[Proposal, list[str]]:
    """Return the proposal less what portman itself would refuse, and what that is."""
    dropped: list[str] = []
    for _ in range(2 * len(proposal.entries) + len(proposal.values) + 10):
        try:
            parse_manifest(render(proposal).encode(), None, file=path)
        except ProblemsError as error:
            less = next(
                (x for x in (without(proposal, one.key or "") for one in error.problems) if x), None
            )
            if less is None:
                return proposal, dropped
            dropped.append(error.message)
            proposal = less
        else:
            break
        if not proposal.entries:
            break
    return proposal, dropped


def _warnings(proposal: Proposal, dropped: list[str]) -> tuple[Problem, ...]:
    """Return what a person has to know, one message for each, or one for many of a kind."""
    said = [*proposal.doubts, *(("detail-dropped", f"left out: {one}") for one in dropped)]
    made = []
    for code in dict.fromkeys(code for code, _ in said):
        texts = list(dict.fromkeys(text for one, text in said if one == code))
        made += [Problem(code, text) for text in texts[:_EACH]]
        if texts[_EACH:]:
            places = ", ".join(text.partition(": ")[0] for text in texts[_EACH:])
            made.append(Problem(code, f"the same in {places}"))
    return tuple(made)


def _refuse_home(folder: str) -> None:
    home = os.path.realpath(os.path.expanduser("~"))
    if folder in (home, os.path.realpath(os.sep)) or os.path.dirname(folder) == folder:
        raise PortmanError(
            "folder-refused",
            f"{folder} is not a project: its ports.toml would speak for every folder below it",
            hint="cd PROJECT && portman init",
        )


def _nothing(folder: str, looked_at: tuple[str, ...]) -> PortmanError:
    files = ", ".join(looked_at[:12]) + (" ..." if len(looked_at) > 12 else "")
    seen = f"; looked at {files}" if files else "; no file there is of a kind that names ports"
    return PortmanError(
        "nothing-found", f"no port found in {folder}{seen}", hint="portman init --template"
    )


def _create(path: str, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise PortmanError(
            "output-unwritable",
            f"cannot write {path}: {error.strerror}",
            hint="portman -C DIR init writes it somewhere else",
        ) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


def _exists(path: str) -> PortmanError:
    return PortmanError(
        "manifest-exists",
        f"{path} exists already",
        hint="see what it does not have: portman init --dry-run\n"
        "add a service: portman add web 3000",
    )
