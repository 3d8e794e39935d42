"""Adding an entry to the text of a manifest, and taking one out, with every other line kept.

Whole statements are put in and cut out of the text by their place, so that no other byte can
change. tomlkit, given the whole document, moves comments between tables and writes LF into
CRLF files (tests/unit/manifest/test_manifest_edit.py has a case); it writes the values. What
comes out is read back and compared with what it should say.
"""

from __future__ import annotations

import re
from itertools import pairwise

from portman.base.errors import PortmanError, ProblemsError
from portman.manifest.document import read_document
from portman.manifest.keys import KINDS, SECTION_OF, TABLES
from portman.manifest.locate import STRING, TomlStatement, statements
from portman.manifest.names import is_service_name

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from portman.base.errors import Problem
    from portman.base.values import Kind
    from portman.manifest.locate import KeyPath

    Tree = Mapping[str, object]


def add_entry(text: str, name: str, kind: Kind, fields: dict[str, object]) -> str:
    """Add a service or container to `text`, in the style of those beside it.

    `fields` are the keys of the entry (None: left out); with a port alone, or nothing, it
    becomes `web = 3000` or `web = "auto"`. The values are not judged: parse the result.
    Raises PortmanError "service-exists", "usage" for a name that no service may have, and
    ProblemsError for a text that is not TOML.
    """
    tree = _read(text)
    if not is_service_name(name):
        rule = "letters, digits, - and _, a letter first, at most 63"
        said = f"{name!r} is not a service name: expected {rule}"
        raise PortmanError("usage", said, hint="portman add web 3000")
    for section in KINDS:
        if name in _entries(tree, section):
            said = f"{section}.{name} is there already"
            hint = f"see it: portman explain {name}\ntake it out first: portman remove {name}"
            raise PortmanError("service-exists", said, hint=hint, service=name)
    given = {key: fields[key] for key in TABLES[f"a {kind}"] if fields.get(key) is not None}
    section, newline = SECTION_OF[kind], _newline(text)
    value: object = given
    if kind == "service" and given.keys() <= {"port"}:
        value = given.get("port", "auto")
    result = _added(_Text(text, newline), section, name, value)
    expected = {**tree, section: {**_entries(tree, section), name: value}}
    return _checked(result, expected, f"add {name} to")


def remove_entry(text: str, name: str) -> str:
    """Take the service or container `name` out of `text`; comments above it are kept.

    Raises PortmanError "service-unknown", and ProblemsError for a text that is not TOML.
    """
    tree = _read(text)
    section = next((section for section in KINDS if name in _entries(tree, section)), None)
    if section is None:
        raise _unknown(tree, name)
    source = _Text(text, _newline(text))
    inline = source.inline_table(section)
    if inline is not None:
        result = source.replaced(inline, without_entry(source.of(inline), name))
    else:
        result = _without(source, (section, name))
    left = {key: value for key, value in _entries(tree, section).items() if key != name}
    expected = {**tree, section: left}
    if not _values(result):  # an empty file is an error; an empty section is not
        result += f"[{section}]{source.newline}"
    return _checked(result, expected, f"remove {name} from")


class _Text:
    """A document with its statements, and the splices that keep the rest of it."""

    def __init__(self, text: str, newline: str) -> None:
        self.text, self.newline = text, newline
        self.statements = statements(text)

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def inside(self, path: KeyPath) -> list[TomlStatement]:
        return [one for one in self.statements if one.path[: len(path)] == path]

    def inline_table(self, section: str) -> TomlStatement | None:
        """Return the statement `services = { ... }`, if the section is written so."""
        found = (one for one in self.statements if one.path == (section,) and not one.header)
        return next(found, None)

    def inserted(self, at: int, lines: Iterable[str]) -> str:
        before = self.text[:at]
        if before and not before.endswith("\n"):
            before += self.newline
        return before + "".join(line + self.newline for line in lines) + self.text[at:]

    def replaced(self, statement: TomlStatement, new: str) -> str:
        return self.text[: statement.start] + new + self.text[statement.end :]

    def of(self, statement: TomlStatement) -> str:
        return self.text[statement.start : statement.end]


