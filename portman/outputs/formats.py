"""Variables -> text, one dialect per file. Pure: no clock, socket, file or environment.

`render` gives what `portman env --format` prints. `file_text` gives what goes into an output:
the same, plus the mark by which portman knows its own file again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.errors import PortmanError
from portman.outputs import dotenv, fish, github, json, make, powershell, shell

if TYPE_CHECKING:
    from collections.abc import Sequence

    Variables = Sequence[tuple[str, str]]

#: The formats whose text is a managed block in somebody else's file. The others are whole files.
BLOCK_FORMATS = ("dotenv",)

_RENDERERS = {
    "dotenv": dotenv.render,
    "json": json.render,
    "make": make.render,
    "shell": shell.render,
    "fish": fish.render,
    "powershell": powershell.render,
    "github": github.render,
}

FORMATS = tuple(_RENDERERS)

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
    if format not in _RENDERERS:
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
        return dotenv.render(variables, quote=quote)
    return _RENDERERS[format](variables)


def file_text(format: str, variables: Variables, *, quote: str = "none") -> str:  # noqa: A002
    """Return the text for an output: a block's body, or a whole file with our mark on top."""
    if format in BLOCK_FORMATS:
        return render(format, variables, quote=quote)
    if format in _WITHOUT_COMMENTS:
        return render(format, ((MARK_NAME, MARK_VALUE), *variables))
    return f"{MARK_LINE}\n{render(format, variables)}"


def is_ours(format: str, data: bytes) -> bool:  # noqa: A002
    """Return whether a whole file bears our mark, however an editor has re-spaced it since."""
    head = b"".join(data[:512].removeprefix(_BOM).split())
    return head.startswith(_mark(format))


def _mark(format: str) -> bytes:  # noqa: A002
    """Return the mark of a format with all white space taken out."""
    marks = {
        "json": f'{{"{MARK_NAME}":"{MARK_VALUE}"',
        "github": f"{MARK_NAME}={MARK_VALUE}",
    }
    return marks.get(format, "".join(MARK_LINE.split())).encode()
