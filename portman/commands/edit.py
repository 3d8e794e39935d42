"""`portman init`, `add` and `remove`: ports.toml written once, then edited in place."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from portman.allocation.workspace import open_workspace
from portman.base.errors import PortmanError, ProblemsError, Report
from portman.base.values import LOCAL_SCOPE
from portman.compose.calls import notes_for
from portman.init.detect import detect
from portman.init.proposal import entries, render, starter_manifest
from portman.manifest.document import read_document
from portman.manifest.edit import add_entry, remove_entry
from portman.manifest.file import find_manifest, read_bytes, real_folder
from portman.manifest.keys import LOCAL_FILE
from portman.manifest.parse import parse_manifest
from portman.outputs.atomic import replace

if TYPE_CHECKING:
    from portman.base.errors import Problem
    from portman.base.values import Kind


def add(start: str, name: str, *, kind: Kind, fields: dict[str, object]) -> Report:
    """Add a service or container to ports.toml, keeping comments and order.

    Raises PortmanError: service-exists, manifest-invalid (nothing is written then).
    """
    path, text = _read(start)
    _write(path, add_entry(text, name, kind, fields))
    return Report("add", {"manifest": path, "name": name, "kind": kind})


def remove(start: str, name: str, *, instance: str = "") -> Report:
    """Take a service out of ports.toml and release its lease."""
    workspace = open_workspace(start, instance)
    path, text = _read(start)
    _write(path, remove_entry(text, name))
    checkout = workspace.checkout
    lease = workspace.ledger.leases(checkout.path, checkout.instance, LOCAL_SCOPE).get(name)
    if lease is not None:
        with workspace.ledger.writing() as writer:
            writer.give_back(checkout.path, checkout.instance, [name], int(time.time()))
    return Report(
        "remove",
        {"manifest": path, "name": name, "given_back": list(lease.ports) if lease else []},
    )


def _read(start: str) -> tuple[str, str]:
    """Read the path and the text. Raises ProblemsError if it is not readable TOML."""
    path = find_manifest(start)
    problems: list[Problem] = []
    document = read_document(read_bytes(path) or b"", path, problems)
    if document is None:
        raise ProblemsError(tuple(problems))
    return path, document.text


def _write(path: str, text: str) -> None:
    """Write the edited manifest if portman itself accepts it, with ports.local.toml over it."""
    data = text.encode("utf-8")
    local_path = os.path.join(os.path.dirname(path), LOCAL_FILE)
    parse_manifest(data, read_bytes(local_path), file=path, local_file=local_path)
    replace(path, data, like=os.stat(path))


def init(start: str, *, dry_run: bool = False) -> Report:
    """Write a ports.toml into `start` with the ports found there and their sources as comments.

    Where nothing is found it is a starter with one service. `dry_run` writes nothing.
    Raises PortmanError "manifest-exists" if there is one already.
    """
    folder = real_folder(start)
    path = os.path.join(folder, "ports.toml")
    if os.path.lexists(path):
        raise _exists(path)
    detected = detect(folder)
    proposed = entries(detected.finds)
    text = render(proposed, detected.addresses) if proposed else starter_manifest()
    manifest = parse_manifest(text.encode(), None, file=path)
    if not dry_run:
        _create(path, text)
    found = [
        {"name": one.name, "kind": one.found.kind, "port": one.port, "sources": list(one.notes)}
        for one in proposed
    ]
    data = {"manifest": path, "text": text, "found": found, "dry_run": dry_run}
    return Report("init", data, warnings=notes_for(folder, manifest))


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
        hint="add a service to it: portman add web 3000",
    )