def _added(source: _Text, section: str, name: str, value: object) -> str:
    """Put the entry where the others of its section are, written as they are."""
    inline = source.inline_table(section)
    if inline is not None:
        new = with_entry(source.of(inline), name, _written(value))
        return source.replaced(inline, new)
    inside = source.inside((section,))
    header = next((one for one in inside if one.header and one.path == (section,)), None)
    dotted = [one for one in inside if one.table == () and not one.header]
    if header is not None:
        pairs = [one for one in inside if not one.header and one.table == (section,)]
        at = source.line_end(pairs[-1].end) if pairs else _after_comments(source, header.end)
        return source.inserted(at, [_pair(source, pairs, name, value)])
    if dotted:
        pair = f"{section}.{name} = {_written(value)}"
        return source.inserted(source.line_end(dotted[-1].end), [pair])
    if inside:
        at = _after_comments(source, inside[-1].end)
        return source.inserted(at, ["", *_block(section, name, value)])
    return _new_section(source, section, name, value)


def _new_section(source: _Text, section: str, name: str, value: object) -> str:
    """Start the section at the end of the file; containers after services, if that is clear."""
    lines = _block(section, name, value)
    if not isinstance(value, dict):
        lines = [f"[{section}]", f"{name} = {_written(value)}"]
    services = [place for place, one in enumerate(source.statements) if one.path[0] == "services"]
    if section == "containers" and services and services[-1] + 1 < len(source.statements):
        last, following = source.statements[services[-1] : services[-1] + 2]
        at = source.line_end(last.end)
        if following.header and not source.text[at : following.start].strip():
            return source.inserted(at, ["", *lines])
    text = source.text
    apart = [""] if text.strip() and not text.endswith(("\n\n", "\n\r\n")) else []
    return source.inserted(len(text), [*apart, *lines])


def _block(section: str, name: str, value: object) -> list[str]:
    fields = value if isinstance(value, dict) else {"port": value}
    lines = [f"{key} = {_written(field)}" for key, field in fields.items()]
    return [f"[{section}.{name}]", *lines]


def _pair(source: _Text, pairs: Sequence[TomlStatement], name: str, value: object) -> str:
    """Return the line of an entry, indented and with its `=` in line as those above it."""
    indent, width = "", 0
    if pairs:
        start = source.line_start(pairs[-1].start)
        indent = source.text[start : pairs[-1].start]
    keys = [source.of(one).partition("=")[0] for one in pairs]
    if len({len(key) for key in keys}) == 1 and len({key.rstrip() for key in keys}) > 1:
        width = len(keys[0]) - 1
    return f"{indent}{name:<{width}} = {_written(value)}"


def _after_comments(source: _Text, at: int) -> int:
    """Return the start of the line after that of `at` and the comments that follow at once."""
    at = source.line_end(at)
    while source.text[at : source.line_end(at)].lstrip(" \t").startswith("#"):
        at = source.line_end(at)
    return at


def _without(source: _Text, path: KeyPath) -> str:
    text, result, kept_from = source.text, "", 0
    for first, last in _runs(source.statements, path):
        start, end = source.line_start(first.start), source.line_end(last.end)
        before = text[kept_from:start]
        # where a table goes, so does one of the two gaps around it
        if first.header and (not (result + before).strip("\r\n") or _ends_blank(result + before)):
            end = _after_blank_lines(text, end)
        result += before
        kept_from = end
    rest = text[kept_from:]
    return result + rest if rest else result.rstrip("\r\n") + (source.newline if result else "")


def _runs(
    all_: Sequence[TomlStatement], path: KeyPath
) -> list[tuple[TomlStatement, TomlStatement]]:
    """Return the first and last of each unbroken run of statements at or below `path`."""
    runs: list[tuple[TomlStatement, TomlStatement]] = []
    joined = False
    for one in all_:
        belongs = one.path[: len(path)] == path
        if belongs:
            runs[-1:] = [(runs[-1][0], one)] if joined else [*runs[-1:], (one, one)]
        joined = belongs
    return runs


def _ends_blank(text: str) -> bool:
    return text.endswith(("\n\n", "\n\r\n"))


