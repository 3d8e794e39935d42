"""What a hint tells a person to type, by system: commands as data, values quoted. Pure.

A command for Windows is written so that cmd and PowerShell read it alike. Where a system has no
such command, or a value cannot be quoted for both shells, the hint is words.
"""

from __future__ import annotations

import sys

from portman.base.record import NamedTuple


class TypedCommand(NamedTuple):
    """The words, then what is typed: "" for words alone, darwin None for the same as on Linux.

    `{0}` and `{1}` are the values, `{all}` each of them.
    """

    words: str
    linux: str
    darwin: str | None = None
    win32: str = ""


_ROWS: dict[str, TypedCommand] = {
    "look": TypedCommand("look at the rights of {0}", "ls -ld {all}", None, "icacls {0}"),
    "move": TypedCommand("move {0} to {1}", "mv {0} {1}", None, "cmd /c move {0} {1}"),
    "remove": TypedCommand("remove {0}", "rm {0}", None, "cmd /c del {0}"),
    "ignore": TypedCommand("add this line to .gitignore: {0}", "echo {0} >> .gitignore"),
    "openers": TypedCommand("Resource Monitor shows what has {0} open", "fuser -v {0}", "lsof {0}"),
    "space": TypedCommand(
        "look at the free space on the disk of {0}", "df -h {0}", None, "cmd /c dir {0}"
    ),
    "resume": TypedCommand("resume process {0}", "kill -CONT {0}"),
    "end": TypedCommand("end process {0}", "kill {0}", None, "taskkill /PID {0}"),
    "process": TypedCommand(
        "look at process {0}", "ps -fp {0}", None, 'tasklist /v /fi "PID eq {0}"'
    ),
    "find": TypedCommand("look for {0} in PATH", "command -v {0}", None, "where.exe {0}"),
    "first line": TypedCommand("look at the first line of {0}", "head -1 {0}"),
    "set": TypedCommand("set {0} to {1}", "export {0}={1}", None, "setx {0} {1}"),
    "low port": TypedCommand(
        "on every address (0.0.0.0) macOS gives each user port {0}",
        "sudo sysctl net.ipv4.ip_unprivileged_port_start={0}",
        "",
    ),
    "loopback": TypedCommand(
        "look at the loopback addresses",
        "ip addr show lo",
        "ifconfig lo0",
        "netsh interface ipv4 show addresses",
    ),
    "home": TypedCommand(
        "name a folder that can be written in PORTMAN_HOME",
        "PORTMAN_HOME=/some/folder portman up",
        None,
        "setx PORTMAN_HOME C:\\some\\folder",
    ),
    "clock": TypedCommand(
        "set the clock by the network",
        "timedatectl set-ntp true",
        "sudo sntp -sS time.apple.com",
        "w32tm /resync",
    ),
    "hosts": TypedCommand(
        "the hosts file", "/etc/hosts", None, "%SystemRoot%\\System32\\drivers\\etc\\hosts"
    ),
}


def typed(what: str, *values: object, system: str = "") -> str:
    """Return the command of this system, or the words where it has none that can be typed."""
    row = _ROWS[what]
    texts = [str(one) for one in values]
    system = system or sys.platform
    template = row.win32 if system == "win32" else row.linux
    if system == "darwin" and row.darwin is not None:
        template = row.darwin
    words = [quoted(one) for one in texts]
    if not template or "" in words:
        return row.words.format(*texts)
    return template.format(*words, all=" ".join(words))


def as_root(command: str) -> str:
    return f"as administrator: {command}" if sys.platform == "win32" else f"sudo {command}"


def word(value: str, placeholder: str = "FOLDER") -> str:
    """Return a value as one word of a hint, or a placeholder: then the hint is no command."""
    return (value.isprintable() and quoted(value)) or placeholder


def quoted(value: str) -> str:
    """Return a value as one word of this system's shells; "" if they disagree on it."""
    if sys.platform != "win32":
        if value and all(one.isascii() and (one.isalnum() or one in "-_./:") for one in value):
            return value
        import shlex  # loads re: few values need it

        return shlex.quote(value)
    plain = value.replace("\\", "").replace(":", "").replace("/", "").replace(".", "")
    if plain.replace("-", "").replace("_", "").isalnum() and not value.startswith("-"):
        return value
    # "$" and "`" mean something to PowerShell inside quotes, "%" to cmd, and both end at a '"'.
    # Before the last quote a backslash would escape it for the program.
    hopeless = any(sign in value for sign in '"$`%\n\r') or not value
    return "" if hopeless or value.endswith("\\") else f'"{value}"'


def split(command: str) -> tuple[str, ...]:
    """Return the words of a command as this system's shells split it; () for an open quote."""
    if sys.platform != "win32":
        import shlex

        try:
            return tuple(shlex.split(command))
        except ValueError:
            return ()
    words: list[str] = []
    for at, part in enumerate(command.split('"')):
        if at % 2:
            words[-1] += part
        else:
            pieces = part.split(" ")
            words = [*words[:-1], (words or [""])[-1] + pieces[0], *pieces[1:]]
    return () if command.count('"') % 2 else tuple(word for word in words if word)
