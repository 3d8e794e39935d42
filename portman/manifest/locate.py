"""The line of each key of a TOML document. `tomllib` does not report it, so this reads again.

Runs only when there is something to report. It reads valid TOML exactly, and invalid TOML
up to its first mistake, after which lines may be off: then `tomllib` has named the line.
"""

from __future__ import annotations

import re

from portman.base.record import NamedTuple

#: Keys as written, with the index in an array: ("output", 0, "path").
KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r]|#[^\n]*)*")
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\[^\n])*+"|'[^'\n]*+'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
#: A text in any of TOML's four kinds of quotes.
STRING = (
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*+"{3,5}'
    r"|'{3}(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\[^\n])*+"'
    r"|'[^'\n]*+'"
)
_STRING = re.compile(STRING)
_SCALAR = re.compile(r"[^,\]}\n#]*")


#: Deeper than any key portman knows; what lies deeper counts as its 64th ancestor, so that
#: a document of brackets or dots alone cannot cost more than its length.
DEEPEST = 64


class TomlStatement(NamedTuple):
    """A header, or a key with its value: `text[start:end]`, without a comment after it.

    `path` is the whole key, with the table it is in; `table` is that table's path.
    """

    table: KeyPath
    path: KeyPath
    start: int
    end: int

    @property
    def header(self) -> bool:
        return self.table == self.path


def key_lines(text: str) -> dict[KeyPath, int]:
    """Return the line (1-based) at which each key, table and array item is first."""
    return _Scan(text).lines


def statements(text: str) -> list[TomlStatement]:
    return _Scan(text).statements


def longest_key(text: str) -> tuple[int, int]:
    scan = _Scan(text)
    return scan.longest, scan.longest_line


class _Scan:
    """One pass over a document. `arrays` counts the items of each array of tables."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line, self.counted = text, 0, 1, 0
        self.lines: dict[KeyPath, int] = {}
        self.arrays: dict[KeyPath, int] = {}
        self.statements: list[TomlStatement] = []
        self.longest, self.longest_line = 0, 1
        table: KeyPath = ()
        while self.at < len(text):
            self._skip(_BLANK_LINES)
            start = self.at
            if self.text.startswith("[", start):
                table = self._header()
                self.statements.append(TomlStatement(table, table, start, self.at))
            elif (path := self._pair(table)) is not None:
                self.statements.append(TomlStatement(table, path, start, self.at))
            self._to_next_line()

    def _skip(self, pattern: re.Pattern[str]) -> str:
        """Step over what `pattern` matches here, and return it ("" if it does not)."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def _take(self, mark: str) -> bool:
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def _to_next_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end + 1

    def _note(self, path: KeyPath, at: int) -> None:
        self.line += self.text.count("\n", self.counted, at)
        self.counted = at
        self.lines.setdefault(path, self.line)

    def _key(self) -> KeyPath | None:
        """Read a dotted key; None if there is none here."""
        start, parts = self.at, []
        while part := self._skip(_KEY):
            parts.append(_plain(part))
            if not self._skip(_DOT):
                break
        if len(parts) > self.longest:
            self.longest, self.longest_line = len(parts), self.text.count("\n", 0, start) + 1
        return tuple(parts[:DEEPEST]) or None

    def _header(self) -> KeyPath:
        start = self.at
        array = self._take("[[")
        if not array:
            self._take("[")
        self._skip(_BLANK)
        path: KeyPath = ()
        for part in self._key() or ():
            path = (*self._innermost(path), part)
            self._note(path, start)
        self._skip(_BLANK)
        self._take("]]" if array else "]")
        if array:
            self.arrays[path] = self.arrays.get(path, -1) + 1
            self._note(self._innermost(path), start)
        return self._innermost(path)

    def _innermost(self, path: KeyPath) -> KeyPath:
        """Return `path` itself, or its latest item where it is an array of tables."""
        return (*path, self.arrays[path]) if path in self.arrays else path

    def _pair(self, table: KeyPath) -> KeyPath | None:
        """Note the key that is here, and step over its value; None if there is no key."""
        path = self._assignment(table)
        if path is not None:
            self._value(path)
        return path

    def _assignment(self, table: KeyPath) -> KeyPath | None:
        """Note the key that is here and step to its value; None if there is neither."""
        start, path = self.at, table
        for part in self._key() or ():
            path = (*path, part)[:DEEPEST]
            self._note(path, start)
        self._skip(_BLANK)
        if self.at == start or not self._take("="):
            return None
        self._skip(_BLANK)
        return path

    def _value(self, path: KeyPath) -> None:
        """Step over a value, noting what is in its arrays and inline tables.

        A stack instead of recursion: how deep a document nests is not ours to choose.
        """
        open_: list[tuple[KeyPath, int]] = []  # path, and the next index (-1: an inline table)
        here: KeyPath | None = path
        while here is not None:
            here = self._step_over(here, open_)

    def _step_over(self, path: KeyPath, open_: list[tuple[KeyPath, int]]) -> KeyPath | None:
        if self._take("["):
            open_.append((path, 0))
        elif self._take("{"):
            open_.append((path, -1))
        elif not self._skip(_STRING):
            self._skip(_SCALAR)
        while open_:
            self._skip(_BLANK_LINES)
            while self._take(","):
                self._skip(_BLANK_LINES)
            if self.at >= len(self.text):
                return None
            if self._take("]") or self._take("}"):
                open_.pop()
                continue
            return self._next_inside(open_)
        return None

    def _next_inside(self, open_: list[tuple[KeyPath, int]]) -> KeyPath | None:
        """Return the path of what is next in the innermost array or inline table."""
        path, index = open_[-1]
        if index < 0:
            return self._assignment(path)
        open_[-1] = (path, index + 1)
        item = (*path, index)[:DEEPEST]
        self._note(item, self.at)
        return item


def _plain(part: str) -> str:
    if part[0] == "'":
        return part[1:-1]
    if part[0] != '"':
        return part
    if "\\" not in part:
        return part[1:-1]
    import tomllib

    try:
        return str(tomllib.loads(f"k = {part}")["k"])
    except ValueError:
        return part[1:-1]