def _after_blank_lines(text: str, at: int) -> int:
    found = re.compile(r"(?:[ \t]*\r?\n)*").match(text, at)
    return found.end() if found else at


def _written(value: object) -> str:
    """Return a value as TOML, on one line; a table becomes `{ port = 3000 }`."""
    import tomlkit

    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {_written(field)}" for key, field in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return str(tomlkit.item(value).as_string())


def _newline(text: str) -> str:
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def _entries(tree: Tree, section: str) -> dict[str, object]:
    entries = tree.get(section, {})
    if isinstance(entries, dict):
        return entries
    said = f"{section} is not a table, so nothing can be added to it or removed from it"
    raise PortmanError("manifest-invalid", said, hint=f"write [{section}] on a line of its own")


def _read(text: str) -> Tree:
    problems: list[Problem] = []
    document = read_document(text.encode(), "ports.toml", problems)
    if document is None:
        raise ProblemsError(tuple(problems))
    return document.tree


def _values(text: str) -> dict[str, object] | None:
    import tomllib

    try:
        return tomllib.loads(text)
    except ValueError:
        return None


def _checked(result: str, expected: Tree, what: str) -> str:
    """Return `result` if it says what it should, whichever way its entries are written."""
    values = _values(result)
    if values is not None and _plain(values) == _plain(expected):
        return result
    said = f"cannot {what} a file laid out like this one without changing the rest of it"
    raise PortmanError("manifest-invalid", said, hint="edit ports.toml by hand")


def _plain(tree: Tree) -> dict[str, object]:
    """Return the values of a manifest with shorthand written out, and no empty section."""
    plain = {key: value for key, value in tree.items() if value or key not in KINDS}
    for section in plain.keys() & KINDS.keys():
        entries = _entries(tree, section).items()
        plain[section] = {
            name: value if isinstance(value, dict) else {"port": value} for name, value in entries
        }
    return plain


def _unknown(tree: Tree, name: str) -> PortmanError:
    from portman.base.text import nearest

    names = [known for section in KINDS for known in _entries(tree, section)]
    near = nearest(name, names)
    hint = f'did you mean "{near}"?' if near else f"there are: {', '.join(names[:12]) or 'none'}"
    said = f"ports.toml has no service {name!r}"
    return PortmanError("service-unknown", said, hint=hint, service=name)


# One statement `services = { web = 3000, db = 5432 }`: an entry put in or taken out.

#: What may hide a comma or a brace, then the marks themselves.
_TOKENS = re.compile(rf"{STRING}|#[^\n]*|[\[\]{{}},]")


def with_entry(statement: str, name: str, value: str) -> str:
    brace = statement.rindex("}")
    last = len(statement[:brace].rstrip(" \t"))
    empty = statement[last - 1] == "{"
    apart, end = (" ", " ") if empty else (", ", statement[last:brace])
    return f"{statement[:last]}{apart}{name} = {value}{end}{statement[brace:]}"


def without_entry(statement: str, name: str) -> str:
    first, last, entries = _split(statement)
    kept = [entry for entry in entries if name not in _keys(entry)]
    if not kept:
        return f"{first}{{}}{last}"
    start = entries[0][: len(entries[0]) - len(entries[0].lstrip())]
    end = entries[-1][len(entries[-1].rstrip()) :]
    kept[0] = start + kept[0].lstrip()
    kept[-1] = kept[-1].rstrip() + end
    return f"{first}{{{','.join(kept)}}}{last}"


def _split(statement: str) -> tuple[str, str, list[str]]:
    """Split into the text before the table, after it, and its entries with their blanks."""
    depth = 0
    cuts: list[int] = []  # the opening brace, the commas, the closing brace
    for token in _TOKENS.finditer(statement):
        mark = token.group()
        depth += (mark in "[{") - (mark in "]}")
        if depth == (mark in "{,"):
            cuts.append(token.start())
        if cuts and depth == 0:
            break
    entries = [statement[start + 1 : end] for start, end in pairwise(cuts)]
    return statement[: cuts[0]], statement[cuts[-1] + 1 :], entries


def _keys(entry: str) -> dict[str, object]:
    import tomllib

    return tomllib.loads(entry.strip())
