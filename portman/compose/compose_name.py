"""The project name that keeps two checkouts' containers, networks and volumes apart. Pure."""

from __future__ import annotations

#: Docker allows more; names of containers, networks and volumes are made of this one.
LONGEST = 50


def normal_name(text: str) -> str:
    """Return `text` as Compose makes a project name of a folder's name.

    Lower case; nothing but letters, digits, `-` and `_`; a letter or digit first (compose-go,
    `loader.NormalizeProjectName`).
    """
    plain = "".join(c for c in text.lower() if c.isascii() and (c.isalnum() or c in "-_"))
    return plain.lstrip("-_")


def own_name(base: str, path: str, instance: str, digest: str) -> str:
    """Return the name for a checkout that is not the primary one, the same at every run.

    `base` is the primary checkout's project name, `digest` a fingerprint of path and instance:
    it tells apart two folders of one name.
    """
    trunk = normal_name(base) or "project"
    folder = normal_name(path.replace("\\", "/").rstrip("/").rpartition("/")[2])
    branch = folder.removeprefix(trunk).lstrip("-_")
    parts = [trunk, branch, normal_name(instance)]
    name = "-".join(part for part in parts if part)[:LONGEST].rstrip("-_")
    return f"{name}-{digest}"
