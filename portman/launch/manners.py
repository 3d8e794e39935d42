"""What was seen of how a command binds its port: remembered, never guessed.

"fits": it listened while its port was held. "plain": it failed while the port was held, and
listened when it was not. "hindered": it failed while the port was held by somebody who could not
be asked to let go; the next time will tell. One small file for each service of a checkout, in
the state folder; losing it loses one observation.
"""

from __future__ import annotations

import os

from portman import state as place
from portman.state.receipts import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MAGIC = "portman manners 1"
FITS, PLAIN, HINDERED = "fits", "plain", "hindered"
_MOST = 16
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)


def recall(state: str, path: str, service: str, argv: list[str]) -> str:
    """Return "fits", "plain", "hindered", or "" for a command that was never seen to listen."""
    return dict(_read(state, path, service)).get(_text(argv), "")


def yielding(state: str, path: str, services: Iterable[str]) -> list[str]:
    """Return those of the services whose last seen command could not bind under a hold."""
    try:
        kept = set(os.listdir(os.path.dirname(_file(state, path, ""))))
    except OSError:
        return []
    seen = [(name, _read(state, path, name)) for name in services if key_of(path, name) in kept]
    return [name for name, known in seen if known and known[-1][1] != FITS]


def remember(state: str, path: str, service: str, argv: list[str], manner: str) -> None:
    """Keep what was seen; failing to write is no error, it will be seen again."""
    import contextlib

    said = _text(argv)
    known = [pair for pair in _read(state, path, service) if pair[0] != said][-(_MOST - 1) :]
    parts = [_MAGIC, path, service]
    for pair in [*known, (said, manner)]:
        parts += pair
    file = _file(state, path, service)
    scratch = f"{file}.{os.getpid()}"
    with contextlib.suppress(OSError):
        place.private_subfolder(*os.path.split(os.path.dirname(file)))
        descriptor = os.open(scratch, _FRESH, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write("\0".join(parts).encode("utf-8", "surrogateescape"))
        os.replace(scratch, file)


def _file(state: str, path: str, service: str) -> str:
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return os.path.join(state, f"manners-{user}", key_of(path, service))


def _read(state: str, path: str, service: str) -> list[tuple[str, str]]:
    try:
        with open(_file(state, path, service), "rb") as stream:
            parts = stream.read(1 << 20).decode("utf-8", "surrogateescape").split("\0")
    except OSError:
        return []
    if parts[:3] != [_MAGIC, path, service]:
        return []
    return list(zip(parts[3::2], parts[4::2], strict=False))


def _text(argv: list[str]) -> str:
    return "\x1f".join(argv)
