"""The files of the tools that people already use, changed so that these tools learn their ports.

`propose` is pure: it takes the files that exist and returns the changes to make. What cannot be
changed without losing something is returned as text for a person to insert. In a file that people
edit, portman's lines are a block between two markers: inserted once, updated in its place.
"""

from __future__ import annotations

from portman.base.record import NamedTuple
from portman.base.small_file import data_file

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from portman.base.values import Output, Service


class Tool(NamedTuple):
    """A row of data/integrations/tools.tsv, whose head explains the columns."""

    paths: tuple[str, ...]
    about: str
    next: str
    kind: str = ""


def _read_tools() -> dict[str, Tool]:
    lines = data_file("integrations", "tools.tsv").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {
        name: Tool(tuple(_paths(paths)), about, after, kind)
        for name, kind, paths, about, after in rows
    }


def _paths(text: str) -> Iterator[str]:
    for word in text.split():
        start, brace, endings = word.partition("{")
        yield from (start + one for one in endings[:-1].split(",")) if brace else (word,)


TOOLS = _read_tools()


def propose(tool: str, project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Work out the changes for a tool of TOOLS; `files` are those of its paths that exist."""
    from importlib import import_module

    kind = "json_files" if TOOLS[tool].paths[0].endswith(".json") else "text_files"
    module = import_module(f"{__name__}.{TOOLS[tool].kind or kind}")
    found: FileChange | tuple[FileChange, ...] = module.propose(tool, project, files)
    return (found,) if isinstance(found, FileChange) else found


class ProjectFacts(NamedTuple):
    """The part of a manifest that other tools use."""

    name: str
    services: tuple[Service, ...]
    outputs: tuple[Output, ...]
    #: Service -> the project's own command that starts it, for tools that start programs.
    commands: Mapping[str, str] = {}
    #: Which folders of other tools there are, by their first name; the state folder; git's hook.
    folders: frozenset[str] = frozenset()
    state: str = ""
    hook: str = ""

    @property
    def env_file(self) -> str | None:
        return next((one.path for one in self.outputs if one.format == "dotenv"), None)


class FileChange(NamedTuple):
    """One file as it should be.

    `text` is the whole new content (equal to the old: nothing to do), or None where portman
    cannot write it without losing something; then `reason` says why, and `by_hand` is the text
    for a person to insert.
    """

    path: str
    text: str | None
    reason: str = ""
    by_hand: str = ""


def first_of(paths: Iterable[str], files: Mapping[str, str], default: str) -> str:
    return next((path for path in paths if path in files), default)


def no_env_file(path: str) -> FileChange:
    reason = "no [[output]] of ports.toml is an env file, and this tool reads one"
    return FileChange(path, None, reason, '# in ports.toml\n[[output]]\npath = ".env"\n')


def template(tool: str) -> str:
    return data_file("integrations", f"{tool}.txt")


class DamagedError(ValueError):
    """The markers in the file are not one whole block."""


class Comment(NamedTuple):
    """How the file writes a comment."""

    start: str = "# "
    end: str = ""


HASH, HTML = Comment(), Comment("<!-- ", " -->")
_NOTE = "portman integrate {} wrote this and may write it again"


def put_block(
    text: str, body: str, tool: str, *, comment: Comment = HASH, top: bool = False
) -> str:
    """Put the block into the text: in its old place, else at the end (or the top).

    Line ends are those of the text. Raises DamagedError where one marker is missing or doubled.
    """
    newline = line_end(text)
    block = block_of(body, tool, comment, newline)
    span = _span(text, *_markers(tool, comment))
    if span is not None:
        return text[: span[0]] + block + text[span[1] :]
    if not text.strip():
        return block
    if top:
        head, rest = _head(text)
        return f"{head}{block}{newline}{rest}"
    gap = "" if text.endswith(("\n\n", "\r\n\r\n")) else newline
    end = "" if text.endswith("\n") else newline
    return f"{text}{end}{gap}{block}"


def block_of(body: str, tool: str, comment: Comment = HASH, newline: str = "\n") -> str:
    opening, closing = _markers(tool, comment)
    note = f"{comment.start}{_NOTE.format(tool)}{comment.end}"
    return newline.join([opening, note, *body.rstrip("\n").split("\n"), closing]) + newline


def line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def without_block(text: str, tool: str) -> str:
    span = _span(text, *_markers(tool))
    return text if span is None else text[: span[0]] + text[span[1] :]


def _markers(tool: str, comment: Comment = HASH) -> tuple[str, str]:
    start, end = comment
    return f"{start}>>> portman integrate {tool}{end}", f"{start}<<< portman integrate {tool}{end}"


def _span(text: str, opening: str, closing: str) -> tuple[int, int] | None:
    starts, ends, at = [], [], 0
    for line in text.splitlines(keepends=True):
        if line.rstrip() == opening:
            starts.append(at)
        at += len(line)
        if line.rstrip() == closing:
            ends.append(at)
    if not starts and not ends:
        return None
    if len(starts) != 1 or len(ends) != 1 or ends[0] < starts[0]:
        raise DamagedError(f"the lines {opening!r} and {closing!r} are not one whole block")
    return starts[0], ends[0]


def _head(text: str) -> tuple[str, str]:
    """Split off what has to stay first: a byte order mark, a #! line."""
    mark = 1 if text.startswith("\ufeff") else 0
    end = text.find("\n") + 1 if text.startswith("#!", mark) else mark
    return text[:end], text[end:]
