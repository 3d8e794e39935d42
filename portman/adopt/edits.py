"""Changes as exact spans of bytes: nothing of a file is written that was not changed."""

from __future__ import annotations

import difflib

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal

    Kind = Literal[
        "manifest",
        "compose-port",
        "container-name",
        "client-url",
        "js-config",
        "command",
        "recipe",
        "listen",
        "env-file",
        "spring",
        "profile",
        "apphost",
        "wrapper",
        "gitignore",
        "note",
    ]


#: A person's word, in a comment, that a line stays.
KEPT = "portman: keep"


class Edit(NamedTuple):
    """One change: the bytes `begin` to `end` of a file are `old` and become `new`.

    A file that does not exist is made where `begin` is -1. `line` is where a person finds it.
    """

    file: str
    begin: int
    end: int
    old: str
    new: str
    kind: Kind
    reason: str
    line: int = 1
    service: str = ""


class Left(NamedTuple):
    """A place that cannot be changed safely, and why; a person may."""

    file: str
    line: int
    what: str
    service: str = ""


class FileText(NamedTuple):
    """A file of the project, as text; edits count its bytes."""

    path: str
    text: str

    @property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def edit(  # noqa: PLR0913, PLR0917 - a span, and what is known of it
        self, begin: int, end: int, new: str, kind: Kind, reason: str, service: str = ""
    ) -> Edit:
        first = len(as_bytes(self.text[:begin]))
        old = self.text[begin:end]
        last = first + len(as_bytes(old))
        new = new if self.newline == "\n" else new.replace("\r\n", "\n").replace("\n", "\r\n")
        return Edit(self.path, first, last, old, new, kind, reason, self.line(begin), service)


def as_bytes(text: str) -> bytes:
    """Return the bytes of a text; those that are no UTF-8 were kept as surrogates."""
    return text.encode("utf-8", "surrogateescape")


class ConflictError(ValueError):
    """Two edits of one place, or a file that is not what the edits were made for."""


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    result, at = [], 0
    for one in sorted(edits, key=lambda edit: (edit.begin, edit.end)):
        begin, end = max(one.begin, 0), max(one.end, 0)
        if begin < at or data[begin:end] != as_bytes(one.old):
            raise ConflictError(f"{one.file}:{one.line}")
        result += [data[at:begin], as_bytes(one.new)]
        at = end
    return b"".join((*result, data[at:]))


def by_file(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for one in edits:
        known = found.setdefault(one.file, [])
        if not any((two.begin, two.end, two.new) == (one.begin, one.end, one.new) for two in known):
            known.append(one)
    return found


def diff(path: str, before: bytes | None, edits: Sequence[Edit]) -> str:
    """Return the unified diff of a file's edits; line ends other than LF are shown as such."""
    old = (before or b"").decode("utf-8", "replace")
    new = apply(before or b"", edits).decode("utf-8", "replace")
    lines = difflib.unified_diff(
        old.splitlines(keepends=True),
        new.splitlines(keepends=True),
        "/dev/null" if before is None else f"a/{path}",
        f"b/{path}",
    )
    return "".join(
        one if one.endswith("\n") else f"{one}\n\\ No newline at end of file\n" for one in lines
    )
