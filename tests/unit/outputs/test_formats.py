"""What each dialect makes of a variable, and what it refuses."""

from __future__ import annotations

import json
import shlex
import string
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portman.base.errors import PortmanError
from portman.outputs import formats as dotenv
from portman.outputs.formats import FORMATS, MARK_NAME, file_text, is_ours, render
from tests.unit.manifest.test_env_names import MISSHAPEN

#: No deadline: the machine may be busy with other things.
UNHURRIED = settings(deadline=None)

VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
NAMES = st.from_regex(r"[A-Z_][A-Z0-9_]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("format_", "value", "line"),
    [
        ("dotenv", "61000", "A=61000\n"),
        ("dotenv", "postgresql://app:app@localhost:61000/shop?a=%20", None),
        ("make", "61000", "export A := 61000\n"),
        ("make", "a$b", "export A := a$$b\n"),
        ("make", "a#b", "export A := a\\#b\n"),
        ("make", "a\\#b", "export A := a\\\\\\#b\n"),
        ("make", "a\\", "export A := a\\$(strip )\n"),
        ("make", " a ", "export A := $(strip ) a \n"),
        ("shell", "it's", "export A='it'\\''s'\n"),
        ("shell", "a\nb", "export A='a\nb'\n"),
        ("shell", "", "export A=''\n"),
        ("fish", "it's \\ $x", "set -gx A 'it\\'s \\\\ $x'\n"),
        ("powershell", "it's $x", "$env:A = 'it''s $x'\n"),
        ("powershell", "", "$env:A = ''\n"),
        ("powershell", "a\nb", "$env:A = 'a' + [char]10 + 'b'\n"),
        ("powershell", "é", "$env:A = '' + [char]233\n"),
        ("powershell", "\u2019; x", "$env:A = '' + [char]8217 + '; x'\n"),
        ("powershell", "😀", "$env:A = '' + [char]55357 + [char]56832\n"),
        ("github", "a<<b=c", "A=a<<b=c\n"),
        ("github", "a\nb", "A<<PORTMAN_END\na\nb\nPORTMAN_END\n"),
        ("github", "a\nPORTMAN_END", "A<<PORTMAN_END_2_\na\nPORTMAN_END\nPORTMAN_END_2_\n"),
        ("json", 'a"b\\é\n', '{\n  "A": "a\\"b\\\\\\u00e9\\n"\n}\n'),
    ],
)
def test_each_dialect_escapes_what_it_must(format_: str, value: str, line: str | None) -> None:
    """One line of the table per rule of a dialect."""
    assert render(format_, [("A", value)]) == (line or f"A={value}\n")


def test_the_formats_are_one_list() -> None:
    """Each format that the manifest and the command line know has a function."""
    assert tuple(dotenv._RENDERERS) == FORMATS


@pytest.mark.parametrize("format_", FORMATS)
def test_order_is_kept_and_text_ends_in_a_newline(format_: str) -> None:
    """The manifest's order is the output's order."""
    text = render(format_, [("B", "1"), ("A", "2"), ("C", "3")])
    assert text.index("B") < text.index("A") < text.index("C")
    assert text.endswith("\n")


def test_an_env_file_is_lines_and_nothing_else() -> None:
    """One for each variable, plain or in quotes."""
    variables = [("B", "1"), ("A_2", "http://x:2/?a=b"), ("C", "3")]
    lines = "B=1\nA_2=http://x:2/?a=b\nC=3\n"
    assert render("dotenv", variables) == lines
    assert render("dotenv", variables, quote="single") == lines


@pytest.mark.parametrize("format_", FORMATS)
def test_no_variables_at_all(format_: str) -> None:
    """An output may be left with nothing to say."""
    assert render(format_, []) == ("{}\n" if format_ == "json" else "")


@pytest.mark.parametrize("character", [*" !\"#$&'()*;<>[\\]^`{|}~\t\n\ré", "\x7f", "\u2028"])
def test_dotenv_refuses_what_readers_read_differently(character: str) -> None:
    """A bare value comes from the small alphabet only, and the message says what is in the way."""
    with pytest.raises(PortmanError) as caught:
        render("dotenv", [("FINE", "1"), ("DATABASE_URL", f"ab{character}")])
    assert caught.value.code == "value-unquotable"
    assert caught.value.exit_code == 4
    assert caught.value.message.startswith("DATABASE_URL: the value has ")
    assert "at position 3" in caught.value.message
    assert "\n" not in caught.value.message
    helpless = character in "'$\\" or not character.isprintable()
    assert ("quote = " in caught.value.hint) is not helpless
    assert ("no quoting" in caught.value.hint) is helpless


