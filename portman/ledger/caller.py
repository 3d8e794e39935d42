"""Who asks for a change of the ledger: command, process, user, and agent session if there is one.

Only the variables named here are read, and only a session's id is kept of them: no value of the
environment that could be a secret reaches the log.
"""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar

from portman.base.context import contextmanager
from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Caller(NamedTuple):
    """`agent` is a word of AGENTS, or what an MCP client calls itself; "" for a person."""

    command: str = ""
    pid: int = 0
    user: str = ""
    agent: str = ""
    session: str = ""
    terminal: str = ""


class Marks(NamedTuple):
    """How the environment shows an agent: a variable of `names`, or one that starts as `prefix`.

    `session`: the variables with the id of its session, the best first.
    """

    agent: str
    names: tuple[str, ...]
    prefix: str = ""
    session: tuple[str, ...] = ()


#: The inner one first: a Claude session in a Conductor workspace is Claude's.
AGENTS = (
    Marks(
        "claude",
        ("CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT"),
        session=("CLAUDE_CODE_SESSION_ID", "CLAUDE_SESSION_ID"),
    ),
    Marks("codex", (), "CODEX_", ("CODEX_THREAD_ID", "CODEX_SESSION_ID")),
    Marks("gemini", ("GEMINI_CLI",), session=("GEMINI_SESSION_ID",)),
    Marks("opencode", ("OPENCODE",), session=("OPENCODE_SESSION_ID",)),
    Marks("cursor", (), "CURSOR_", ("CURSOR_TRACE_ID", "CURSOR_SESSION_ID")),
    Marks("conductor", (), "CONDUCTOR_", ("CONDUCTOR_WORKSPACE_NAME",)),
    Marks(
        "github-actions",
        ("GITHUB_ACTIONS", "GITHUB_RUN_ID", "GITHUB_JOB"),
        session=("GITHUB_RUN_ID", "GITHUB_JOB"),
    ),
)
#: A person exports these for good, so they show no session.
_SETTINGS = ("_HOME", "_PATH", "_KEY", "_TOKEN", "_SECRET", "_DIR", "_VERSION", "_CLI")
#: Bytes of a session's id that are kept.
_LONGEST = 80

_said: ContextVar[Caller | None] = ContextVar("portman_caller", default=None)


@contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """Name the caller of what happens inside: a server's client, where argv shows the server."""
    token = _said.set(caller)
    try:
        yield
    finally:
        _said.reset(token)


def caller() -> Caller:
    found = _said.get()
    if found is not None:
        return found
    agent, session = agent_of(os.environ)
    return Caller(command_of(sys.argv), os.getpid(), user_name(), agent, session, _terminal())


def agent_of(environment: Mapping[str, str]) -> tuple[str, str]:
    prefixes = tuple(marks.prefix for marks in AGENTS if marks.prefix)
    telling = [name for marks in AGENTS for name in marks.names]
    telling += [name for name in environment if name.startswith(prefixes)]
    shown = [name for name in telling if environment.get(name)]
    for marks in AGENTS:
        if not any(_shows(marks, name) for name in shown):
            continue
        ids = (_identifier(environment.get(name, "")) for name in marks.session)
        return marks.agent, next((one for one in ids if one), "")
    return "", ""


def _shows(marks: Marks, name: str) -> bool:
    if name in marks.names:
        return True
    return bool(marks.prefix) and name.startswith(marks.prefix) and not name.endswith(_SETTINGS)


def _identifier(value: str) -> str:
    """Return a value that can be an id; anything else may be more than that, and is dropped."""
    known = value.isascii() and value.replace("-", "").replace("_", "").replace(".", "").isalnum()
    return value if known and len(value) <= _LONGEST else ""


def command_of(argv: list[str]) -> str:
    """Return the verb of a command line of ours, or the name of another program."""
    program = os.path.basename(argv[0]) if argv else ""
    if program == "__main__.py":
        program = os.path.basename(os.path.dirname(argv[0]))
    if not program.startswith("portman"):
        return program
    rest = iter(argv[1:])
    for word in rest:
        if word in ("-C", "--instance", "--color"):
            next(rest, None)
        elif not word.startswith("-"):
            return word[:40]
    return program


def user_name() -> str:
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "")
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _terminal() -> str:
    """Return the terminal that one of the standard streams is, without "/dev/"."""
    if sys.platform != "win32":
        for descriptor in (0, 1, 2):
            try:
                return os.ttyname(descriptor).removeprefix("/dev/")
            except OSError:
                continue
    return ""
