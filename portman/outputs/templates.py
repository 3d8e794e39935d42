"""Templates: any text file with `${WEB_PORT}` in it becomes an output with the values in place.

Only `${NAME}` counts, with a name as variables have it, and `${checkout.slug}`,
`${compose.project}`, `${web.name}`, `${web.origin}`: `$host`, `$1` and `${X:-y}` stay as they are,
so that nginx, shell and JavaScript files need little care. `$${NAME}` is a literal
`${NAME}`. The text may be in any encoding that writes ASCII as ASCII; line ends stay.

The first line says whose the file is, where its format has comments (by the ending of its name).
"""

from __future__ import annotations

from portman.base.errors import Problem, ProblemsError
from portman.base.text import nearest

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How a line of comment begins and ends -> the endings (and whole names) of files that have it.
_COMMENTS: dict[tuple[str, str], str] = {
    (
        "# ",
        "",
    ): "toml yaml yml conf cfg cnf properties env envrc sh bash zsh fish ksh py rb pl ps1 mk "
    "tf hcl nix r jl ex exs cr service socket makefile gnumakefile dockerfile containerfile "
    "procfile caddyfile gemfile rakefile vagrantfile justfile brewfile editorconfig npmrc",
    (
        "// ",
        "",
    ): "js mjs cjs jsx ts mts cts tsx go rs java kt kts c h cc cpp hpp cs swift scala dart "
    "proto groovy gradle jsonc json5 php zig",
    ("; ", ""): "ini el clj lisp asm",
    ("-- ", ""): "sql lua hs elm ada",
    ("/* ", " */"): "css scss less",
    ("<!-- ", " -->"): "html htm xhtml xml svg vue svelte md plist xsd xsl csproj",
    ("rem ", ""): "bat cmd",
}
_STYLES = {ending: style for style, endings in _COMMENTS.items() for ending in endings.split()}
_MARK = "Written by portman from "
#: `$${`, which is a literal `${`; a variable; a name of the checkout or its services.
_PLACEHOLDER = (
    r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*|checkout\.slug|compose\.project"
    r"|[A-Za-z][A-Za-z0-9_-]*(?:\.\d+)?\.(?:name|origin))\}"
)
#: Beginnings of a first line that has to stay the first.
_FIRST = ("#!", "<?", "<!doctype", "@charset", "# syntax=", "# escape=", "%yaml")
_BOM = "\ufeff"
MOST_TOLD = 20


def has_comments(path: str) -> bool:
    return _style(path) is not None


def is_ours(path: str, data: bytes) -> bool:
    """Return whether one of the first two lines is our comment, as this format writes it."""
    style = _style(path)
    if style is None:
        return False
    lines = data[:4096].removeprefix(b"\xef\xbb\xbf").split(b"\n")[:2]
    return any(line.startswith((style[0] + _MARK).encode()) for line in lines)


def make(path: str, source: str, data: bytes, values: Mapping[str, str]) -> bytes:
    """Return the text of the output `path` made from the template `source` with content `data`.

    Raises ProblemsError: "template-unreadable" for what is not text, "template-invalid" with
    every placeholder that no variable answers, by line.
    """
    if b"\0" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        kind = "UTF-16" if data[:1] in (b"\xff", b"\xfe") else "not text: it has a NUL in it"
        said = f"{source} is {kind}"
        raise ProblemsError(
            (Problem("template-unreadable", said, "save it as UTF-8", file=source),)
        )
    filled = fill(source, data.decode("utf-8", "surrogateescape"), values)
    return _with_header(path, source, filled).encode("utf-8", "surrogateescape")


def fill(source: str, text: str, values: Mapping[str, str]) -> str:
    """Return the text with each `${NAME}` replaced and each `$${` made `${`.

    Raises ProblemsError "template-invalid" naming file, line and the nearest name.
    """
    import re

    problems: list[Problem] = []

    def replaced(found: re.Match[str]) -> str:
        name = found.group("name")
        if name is None:
            return "${"
        if name not in values and len(problems) < MOST_TOLD:
            line = text.count("\n", 0, found.start()) + 1
            problems.append(_unknown(source, line, name, values))
        return values.get(name, "")

    filled = re.sub(_PLACEHOLDER, replaced, text)
    if problems:
        raise ProblemsError(tuple(problems))
    return filled


def _unknown(source: str, line: int, name: str, values: Mapping[str, str]) -> Problem:
    near = nearest(name, values)
    literal = f"for the text itself write $${{{name}}}"
    return Problem(
        "template-invalid",
        f"{source}:{line}: ${{{name}}} is a variable of no service and not of [env]",
        f"did you mean ${{{near}}}? {literal}" if near else literal,
        file=source,
        line=line,
        key=name,
    )


def _style(path: str) -> tuple[str, str] | None:
    """Return how a comment looks in a file of this name; None for JSON and what is unknown."""
    name = path.rpartition("/")[2].casefold()
    if name.startswith(".env"):
        return _STYLES["env"]
    stem = name.split(".")[0]
    ending = name.rpartition(".")[2]
    return _STYLES.get(ending) or (_STYLES.get(stem) if ending == stem else None)


def _with_header(path: str, source: str, text: str) -> str:
    style = _style(path)
    if style is None:
        return text
    bom, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    first, newline, rest = body.partition("\n")
    end = "\r\n" if first.endswith("\r") else "\n"
    header = f"{style[0]}{_MARK}{source}; edits are lost.{style[1]}{end}"
    if newline and first.casefold().startswith(_FIRST):
        return f"{bom}{first}{newline}{header}{rest}"
    return f"{bom}{header}{body}"
