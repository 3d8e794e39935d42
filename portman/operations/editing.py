"""`portman init`, `add`, `remove`: ports.toml made and edited, never overwritten."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from portman.core.errors import PortmanError
from portman.operations.report import Report

if TYPE_CHECKING:
    from portman.core.model import Kind


def init(start: str) -> Report:
    """Write a commented ports.toml into `start`.

    Raises PortmanError "manifest-exists" if there is one already.
    """
    from portman.core.starter import starter_manifest

    path = os.path.join(os.path.realpath(start), "ports.toml")
    text = starter_manifest()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError as error:
        raise PortmanError(
            "manifest-exists",
            f"{path} exists already",
            hint="add a service to it: portman add web 3000",
        ) from error
    except OSError as error:
        raise PortmanError(
            "output-unwritable",
            f"cannot write {path}: {error.strerror}",
            hint="portman -C DIR init writes it somewhere else",
        ) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    return Report("init", {"manifest": path, "text": text})


def add(start: str, name: str, *, kind: Kind, fields: dict[str, object]) -> Report:
    """Add a service or container to ports.toml, keeping comments and order.

    Raises PortmanError: service-exists, manifest-invalid (nothing is written then).
    """
    from portman.files.manifest_edit import add_entry

    path, text = _read(start)
    _write(path, add_entry(text, name, kind, fields))
    return Report("add", {"manifest": path, "name": name, "kind": kind})


def remove(start: str, name: str, *, instance: str = "") -> Report:
    """Take a service out of ports.toml and give back its lease."""
    from portman.core.model import LOCAL_SCOPE
    from portman.files.manifest_edit import remove_entry
    from portman.operations.scene import open_scene

    scene = open_scene(start, instance)
    path, text = _read(start)
    _write(path, remove_entry(text, name))
    checkout = scene.checkout
    lease = scene.ledger.leases(checkout.path, checkout.instance, LOCAL_SCOPE).get(name)
    if lease is not None:
        with scene.ledger.writing() as writer:
            writer.give_back(checkout.path, checkout.instance, [name], int(time.time()))
    return Report(
        "remove",
        {"manifest": path, "name": name, "given_back": list(lease.ports) if lease else []},
    )


def _read(start: str) -> tuple[str, str]:
    from portman.files.manifest_file import find_manifest

    path = find_manifest(start)
    with open(path, encoding="utf-8", newline="") as stream:
        return path, stream.read()


def _write(path: str, text: str) -> None:
    """Write the edited manifest if portman itself accepts it, with ports.local.toml over it."""
    from portman.core.manifest import parse_manifest
    from portman.files.atomic import replace

    data = text.encode("utf-8")
    local_path = os.path.join(os.path.dirname(path), "ports.local.toml")
    local = None
    if os.path.isfile(local_path):
        with open(local_path, "rb") as stream:
            local = stream.read()
    parse_manifest(data, local, file=path, local_file=local_path)
    replace(path, data, like=os.stat(path))
