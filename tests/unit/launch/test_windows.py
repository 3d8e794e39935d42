"""Command lines and exit codes of Windows: what cmd.exe gets, checked by rules, not run there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.launch.windows import batch_line, exit_code, find_program, is_batch_file
from tests.other_systems import python_on

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("program", "batch"),
    [
        ("C:\\nodejs\\npm.cmd", True),
        ("x.BAT", True),
        ("x.bat. .", True),
        ("node.exe", False),
        ("batch", False),
    ],
)
def test_batch_files_are_known_by_their_ending(program: str, *, batch: bool) -> None:
    assert is_batch_file(program) is batch


def seen_by_cmd(line: str) -> str:
    """Return what cmd.exe makes of a line: `%name%` expanded, and no command character bare.

    cmd.exe switches at each `"` between quoted and bare text. `& | < > ^ ( )` act only when bare.
    """
    inner = re.fullmatch(r'"[^"]*" /e:ON /v:OFF /d /c "(.*)"', line, re.DOTALL)
    assert inner is not None, line
    quoted, bare = False, ""
    for sign in inner[1]:
        quoted = not quoted if sign == '"' else quoted
        bare += "" if quoted or sign == '"' else sign
    assert not set(bare) & set("&|<>^()%!\r\n"), bare
    return inner[1].replace("%cd:~,%", "")


@pytest.mark.parametrize(
    ("word", "inside"),
    [
        ("http://x/?a=1&calc", '"http://x/?a=1&calc"'),
        ("%PATH%", '"%PATH%"'),
        ("", '""'),
        ('say "hi" & calc', '"say ""hi"" & calc"'),
        ("C:\\my folder\\", '"C:\\my folder\\\\"'),
        ('a\\"b', '"a\\\\""b"'),
        ("a^b|c>d<e(f)!g!", '"a^b|c>d<e(f)!g!"'),
        ("grün", '"grün"'),
    ],
)
def test_no_argument_of_a_batch_file_is_read_by_cmd(word: str, inside: str) -> None:
    line = batch_line("C:\\nodejs\\npm.cmd", ["run", word])
    assert seen_by_cmd(line) == f'"C:\\nodejs\\npm.cmd" "run" {inside}'
    # `%NAME%` never stands in the line: each `%` is followed by a reference that is empty.
    assert not re.search(r"%(?!cd:~,%)\w+%", line.replace("%%cd:~,%", ""))


@pytest.mark.parametrize("word", ["a\nb", "a\rb", "a\0b"])
def test_what_cmd_cannot_pass_is_refused(word: str) -> None:
    with pytest.raises(PortmanError) as error:
        batch_line("npm.cmd", [word])
    assert error.value.code == "command-refused"
    assert "\n" not in error.value.message


@pytest.mark.parametrize(
    ("code", "given"),
    [(0, 0), (7, 7), (0x7FFFFFFF, 0x7FFFFFFF), (0xC000013A, -1073741510), (0xFFFFFFFF, -1)],
)
def test_exit_codes_fit_a_signed_number(code: int, given: int) -> None:
    assert exit_code(code) == given
    assert given & 0xFFFFFFFF == code


def test_the_ending_of_a_program_wins_over_a_script_without_one(tmp_path: Path) -> None:
    for name in ("npm", "npm.cmd", "node"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    assert find_program("npm", str(tmp_path), ".EXE;.cmd") == str(tmp_path / "npm.cmd")
    assert find_program("npm.cmd", str(tmp_path), ".EXE;.cmd") == str(tmp_path / "npm.cmd")
    assert find_program("node", str(tmp_path), ".EXE;.cmd") == str(tmp_path / "node")
    assert find_program("none", str(tmp_path)) == "none"


def test_a_child_keeps_ctrl_c_and_ctrl_break_for_itself() -> None:
    """A process, since `sys.platform` is read when modules load."""
    done = python_on(
        "win32",
        """
        from portman.launch import start
        shutil.which = lambda name, path=None, mode=0: "C:/nodejs/npm.cmd"
        handled = []
        signal.signal = lambda number, handler: handled.append((int(number), str(handler)))
        class Child:
            def __init__(self, line, **_): self.line = line; lines.append(line)
            def wait(self): return 0xC000013A
        lines = []
        subprocess.Popen = Child
        code = start.run_child(["npm", "run", "a&b", "%PATH%"], {"PATH": "x"})
        print(json.dumps([code, [number for number, _ in handled], lines]))
        """,
    )
    code, handled, lines = json.loads(done.stdout or done.stderr)
    assert code == -1073741510
    assert handled == [2, 21, 2, 21]
    assert lines[0].endswith('"C:/nodejs/npm.cmd" "run" "a&b" "%%cd:~,%PATH%%cd:~,%""')
