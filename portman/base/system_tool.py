"""Ask a tool of the operating system, where it has no other way to be asked."""

from __future__ import annotations

from typing import NamedTuple

#: Where administrators' tools are, which an ordinary user's PATH may lack.
ADMIN_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")

#: Seconds. These tools answer in milliseconds; one that hangs must not hang us.
PATIENCE = 10.0


def output(command: list[str]) -> str:
    """Return what `command` prints, or "" if it is missing, hangs or does not stop talking.

    Its exit code is no news: `lsof` fails when it finds nothing. The environment is ours, but
    with the C locale.
    """
    import os

    from portman.base.run_tool import UnboundedError, run

    env = {**os.environ, "LC_ALL": "C"}
    try:
        return run(command, patience=PATIENCE, env=env, quiet=True).out.decode("utf-8", "replace")
    except (OSError, ValueError, UnboundedError):
        return ""


class Answer(NamedTuple):
    """What became of a question to a tool. `code` is None if it came to no end."""

    found: bool
    code: int | None = None
    out: str = ""
    err: str = ""

    @property
    def fine(self) -> bool:
        """Whether the tool was there and succeeded."""
        return self.code == 0


def ask(command: list[str], patience: float = PATIENCE) -> Answer:
    """Run a tool (looked for in PATH and in ADMIN_FOLDERS) and return all it says."""
    import os
    import shutil

    from portman.base.run_tool import UnboundedError, run

    places = os.pathsep.join([os.environ.get("PATH", ""), *ADMIN_FOLDERS])
    program = shutil.which(command[0], path=places)
    if program is None:
        return Answer(found=False)
    env = {**os.environ, "LC_ALL": "C"}
    try:
        done = run([program, *command[1:]], patience=patience, env=env)
    except (OSError, UnboundedError) as error:
        return Answer(found=True, err=str(error))
    out, err = (text.decode("utf-8", "replace") for text in (done.out, done.err))
    return Answer(found=True, code=done.code, out=out, err=err)
