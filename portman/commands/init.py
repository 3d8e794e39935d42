"""`portman init`: a ports.toml from the files of the project, never over an existing one."""

from __future__ import annotations

import os

from portman.base.errors import PortmanError, Report
from portman.init.detect import detect
from portman.init.proposal import entries, render, starter_manifest
from portman.manifest.file import real_folder
from portman.manifest.parse import parse_manifest


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
    parse_manifest(text.encode(), None, file=path)
    if not dry_run:
        _create(path, text)
    found = [
        {"name": one.name, "kind": one.found.kind, "port": one.port, "sources": list(one.notes)}
        for one in proposed
    ]
    return Report("init", {"manifest": path, "text": text, "found": found, "dry_run": dry_run})


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
