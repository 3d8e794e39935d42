"""Ask a tool of the operating system, where it has no other way to be asked."""

from __future__ import annotations

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
