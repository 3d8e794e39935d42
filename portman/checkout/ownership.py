"""The token that says which checkout a program belongs to, and the checkout around a folder."""

from __future__ import annotations

import os
import sys

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portman.base.values import Service

MANIFEST = "ports.toml"

if sys.platform == "darwin":

    def real_path(path: str) -> str:
        """Return a path without links, as the file system spells it.

        realpath(3) resolves links alone. APFS ignores case and Unicode's normal forms, and shows
        what lies in /System/Volumes/Data by its firmlinks; fcntl(2) F_GETPATH gives the one name.
        """
        import fcntl

        real = os.path.realpath(path)
        try:
            descriptor = os.open(real, 0x8000 | os.O_CLOEXEC)  # O_EVTONLY: a name, no reading
        except OSError:
            return real
        try:
            spelled = fcntl.fcntl(descriptor, 50, bytes(1024))  # F_GETPATH, MAXPATHLEN
        except OSError:
            return real
        finally:
            os.close(descriptor)
        return os.fsdecode(spelled.partition(b"\0")[0]) or real

else:
    real_path = os.path.realpath


class Tenant(NamedTuple):
    """A checkout that asks whose a server is, with the services of its manifest.

    `slug` returns its `{checkout.slug}`; None where that follows from path and instance.
    """

    path: str
    instance: str = ""
    services: tuple[Service, ...] = ()
    slug: Callable[[], str] | None = None

    def service(self, name: str) -> Service | None:
        return next((one for one in self.services if one.name == name), None)


def checkout_token(path: str, instance: str = "") -> str:
    """Return what PORTMAN_CHECKOUT and the label `portman.checkout` say: `PATH` or `PATH#NAME`."""
    return f"{path}#{instance}" if instance else path


def checkout_slug(path: str, instance: str = "", place: str = "") -> str:
    """Return the short name of a checkout for other tools: `shopfix3fa9c1e2`.

    Letters of ASCII, lower case, and digits, a letter first, at most 28: valid unquoted as a
    database or role (PostgreSQL, MySQL), bucket (S3), DNS label, Supabase project_id, Docker name.
    It follows from path and instance, so it stays when a branch or the project's name changes; the
    32 bits of a digest keep two folders of one name apart. `place` does so for the second folder at
    one path (ledger/write.py decides which that is).
    """
    from hashlib import sha256

    folder = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = "".join(c for c in f"{folder}{instance}".lower() if c.isascii() and c.isalnum())
    token = checkout_token(path, instance) + place
    digest = sha256(os.fsencode(token)).hexdigest()[:8]
    return f"{plain if plain[:1].isalpha() else f'c{plain}'}"[:20] + digest


def instance_of(token: str, path: str) -> str:
    """Return which instance of the checkout at `path` a token names; "" if none, or another's."""
    instance = token[len(path) + 1 :]
    return instance if token == checkout_token(path, instance) and "/" not in instance else ""


def lies_in(folder: str, path: str, separator: str = os.sep) -> bool:
    trunk = path.rstrip(separator)
    return folder.rstrip(separator) == trunk or folder.startswith(trunk + separator)


def service_in(folder: str, path: str, dirs: Iterable[tuple[str, str]]) -> str:
    """Return the service in whose `dir` a folder lies, the innermost; "" for none, and several.

    `dirs` are pairs (service, its `dir` below `path`); a service without one is never meant.
    """
    known = [(name, below) for name, below in dirs if below]
    if not known:
        return ""
    here = real_path(folder)
    found: dict[int, list[str]] = {}
    for name, below in known:
        place = real_path(os.path.join(path, below))
        if lies_in(here, place):
            found.setdefault(len(place), []).append(name)
    inner = found[max(found)] if found else []
    return inner[0] if len(inner) == 1 else ""


def folder_here(start: str) -> str | None:
    """Return the checkout at or above a folder that a person stands in; None if it is gone."""
    try:
        return manifest_folder(real_path(start))
    except OSError:
        return None


def manifest_folder(folder: str) -> str | None:
    """Return the nearest folder at or above `folder` that holds a ports.toml, as spelled there."""
    here = folder
    while not os.path.isfile(os.path.join(here, MANIFEST)):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here
