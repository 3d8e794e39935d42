"""`portman add` and `remove`: ports.toml edited in place."""

from __future__ import annotations

import os
import time

from portman.allocation.workspace import open_workspace
from portman.base.errors import ProblemsError, Report
from portman.base.values import LOCAL_SCOPE
from portman.manifest import LOCAL_FILE
from portman.manifest.document import read_document
from portman.manifest.edit import add_entry, remove_entry
from portman.manifest.file import find_manifest, read_bytes
from portman.manifest.parse import parse_manifest
from portman.outputs.atomic import replace

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.base.errors import Problem
    from portman.base.values import Kind


def add(
    start: str, name: str, *, kind: Kind, fields: dict[str, object], dry_run: bool = False
) -> Report:
    """Add a service or container to ports.toml, keeping comments and order.

    Raises PortmanError: service-exists, manifest-invalid (nothing is written then).
    """
    path, text = _read(start)
    new = add_entry(text, name, kind, fields)
    _write(path, new, dry_run=dry_run)
    return Report(
        "add", {"manifest": path, "name": name, "kind": kind, "dry_run": dry_run, "text": new}
    )


def remove(start: str, name: str, *, instance: str = "") -> Report:
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
    path = find_manifest(start)
    problems: list[Problem] = []
    document = read_document(read_bytes(path) or b"", path, problems)
    if document is None:
        raise ProblemsError(tuple(problems))
    return path, document.text


def _write(path: str, text: str, *, dry_run: bool = False) -> None:
    """Write the edited manifest if portman itself accepts it, with ports.local.toml over it."""
    data = text.encode("utf-8")
    local_path = os.path.join(os.path.dirname(path), LOCAL_FILE)
    parse_manifest(data, read_bytes(local_path), file=path, local_file=local_path)
    if not dry_run:
        replace(path, data, like=os.stat(path))
