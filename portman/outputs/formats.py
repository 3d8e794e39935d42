"""Variables -> text, one dialect per file. Pure: no clock, socket, file or environment.

`render` gives what `portman env --format` prints. `file_text` gives what goes into an output:
the same, plus the mark by which portman knows its own file again.
"""

from __future__ import annotations

from portman.base.errors import PortmanError
from portman.base.values import FORMATS

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Variables = Sequence[tuple[str, str]]

# Env files: bare `NAME=value` lines that all fourteen known readers understand alike.
#
# No quoting style is read alike everywhere (make and `docker run --env-file` keep the quotes),
# so a value is written bare, from an alphabet found by experiment (docs/decisions/0006),
# with `:=` and `:~` taken out, which zsh expands after a colon in an assignment. `quote="single"`
# opts one file out of make and docker run, in exchange for more characters.

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./?-"

#: What no quoting of an env file carries everywhere: compose-go lets `\\` escape inside single
#: quotes, python-dotenv and dotenv-expand replace `$` there.
_NEVER = "'$\\"

_WORDS = {
    " ": "a space",
    "\n": "a line break",
    "\r": "a carriage return",
    "\t": "a tab",
}


def render_dotenv(variables: Variables, *, quote: str = "none") -> str:
    if quote == "none":
        return "".join(f"{name}={_bare(name, value)}\n" for name, value in variables)
    if quote == "single":
        return "".join(f"{name}={_single(name, value)}\n" for name, value in variables)
    raise ValueError(f"no such quote: {quote!r}")


def _bare(name: str, value: str) -> str:
    if not is_plain(value):
        raise _unquotable(name, value, quote="none")
    return value


def _single(name: str, value: str) -> str:
    if is_plain(value):
        return value
    if any(_is_never(character) for character in value):
        raise _unquotable(name, value, quote="single")
    return f"'{value}'"


def is_plain(value: str) -> bool:
    """Return whether every reader takes the bare value unchanged."""
    return (
        value != ""
        and not value.strip(PLAIN)  # strip leaves nothing only if nothing else is in it
        and value[0] != "="  # zsh: =ls is the path of ls
        and ":=" not in value
    )


def _is_never(character: str) -> bool:
    return character in _NEVER or not character.isprintable()


def _unquotable(name: str, value: str, *, quote: str) -> PortmanError:
    what, position = _offence(value, quote)
    if what == "":
        message = f"{name}: the value is empty, which some env-file readers drop"
    else:
        message = f"{name}: the value has {what} at position {position}, "
        message += "which env-file readers do not agree on"
    helpless = next((character for character in value if _is_never(character)), None)
    if helpless is None:
        hint = f'set quote = "single" on that [[output]], or keep {name} out of it with `only`'
    else:
        hint = f"no quoting of env files carries {_word(helpless)} to every reader: "
        hint += f'use format = "json" or "shell" for {name}'
        if helpless in _NEVER:
            hint += f", or write %{ord(helpless):02X} in a URL"
    return PortmanError("value-unquotable", message, hint=hint)


def _offence(value: str, quote: str) -> tuple[str, int]:
    """Return the first character in the way, in words, and its position counted from 1."""
    for position, character in enumerate(value):
        pair = value[position : position + 2]
        if quote == "single":
            bad = _is_never(character)
        else:
            bad = character not in PLAIN or (position == 0 and character == "=") or pair == ":="
        if bad:
            return (_word(pair if pair == ":=" else character), position + 1)
    return ("", 0)


def _word(text: str) -> str:
    if text in _WORDS:
        return _WORDS[text]
    return text if text.isprintable() else f"the character U+{ord(text):04X}"


# fish: lines for `portman env --format fish | source`.


def render_fish(variables: Variables) -> str:
    return "".join(f"set -gx {name} {_quoted(value)}\n" for name, value in variables)


