"""Start a command on Windows, where no process can become another: a child, and its exit code."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from subprocess import Popen


def run_child(argv: list[str], env: dict[str, str]) -> int:
    """Run the command to its end and return its exit code.

    Ctrl-C reaches every process of the console; the command decides what it means, and this
    process waits for it. Raises PortmanError "command-missing" or "command-refused".
    """
    import shutil
    import signal
    import subprocess

    from portman.launch.launch_errors import not_started

    # CreateProcess looks for .exe only; npm and friends are .cmd files.
    program = shutil.which(argv[0], path=env.get("PATH", os.environ.get("PATH"))) or argv[0]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child: Popen[bytes] = subprocess.Popen([program, *argv[1:]], env=env)
    except OSError as error:
        raise not_started(argv[0], error, env) from error
    try:
        return child.wait()
    finally:
        signal.signal(signal.SIGINT, before)
