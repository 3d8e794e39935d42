"""Ask a tool of the operating system, where it has no other way to be asked."""

from __future__ import annotations

from typing import NamedTuple

#: Where administrators' tools are, which an ordinary user's PATH may lack.
ADMIN_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")

#: Seconds. These tools answer in milliseconds; one that hangs must not hang us.
PATIENCE = 10.0


def output(command: list[str]) -> str:
    """Return what `command` prints, or "" if it is missing, hangs or cannot be decoded.

    Its exit code is no news: `lsof` fails when it finds nothing. The environment is ours, but
    with the C locale.
    """
    import os
    import subprocess

    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


class Answer(NamedTuple):
    """What became of a question to a tool. `code` is None if it is missing or hung."""

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
    import subprocess

    places = os.pathsep.join([os.environ.get("PATH", ""), *ADMIN_FOLDERS])
    program = shutil.which(command[0], path=places)
    if program is None:
        return Answer(found=False)
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except OSError as error:
        return Answer(found=True, err=str(error))
    except subprocess.TimeoutExpired:
        return Answer(found=True, err=f"no answer within {patience:g} s")
    out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    return Answer(found=True, code=done.returncode, out=out, err=err)