def _quoted(value: str) -> str:
    r"""Return the value in single quotes, in which fish knows `\'` and `\\` alone."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


# GitHub Actions: lines for `>> "$GITHUB_ENV"`.


def render_github(variables: Variables) -> str:
    """Return `NAME=value`, or `NAME<<DELIMITER` for values of several lines.

    The same variables always give the same text, so the delimiter is not random: it is the
    first of a row that no line of the value contains.
    """
    return "".join(_entry(name, value) for name, value in variables)


def _entry(name: str, value: str) -> str:
    if "\n" not in value and "\r" not in value:
        return f"{name}={value}\n"
    delimiter = _delimiter(value)
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _delimiter(value: str) -> str:
    delimiter, number = "PORTMAN_END", 1
    while delimiter in value:
        number += 1
        delimiter = f"PORTMAN_END_{number}_"
    return delimiter


# JSON: one object of strings, in the order given, ASCII only.
#
# Written by hand as `json` costs the hot path three milliseconds of imports; the escaping is
# the standard library's own.


def render_json(variables: Variables) -> str:
    escape = _escape()
    lines = ",\n".join(f"  {escape(name)}: {escape(value)}" for name, value in variables)
    return f"{{\n{lines}\n}}\n" if lines else "{}\n"


def _escape() -> Callable[[str], str]:
    try:
        from _json import encode_basestring_ascii
    except ImportError:  # an interpreter without the accelerator
        from json.encoder import encode_basestring_ascii
    return encode_basestring_ascii


# GNU make: a file for `-include ports.mk`. Exported, so that recipes see the variables too.

#: Expands to nothing. Keeps a blank at the start, and a backslash at the end, of a value.
_NOTHING = "$(strip )"


def render_make(variables: Variables) -> str:
    return "".join(f"export {name} := {_escaped(name, value)}\n" for name, value in variables)


def _escaped(name: str, value: str) -> str:
    """Escape for the right-hand side of `:=` (GNU make manual 3.1.1, 6.2 and 6.5)."""
    for character, word in (("\n", "a line break"), ("\r", "a carriage return")):
        if character in value:
            raise PortmanError(
                "value-unquotable",
                f"{name}: the value has {word}, which a makefile's variable cannot carry",
                hint=f'use format = "json" or "shell" for {name}',
            )
    value = _hashes(value.replace("$", "$$"))
    if value[:1] in (" ", "\t"):
        value = _NOTHING + value
    if value.endswith("\\"):
        value += _NOTHING
    return value


def _hashes(value: str) -> str:
    r"""Write `#` as `\#`, and double the backslashes before it, which make halves there."""
    first, *rest = value.split("#")
    text = first
    for part in rest:
        backslashes = len(text) - len(text.rstrip("\\"))
        text += "\\" * backslashes + "\\#" + part
    return text


# PowerShell: lines for `portman env --format powershell | Out-String | Invoke-Expression`.


def render_powershell(variables: Variables) -> str:
    """Return one `$env:NAME = 'value'` per variable.

    An empty value removes the variable: PowerShell before 7.5 has no empty ones.
    """
    return "".join(f"$env:{name} = {_powershell_quoted(value)}\n" for name, value in variables)


def _powershell_quoted(value: str) -> str:
    """Return a string expression in ASCII.

    Everything else is spelled `[char]`: Windows PowerShell reads files and pipes in the
    machine's old code page, and any PowerShell takes typographic quotes for real ones.
    """
    parts: list[str] = []
    plain = ""
    for unit in _utf16(value):
        if 0x20 <= unit < 0x7F:
            plain += "''" if unit == 0x27 else chr(unit)
        else:
            if plain or not parts:  # an expression that starts with a string is a string
                parts.append(f"'{plain}'")
            parts.append(f"[char]{unit}")
            plain = ""
    if plain or not parts:
        parts.append(f"'{plain}'")
    return " + ".join(parts)


def _utf16(value: str) -> list[int]:
    """Return the UTF-16 code units, of which .NET strings are made."""
    data = value.encode("utf-16-le", "surrogatepass")
    return [low | high << 8 for low, high in zip(data[::2], data[1::2], strict=True)]


# sh, bash, zsh: lines for `. file` or `eval "$(portman env --format shell)"`.


def render_shell(variables: Variables) -> str:
    """Return one `export NAME='value'` per variable (POSIX XCU 2.2.2)."""
    return "".join(f"export {name}={quoted(value)}\n" for name, value in variables)


def quoted(value: str) -> str:
    """Return the value in single quotes; a quote in it is closed over, escaped, reopened."""
    return "'" + value.replace("'", "'\\''") + "'"


#: The formats whose text is a managed block in another's file. The others are whole files.
BLOCK_FORMATS = ("dotenv",)

_RENDERERS = {
    "dotenv": render_dotenv,
    "json": render_json,
    "make": render_make,
    "shell": render_shell,
    "fish": render_fish,
    "powershell": render_powershell,
    "github": render_github,
}

#: The first line of a whole file of ours, in the formats that have comments.
MARK_LINE = "# Written by portman from ports.toml; edits are lost."

#: The first variable of a whole file of ours, in the formats that have no comments. It is a
#: proper name with a bare value, as programs export whatever they find in such a file.
MARK_NAME = "PORTMAN_OUTPUT"
MARK_VALUE = "written-by-portman:edits-are-lost"

_WITHOUT_COMMENTS = ("json", "github")
_BOM = b"\xef\xbb\xbf"


def render(format: str, variables: Variables, *, quote: str = "none") -> str:  # noqa: A002
    """Return the variables, in the order given, as text that ends in a newline (or is empty).

    `quote` ("none" or "single") concerns dotenv only. Raises PortmanError
    "value-unquotable" naming the variable, the character and the way out; ValueError for a
    format, quote or name that the manifest should never have let through.
    """
    if format not in FORMATS:
        raise ValueError(f"no such format: {format!r}")
    for name, value in variables:
        if not (name.isascii() and name.isidentifier()):
            raise ValueError(f"not a variable name: {name!r}")
        if "\0" in value:
            raise PortmanError(
                "value-unquotable",
                f"{name}: the value has a NUL, which no environment can carry",
                hint=f"take the NUL out of {name} in [env]",
            )
    if format == "dotenv":
        return render_dotenv(variables, quote=quote)
    return _RENDERERS[format](variables)


def file_text(format: str, variables: Variables, *, quote: str = "none") -> str:  # noqa: A002
    if format in BLOCK_FORMATS:
        return render(format, variables, quote=quote)
    if format in _WITHOUT_COMMENTS:
        return render(format, ((MARK_NAME, MARK_VALUE), *variables))
    return with_mark(render(format, variables))


def with_mark(text: str) -> str:
    """Return a whole file that is no list of variables, with our mark on top."""
    return f"{MARK_LINE}\n{text}"


def is_ours(format: str, data: bytes) -> bool:  # noqa: A002
    """Return whether a whole file bears our mark, however an editor has re-spaced it since."""
    head = b"".join(data[:512].removeprefix(_BOM).split())
    return head.startswith(_mark(format))


def _mark(format: str) -> bytes:  # noqa: A002
    marks = {
        "json": f'{{"{MARK_NAME}":"{MARK_VALUE}"',
        "github": f"{MARK_NAME}={MARK_VALUE}",
    }
    return marks.get(format, "".join(MARK_LINE.split())).encode()
