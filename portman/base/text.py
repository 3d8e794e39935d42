"""How a holder, a place or a missed port is told in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.containers.model import is_forwarder

if TYPE_CHECKING:
    from portman.base.values import Holder


def printable(text: str) -> str:
    """Return `text` with control characters spelt out, so that no name can steer a terminal."""
    return "".join(
        char
        if char.isprintable()
        else char.encode("unicode_escape", "replace").decode("ascii")
        if not "\ud800" <= char <= "\udfff"
        else f"\\x{ord(char) & 0xFF:02x}"
        for char in text
    )


def home_short(path: str, home: str) -> str:
    """Return `path` with the home folder written as ~."""
    if home and home != "/" and (path == home or path.startswith(home + "/")):
        return "~" + path[len(home) :]
    return path


def who(holder: Holder, home: str = "") -> str:
    """Return a holder in a few words: "node (pid 812, user me) in ~/other"."""
    if holder.container is not None:
        return _container(holder, home)
    if holder.pid is not None and is_forwarder(holder):
        return "a container (its engine could not be asked which)"
    facts = [f"pid {holder.pid}"] if holder.pid is not None else []
    if holder.user:
        facts.append(f"user {holder.user}")
    elif holder.uid is not None:
        facts.append(f"uid {holder.uid}")
    if holder.pid is None and holder.unit:
        facts.append(f"unit {holder.unit}")
    name = holder.name or ("a process" if holder.pid is not None else "a process we may not see")
    told = f"{name} ({', '.join(facts)})" if facts else name
    return printable(told + (f" in {home_short(holder.cwd, home)}" if holder.cwd else ""))


def whose(holder: Holder, home: str = "") -> str:
    """Return the checkout (and service) a holder belongs to, or ""."""
    if not holder.checkout:
        return ""
    place = home_short(holder.checkout, home)
    return printable(f"{holder.service} of {place}" if holder.service else place)


def _container(holder: Holder, home: str) -> str:
    container = holder.container
    if container is None:
        return ""
    facts = [f"image {container.image}"] if container.image else []
    if container.project:
        facts.append(f"Compose project {container.project}")
    told = f"container {container.name}" + (f" ({', '.join(facts)})" if facts else "")
    return printable(
        told + (f" in {home_short(container.folder, home)}" if container.folder else "")
    )