@pytest.mark.parametrize("value", ["", "=x", "a:=b", "~", "~/x"])
def test_dotenv_refuses_plain_looking_values_that_are_not(value: str) -> None:
    """Empty values are dropped by honcho; zsh expands `=x`, and `=` after a colon."""
    with pytest.raises(PortmanError, match=r"^A: the value "):
        render("dotenv", [("A", value)])
    assert render("dotenv", [("A", value)], quote="single") == f"A='{value}'\n"


QUOTE_IT = 'set quote = "single" on that [[output]], or keep A out of it with `only`'
NO_WAY = "no quoting of env files carries {} to every reader: "
NO_WAY += 'use format = "json" or "shell" for A'


@pytest.mark.parametrize(
    ("value", "quote", "what", "hint"),
    [
        ("a b", "none", "a space at position 2", QUOTE_IT),
        ("a=b c", "none", "a space at position 4", QUOTE_IT),
        ("a\u00e9", "none", "\u00e9 at position 2", QUOTE_IT),
        ("=a", "none", "= at position 1", QUOTE_IT),
        ("a=b:=c", "none", ":= at position 4", QUOTE_IT),
        ("a:b;", "none", "; at position 4", QUOTE_IT),
        ("a\tb", "none", "a tab at position 2", NO_WAY.format("a tab")),
        ("a\nb", "single", "a line break at position 2", NO_WAY.format("a line break")),
        ("a b\r", "single", "a carriage return at position 4", NO_WAY.format("a carriage return")),
        (
            "\x1b",
            "none",
            "the character U+001B at position 1",
            NO_WAY.format("the character U+001B"),
        ),
        ("a b$c", "none", "a space at position 2", NO_WAY.format("$") + ", or write %24 in a URL"),
        ("a b'", "single", "' at position 4", NO_WAY.format("'") + ", or write %27 in a URL"),
        ("\\", "single", "\\ at position 1", NO_WAY.format("\\") + ", or write %5C in a URL"),
    ],
)
def test_a_value_that_env_files_cannot_carry_is_told_in_full(
    value: str, quote: str, what: str, hint: str
) -> None:
    """The character where it stands, and the way out that helps with this one."""
    with pytest.raises(PortmanError) as caught:
        render("dotenv", [("A", value)], quote=quote)
    message = f"A: the value has {what}, which env-file readers do not agree on"
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert caught.value.code == "value-unquotable"


def test_an_empty_value_is_told_in_full() -> None:
    """It has no character to show."""
    with pytest.raises(PortmanError) as caught:
        dotenv.render_dotenv([("A", "")])
    assert caught.value.message == "A: the value is empty, which some env-file readers drop"
    assert caught.value.hint == QUOTE_IT


def test_single_quotes_only_where_needed() -> None:
    """A file with quote = "single" still serves make for its plain values."""
    text = render("dotenv", [("A", "1"), ("B", "x & y #z")], quote="single")
    assert text == "A=1\nB='x & y #z'\n"


@pytest.mark.parametrize("character", ["'", "$", "\\", "\n", "\r", "\t", "\x1b"])
def test_single_quotes_refuse_what_they_do_not_carry(character: str) -> None:
    """Compose lets a backslash escape, python-dotenv expands `$`, inside single quotes."""
    with pytest.raises(PortmanError) as caught:
        render("dotenv", [("A", f"a b{character}")], quote="single")
    assert "at position 4" in caught.value.message
    assert "no quoting" in caught.value.hint


@pytest.mark.parametrize("character", ["\n", "\r"])
def test_make_refuses_values_of_several_lines(character: str) -> None:
    """A makefile's `:=` ends with its line."""
    with pytest.raises(PortmanError, match=r"^A: the value has a (line break|carriage return)"):
        render("make", [("A", f"a{character}b")])


