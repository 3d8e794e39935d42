"""From the bytes of a manifest to TOML values, or to the one thing that makes that impossible."""

from __future__ import annotations

from portman.base.errors import Problem
from portman.manifest.manifest_faults import Document, quoted

#: A manifest of 10,000 services fits; and no file of this size keeps the parser for long.
LARGEST = 1 << 20
#: `tomllib` takes time with the square of a key's parts. portman's own keys have three.
MOST_PARTS = 32
#: What `tomllib` says first -> what is most often meant by it. It has no codes to go by.
_HINTS = {
    "Invalid value": 'a text needs quotes, as in path = ".env"',
    "Expected '=' after a key": "write web = 3000, with =",
    "Cannot overwrite a value": "the same key stands there twice: delete one",
    "Cannot declare": "the table is there already, as [header] or in { }: write it once",
    "Cannot mutate immutable": "a table in { } is complete: write [services.web] instead",
    "Unterminated string": 'the closing " is missing',
    "Illegal character '\\n'": "the closing quote is missing on this line",
    "Illegal character": 'write "..." on one line, without control characters',
    "Unclosed array": "the closing ] is missing",
    "Unclosed inline table": "the closing } is missing; a table in { } stands on one line",
    "Expected ']' at the end of a table": "a header looks like [services]",
    "Duplicate inline table key": "the same key stands there twice: delete one",
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
    """Return the TOML document in `raw`, or None after adding to `problems` what is wrong."""
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
    """Tell whether no key has so many parts that `tomllib` would take minutes with it."""
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
    """Put `tomllib`'s message into a problem with the line and what stands there.

    The message ends with "(at line 3, column 5)" or "(at end of document)".
    """
    what, _, where = message.rpartition(" (at ")
    lines = text.replace("\r\n", "\n").split("\n")
    number = where.removeprefix("line ").partition(",")[0]
    if number.isdigit():
        line = int(number)
        stands = lines[line - 1].strip() if line <= len(lines) else ""
    else:
        line, stands = len(text.rstrip().split("\n")), ""
    said = next((said for start, said in _WORDS.items() if message.startswith(start)), "")
    said = f"not valid TOML: {said or _lower(what or message)}"
    said += f", in the line {quoted(stands)}" if stands else ", at the end of the file"
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
