r"""The command line of a program on Windows, where each program splits its own. Pure.

CreateProcess takes one line. Programs built with the C runtime split it as `list2cmdline` joins it.
A batch file (npm, npx, pnpm, yarn are some) is run by cmd.exe, which gives `& | < > ^ %` a meaning
of its own, also inside `list2cmdline`'s quotes once a `"` has closed them. So every argument of a
batch file is quoted, a `"` is doubled, and `%` is followed by a reference that expands to nothing.
Rust's standard library does the same since CVE-2024-24576.
"""

from __future__ import annotations

from portman.base.errors import PortmanError
from portman.base.text import printable

BATCH_FILES = (".bat", ".cmd")
#: What PATHEXT has where nobody changed it: the endings by which a command is found.
_ENDINGS = ".COM;.EXE;.BAT;.CMD"
#: `/e:ON`: the reference below needs the extensions; `/v:OFF`: `!name!` is text; `/d`: no AutoRun.
_SWITCHES = "/e:ON /v:OFF /d /c"
#: An empty part of the variable that is always set: `%` and this are a plain `%`.
_PERCENT = "%%cd:~,%"
_LARGEST_CODE = 0x7FFFFFFF


def is_batch_file(program: str) -> bool:
    """Return whether cmd.exe runs it. Windows ignores dots and blanks at the end of a name."""
    return program.lower().rstrip(". ").endswith(BATCH_FILES)


def batch_line(program: str, arguments: list[str], shell: str = "cmd.exe") -> str:
    r"""Return the line that makes cmd.exe run a batch file with exactly these arguments.

    Raises PortmanError "command-refused" for what no quoting can express: a line break or NUL in an
    argument, and a `"` or a `\` at the end in the name of the file.
    """
    for word in (program, *arguments):
        if any(sign in word for sign in "\r\n\0"):
            raise PortmanError(
                "command-refused",
                f"{printable(program)}: an argument has a line break, which cmd.exe cannot pass to "
                f"a batch file: {printable(word)!r}",
                hint="give the program itself in place of its .cmd file, for example node cli.js",
            )
    if '"' in program or program.endswith("\\"):
        raise PortmanError(
            "command-refused", f"{printable(program)} cannot be the name of a batch file"
        )
    words = [f'"{program.replace("%", _PERCENT)}"', *map(_batch_word, arguments)]
    return f'"{shell}" {_SWITCHES} "{" ".join(words)}"'


def _batch_word(word: str) -> str:
    text, slashes = "", 0
    for sign in word:
        if sign == '"':
            text += "\\" * slashes + '""'
        elif sign == "%":
            text += _PERCENT
        else:
            text += sign
        slashes = slashes + 1 if sign == "\\" else 0
    return f'"{text}{chr(92) * slashes}"'


def find_program(name: str, path: str | None, endings: str | None = None) -> str:
    """Return the file that a command of this name starts, or the name where none is found.

    The endings are tried here: `shutil.which` of Python 3.12.0 finds the script without ending
    that npm puts beside npm.cmd, which Windows cannot start.
    """
    import shutil

    known = [one for one in (endings or _ENDINGS).split(";") if one]
    if not any(name.lower().endswith(one.lower()) for one in known):
        for one in known:
            found = shutil.which(name + one, path=path)
            if found:
                return found
    return shutil.which(name, path=path) or name


def exit_code(code: int) -> int:
    """Return a code that `sys.exit` passes on unchanged.

    Windows' codes have 32 bits without sign (0xC000013A after Ctrl-C); before Python 3.12.8 and
    3.13.1 one above 2**31 became -1. Windows reads the negative number as the same code.
    """
    return code - (1 << 32) if code > _LARGEST_CODE else code
