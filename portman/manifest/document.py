"""From the bytes of a manifest to TOML values, or to the one thing that makes that impossible."""

from __future__ import annotations

from portman.base.errors import Problem
from portman.base.record import NamedTuple
from portman.manifest import LARGEST
from portman.manifest.keys import KINDS

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portman.manifest.locate import KeyPath

#: More than a person reads; the rest is counted. Keeps a hostile file from costing minutes.
MOST_PROBLEMS, LONGEST_MESSAGE, MOST_LISTED = 100, 400, 12


class Document(NamedTuple):
    """One of the two files as it was read: its name for messages, its text, its values."""

    file: str
    text: str
    tree: Mapping[str, object]


class Fault(NamedTuple):
    """One thing wrong: `message` goes on from the key, as in "must be true or false".

    Where `word` is a misspelling of one of `choices`, the hint says so; `hint` follows.
    """

    path: KeyPath
    message: str
    hint: str = ""
    word: str | None = None
    choices: Iterable[str] = ()


def problems_of(
    faults: list[Fault], document: Document, local: Document | None
) -> tuple[Problem, ...]:
    """Put the faults into words, in the order of the files and their lines."""
    from portman.manifest.locate import key_lines

    lines = {kept.file: key_lines(kept.text) for kept in (document, local) if kept}
    placed = []
    for fault in faults:
        at = owner(fault.path, document, local)
        placed.append((at is local, _line(lines[at.file], fault.path), at, fault))
    placed.sort(key=lambda row: row[:2])
    problems = [_problem(fault, at, line) for _, line, at, fault in placed[:MOST_PROBLEMS]]
    if len(placed) > MOST_PROBLEMS:
        more = f"{len(placed) - MOST_PROBLEMS} more problems follow; fix these first"
        problems.append(Problem("manifest-invalid", more, file=document.file))
    return tuple(problems)


def owner(path: KeyPath, document: Document, local: Document | None) -> Document:
    """Find the document that has `path`, or most of it if it is missing."""
    if local is None:
        return document
    reached = _reach(local.tree, path)
    if reached == len(path) or reached > _reach(document.tree, path):
        return local
    return document


