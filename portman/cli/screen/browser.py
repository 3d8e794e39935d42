"""Open a URL in the user's browser without letting it write over our screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def open_url(url: str) -> str:
    """Start the browser; return what to tell: that it was, or why not."""
    if not url:
        return "it speaks no TCP, so there is no URL to open"
    command = _command()
    if not command:
        return f"no browser to be started from here: {url}"
    try:
        subprocess.Popen(
            [*command, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"{command[0]} could not be started ({error.strerror}): {url}"
    return f"opened {url}"


def _command() -> list[str]:
    """Return $BROWSER, else what this desktop opens things with; [] without a desktop."""
    chosen = os.environ.get("BROWSER", "").split(os.pathsep)[0].split()
    if chosen:
        return chosen
    if sys.platform == "darwin":
        return ["open"]
    if sys.platform == "win32":
        return ["rundll32", "url.dll,FileProtocolHandler"]
    for tool in ("wslview", "xdg-open"):
        desktop = tool == "wslview" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
        if desktop and shutil.which(tool):
            return [tool]
    return []
