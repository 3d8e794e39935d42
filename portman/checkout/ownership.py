"""The token that says which checkout a program belongs to, and the checkout around a folder."""

from __future__ import annotations

import os

MANIFEST = "ports.toml"


def checkout_token(path: str, instance: str = "") -> str:
    """Return what PORTMAN_CHECKOUT and the label `portman.checkout` say: `PATH` or `PATH#NAME`."""
    return f"{path}#{instance}" if instance else path


def instance_of(token: str, path: str) -> str:
    """Return which instance of the checkout at `path` a token names; "" if none, or another's."""
    instance = token[len(path) + 1 :]
    return instance if token == checkout_token(path, instance) and "/" not in instance else ""


def lies_in(folder: str, path: str, separator: str = os.sep) -> bool:
    """Return whether `folder` is `path` or below it, by whole components."""
    trunk = path.rstrip(separator)
    return folder.rstrip(separator) == trunk or folder.startswith(trunk + separator)


def manifest_folder(folder: str) -> str | None:
    """Return the nearest folder at or above `folder` that holds a ports.toml, as spelled there."""
    here = folder
    while not os.path.isfile(os.path.join(here, MANIFEST)):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here
