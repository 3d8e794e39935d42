"""What an integration works from, and what it proposes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portman.base.values import Output, Service


class ProjectFacts(NamedTuple):
    """What a manifest says, as far as other tools care."""

    name: str
    services: tuple[Service, ...]
    outputs: tuple[Output, ...]

    @property
    def env_file(self) -> str | None:
        """Return the path of the first dotenv output, if there is one."""
        return next((one.path for one in self.outputs if one.format == "dotenv"), None)


class FileChange(NamedTuple):
    """One file as it should be.

    `text` is the whole new content (equal to the old: nothing to do), or None where portman
    cannot write it without losing something; then `reason` says why, and `by_hand` is the text
    that somebody puts in.
    """

    path: str
    text: str | None
    reason: str = ""
    by_hand: str = ""


def first_of(paths: Iterable[str], files: Mapping[str, str], default: str) -> str:
    """Return the first of the paths that there is, else the default."""
    return next((path for path in paths if path in files), default)


def no_env_file(path: str) -> FileChange:
    """Return the refusal of a tool that reads an env file, where no output is one."""
    reason = "no [[output]] of ports.toml is an env file, and this tool reads one"
    return FileChange(path, None, reason, '# in ports.toml\n[[output]]\npath = ".env"\n')


# A file that is wholly portman's proposal: made once, left alone when somebody edits it.


def whole(path: str, text: str, files: Mapping[str, str]) -> FileChange:
    """Return the file if it is missing or equal; what differs is left to whoever changed it."""
    old = files.get(path)
    if old is None or old.replace("\r\n", "\n") == text:
        return FileChange(path, text if old is None else old)
    reason = "it is there already and says something else, which portman never overwrites"
    return FileChange(path, None, reason, text)