@pytest.mark.parametrize("format_", FORMATS)
def test_no_dialect_writes_a_nul(format_: str) -> None:
    """No environment can carry it."""
    with pytest.raises(PortmanError, match="NUL"):
        render(format_, [("A", "a\0b")])


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", MISSHAPEN)
def test_names_that_slipped_through_never_reach_a_file(format_: str, name: str) -> None:
    """The manifest refuses them; this is the second lock."""
    with pytest.raises(ValueError, match="not a variable name"):
        render(format_, [(name, "1")])


def test_unknown_format_and_quote_are_our_own_mistakes() -> None:
    """The manifest refuses these too."""
    with pytest.raises(ValueError, match="no such format"):
        render("xml", [("A", "1")])
    with pytest.raises(ValueError, match=r"^no such quote: 'double'$"):
        render("dotenv", [("A", "1")], quote="double")


@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "dotenv"])
def test_own_files_are_known_again(format_: str) -> None:
    """However an editor re-spaces them, and nobody else's is taken for ours."""
    data = file_text(format_, [("A", "1")]).encode()
    assert is_ours(format_, data)
    assert is_ours(format_, b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    assert is_ours(format_, file_text(format_, []).encode())
    assert not is_ours(format_, render(format_, [("A", "1")]).encode())
    assert not is_ours(format_, b"")
    assert not is_ours(format_, b"A=1\n" + data)


def test_reformatted_json_is_still_ours() -> None:
    """A formatter runs over the whole checkout now and then."""
    value = json.loads(file_text("json", [("A", "1")]))
    for indent in (None, 4, "\t"):
        assert is_ours("json", json.dumps(value, indent=indent).encode())
    assert next(iter(value)) == MARK_NAME


@UNHURRIED
@given(st.lists(st.tuples(NAMES, VALUES), unique_by=lambda pair: pair[0]))
def test_json_reads_back_exactly(variables: list[tuple[str, str]]) -> None:
    """Any text at all."""
    assert json.loads(render("json", variables)) == dict(variables)


@UNHURRIED
@given(NAMES, VALUES)
def test_shell_words_read_back_exactly(name: str, value: str) -> None:
    """As shlex reads a POSIX shell's quoting."""
    assert shlex.split(render("shell", [(name, value)])) == ["export", f"{name}={value}"]


@UNHURRIED
@given(VALUES)
def test_github_reads_back_exactly(value: str) -> None:
    """As the runner reads it: by lines, the earlier of `=` and `<<` deciding the style."""
    lines = render("github", [("A", value), ("B", "2")]).split("\n")
    head = lines.pop(0)
    if "<<" in head and head.index("<<") < (head + "=").index("="):
        end = lines.index(head.partition("<<")[2])
        read, lines = "\n".join(lines[:end]), lines[end + 1 :]
    else:
        read = head.partition("=")[2]
    assert read == value
    assert lines == ["B=2", ""]


@UNHURRIED
@given(VALUES)
def test_powershell_reads_back_exactly(value: str) -> None:
    """As the language says: quoted parts and [char] codes, joined with +; ASCII throughout."""
    text = render("powershell", [("A", value)])
    assert text.isascii()
    assert not set(text[:-1]) & set(string.whitespace) - {" "}
    rest, units = text.removeprefix("$env:A = ").removesuffix("\n"), []
    while rest:
        rest = rest.removeprefix(" + ")
        if rest.startswith("[char]"):
            code, space, tail = rest[6:].partition(" ")
            units.append(int(code))
            rest = space + tail
            continue
        end = 1
        while rest[end : end + 2] == "''" or rest[end] != "'":
            end += 2 if rest[end] == "'" else 1
        units += [ord(character) for character in rest[1:end].replace("''", "'")]
        rest = rest[end + 1 :]
    data = b"".join(unit.to_bytes(2, "little") for unit in units)
    assert data.decode("utf-16-le") == value


@UNHURRIED
@given(VALUES)
def test_dotenv_value_is_bare_or_refused(value: str) -> None:
    """Never anything in between."""
    code = ""
    try:
        assert render("dotenv", [("A", value)]) == f"A={value}\n"
    except PortmanError as error:
        code, message, hint = error.code, error.message, error.hint
    if code:
        assert code == "value-unquotable"
        assert message.isprintable()
        assert hint


def test_json_needs_no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter without `_json` says the same."""
    fast = render("json", [("A", 'a"b\\\u00e9\n')])
    monkeypatch.setitem(sys.modules, "_json", None)
    assert render("json", [("A", 'a"b\\\u00e9\n')]) == fast
