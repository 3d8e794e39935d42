"""Templates: what counts as a placeholder, where the header stands, and what is refused."""

from __future__ import annotations

import pytest

from portman.base.errors import CODES, MANIFEST, ProblemsError
from portman.outputs.templates import fill, has_comments, is_ours, make

VALUES = {"WEB_PORT": "61000", "API_URL": "http://localhost:1/x", "EMPTY": ""}
HEADER = "Written by portman from t.in; edits are lost."


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("", ""),
        ("port = ${WEB_PORT}", "port = 61000"),
        ("${WEB_PORT}${WEB_PORT}", "6100061000"),
        ("a${EMPTY}b", "ab"),
        ("$${WEB_PORT}", "${WEB_PORT}"),
        ("$${NOBODY}", "${NOBODY}"),
        ("$host $1 $$ $ ${X:-y} ${} ${1A} ${a.b}", "$host $1 $$ $ ${X:-y} ${} ${1A} ${a.b}"),
        ("$WEB_PORT", "$WEB_PORT"),
        ("{WEB_PORT}\r\n", "{WEB_PORT}\r\n"),
    ],
)
def test_fill(text: str, filled: str) -> None:
    """Only ${NAME} is a placeholder; $${ is the literal."""
    assert fill("t.in", text, VALUES) == filled


def test_every_unknown_placeholder_is_told_with_its_line() -> None:
    """File, line, name, the nearest name, and how to write the literal."""
    with pytest.raises(ProblemsError) as caught:
        fill("t.in", "a\n${WEB_PROT}\n\n${zzzzz} ${WEB_PORT}", VALUES)
    first, second = caught.value.problems
    assert (first.file, first.line, first.key) == ("t.in", 2, "WEB_PROT")
    assert "did you mean ${WEB_PORT}?" in first.hint
    assert (second.line, second.hint) == (4, "for the text itself write $${zzzzz}")
    assert CODES[first.code][0] == MANIFEST


@pytest.mark.parametrize(
    ("path", "text", "made"),
    [
        ("a/config.toml", "x", f"# {HEADER}\nx"),
        ("c.yaml", "---\nx\n", f"# {HEADER}\n---\nx\n"),
        ("a.sh", "#!/bin/sh\nx\n", f"#!/bin/sh\n# {HEADER}\nx\n"),
        ("a.ts", "x\r\ny\r\n", f"// {HEADER}\r\nx\r\ny\r\n"),
        ("a.css", "x\n", f"/* {HEADER} */\nx\n"),
        ("a.xml", "<?xml?>\n<a/>\n", f"<?xml?>\n<!-- {HEADER} -->\n<a/>\n"),
        ("a.html", "<!DOCTYPE html>\n", f"<!DOCTYPE html>\n<!-- {HEADER} -->\n"),
        ("a.ini", "x\n", f"; {HEADER}\nx\n"),
        (".env.ci", "x\n", f"# {HEADER}\nx\n"),
        ("Procfile", "x\n", f"# {HEADER}\nx\n"),
        ("Dockerfile", "# syntax=x\nFROM a\n", f"# syntax=x\n# {HEADER}\nFROM a\n"),
        ("a.sql", "\ufeffx\n", f"\ufeff-- {HEADER}\nx\n"),
    ],
)
def test_the_header_says_whose_the_file_is(path: str, text: str, made: str) -> None:
    """In the comments of the format, after what has to be first; and it is known again."""
    data = make(path, "t.in", text.encode(), VALUES)
    assert data == made.encode()
    assert is_ours(path, data)
    assert not is_ours(path, text.encode())


@pytest.mark.parametrize("path", ["a.json", "a.unheard-of", "LICENSE", "a.css.map"])
def test_files_without_comments_have_no_header(path: str) -> None:
    """JSON stays JSON; an unknown ending gets nothing put in."""
    assert not has_comments(path)
    assert make(path, "t.in", b"{${WEB_PORT}}", VALUES) == b"{61000}"


def test_other_bytes_stay() -> None:
    """Latin-1 and the like pass through; UTF-16 and NULs are no text."""
    assert make("a.x", "t.in", b"caf\xe9 ${WEB_PORT}", VALUES) == b"caf\xe9 61000"
    for data in ("x".encode("utf-16"), b"a\0b"):
        with pytest.raises(ProblemsError) as caught:
            make("a.x", "t.in", data, VALUES)
        assert caught.value.code == "template-unreadable"