def shown(value: object) -> str:
    """Show a TOML value as the file spells it, clipped to one short line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else "a number too long to be shown"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else f"the date or time {value}"


def quoted(text: str, *, most: int = 60) -> str:
    clipped = text if len(text) <= most else text[: most - 3] + "..."
    return '"' + "".join(map(_visible, clipped)) + '"'


def dotted(path: KeyPath) -> str:
    """Write a key as TOML does: services.web.port, env."A B", output[0].path."""
    shown_path = ""
    for part in path:
        if isinstance(part, int):
            shown_path += f"[{part}]"
        else:
            bare = part.isascii() and part.replace("-", "_").replace("_", "a").isalnum()
            shown_path += ("." if shown_path else "") + (part if bare else quoted(part))
    return shown_path


def _problem(fault: Fault, at: Document, line: int) -> Problem:
    key = dotted(_as_written(fault.path, at.tree))
    service = fault.path[1] if fault.path[0] in KINDS and len(fault.path) > 1 else None
    return Problem(
        "manifest-invalid",
        _plain(f"{key} {fault.message}"),
        _plain(_hint(fault)),
        service=_plain(service) if isinstance(service, str) else None,
        file=at.file,
        line=line or None,
        key=_plain(key),
    )


def _plain(text: str) -> str:
    """Return a text for one line of a terminal, whatever name out of the file it quotes."""
    clipped = text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 3] + "..."
    if clipped.isprintable():
        return clipped
    return "".join(c if c.isprintable() else _visible(c) for c in clipped)


def _hint(fault: Fault) -> str:
    if fault.word is None:
        return fault.hint
    from itertools import islice

    from portman.base.text import nearest

    near = nearest(fault.word, fault.choices)
    if near is not None:
        return f'did you mean "{near}"?'
    choices = list(islice(fault.choices, MOST_LISTED + 1))
    if fault.hint or len(choices) > MOST_LISTED:
        return fault.hint
    return f"one of: {', '.join(choices)}"


def _as_written(path: KeyPath, tree: Mapping[str, object]) -> KeyPath:
    """Return services.web for the port of `web = 3000`, which has no key of its own."""
    if len(path) > 2 and path[0] in KINDS and path[2] == "port":
        section = tree.get(str(path[0]))
        entry = section.get(path[1]) if isinstance(section, dict) else None
        if entry is not None and not isinstance(entry, dict):
            return path[:2]
    return path


def _line(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Return the line of `path`, or of the nearest thing around it; 0 for the whole file."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 0


def _reach(tree: Mapping[str, object], path: KeyPath) -> int:
    """Return how many keys of `path` lead somewhere in `tree`; shorthand counts as its port."""
    here: object = tree
    for depth, part in enumerate(path):
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list):
            return len(path)  # a list is replaced as a whole: all of it is this file's
        elif depth == 2 and path[0] in KINDS and part == "port" and not isinstance(here, dict):
            return len(path)
        else:
            return depth
    return len(path)


def _visible(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


#: `tomllib` takes time with the square of a key's parts. portman's own keys have three.
MOST_PARTS = 32
#: What `tomllib` says first -> what is most often meant by it. It has no codes to go by.
_HINTS = {
    "Invalid value": 'a text needs quotes, as in path = ".env"',
    "Expected '=' after a key": "write web = 3000, with =",
    "Cannot overwrite a value": "the key is there twice: delete one",
    "Cannot declare": "the table is there already, as [header] or in { }: write it once",
    "Cannot mutate immutable": "a table in { } is complete: write [services.web] instead",
    "Unterminated string": 'the closing " is missing',
    "Illegal character '\\n'": "the closing quote is missing on this line",
    "Illegal character": 'write "..." on one line, without control characters',
    "Unclosed array": "the closing ] is missing",
    "Unclosed inline table": "the closing } is missing; a table in { } is written on one line",
    "Expected ']' at the end of a table": "a header looks like [services]",
    "Duplicate inline table key": "the key is there twice: delete one",
    "Unescaped '\\'": "write \\\\ for a backslash, or use single quotes",
    "Invalid initial character for a key": "a key is made of letters, digits, - and _",
    "Expected newline or end of document": "each key has a line of its own; a text needs quotes",
}
#: Messages that quote Python's own spelling of a key -> what is said instead.
_WORDS = {
    "Cannot declare": "a table is declared twice",
    "Cannot mutate immutable": "a table or list is added to that is complete already",
}


def read_document(raw: bytes, file: str, problems: list[Problem]) -> Document | None:
    """Parse the TOML in `raw`; None after adding to `problems` what is wrong."""
    text = _text(raw, file, problems)
    if text is None or not _is_flat(text, file, problems):
        return None
    import tomllib

    try:
        return Document(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        problems.append(_syntax(str(error), text, file))
    except RecursionError:
        said = "not readable: lists or tables in it are nested too deeply"
        problems.append(Problem("manifest-invalid", said, file=file))
    except ValueError as error:  # int() refuses thousands of digits
        said = f"not valid TOML: {quoted(str(error), most=100)}"
        problems.append(Problem("manifest-invalid", said, file=file, line=_long_number(text)))
    return None


def _text(raw: bytes, file: str, problems: list[Problem]) -> str | None:
    """Return the text of the file: UTF-8 without a byte order mark, of a size to be read."""
    if len(raw) > LARGEST:
        said = f"the file has {len(raw):,} bytes or more; at most {LARGEST:,} are read"
        problems.append(Problem("manifest-unreadable", said, file=file))
        return None
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        kind = "UTF-8 with a byte order mark" if raw[0] == 0xEF else "UTF-16"
        said = f"the file is {kind}; TOML is UTF-8 without one"
        hint = 'save it as "UTF-8" (not "UTF-8 with BOM" or "Unicode") in your editor'
        problems.append(Problem("manifest-unreadable", said, hint, file=file, line=1))
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        said = f"the byte 0x{raw[error.start]:02X} at offset {error.start} is not UTF-8"
        hint = "save the file as UTF-8 in your editor"
        problems.append(Problem("manifest-unreadable", said, hint, file=file, line=line))
        return None


def _is_flat(text: str, file: str, problems: list[Problem]) -> bool:
    """Refuse a key with so many parts that `tomllib` would take minutes with it."""
    if text.count(".") <= MOST_PARTS:
        return True
    if not any(line.count(".") > MOST_PARTS for line in text.split("\n")):
        return True
    from portman.manifest.locate import longest_key

    parts, line = longest_key(text)
    if parts <= MOST_PARTS:
        return True
    said = f"a key here has {parts:,} parts; portman's own have at most three: services.web.port"
    problems.append(Problem("manifest-invalid", said, file=file, line=line))
    return False


def _syntax(message: str, text: str, file: str) -> Problem:
    """Put `tomllib`'s message into a problem with the line and its text.

    The message ends with "(at line 3, column 5)" or "(at end of document)".
    """
    what, _, where = message.rpartition(" (at ")
    lines = text.replace("\r\n", "\n").split("\n")
    number = where.removeprefix("line ").partition(",")[0]
    if number.isdigit():
        line = int(number)
        content = lines[line - 1].strip() if line <= len(lines) else ""
    else:
        line, content = len(text.rstrip().split("\n")), ""
    said = next((said for start, said in _WORDS.items() if message.startswith(start)), "")
    said = f"not valid TOML: {said or _lower(what or message)}"
    said += f", in the line {quoted(content)}" if content else ", at the end of the file"
    hint = next((hint for start, hint in _HINTS.items() if message.startswith(start)), "")
    return Problem("manifest-invalid", said, hint, file=file, line=line)


def _lower(text: str) -> str:
    """Return `tomllib`'s words as they go on in a sentence, clipped (they quote the file)."""
    clipped = text if len(text) < 120 else text[:117] + "..."
    plain = "".join(c if c.isprintable() else "?" for c in clipped)
    return plain[:1].lower() + plain[1:]


def _long_number(text: str) -> int | None:
    import re

    found = re.search(r"[0-9][0-9_]{4000}", text)
    return text.count("\n", 0, found.start()) + 1 if found else None
