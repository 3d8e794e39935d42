"""Open a URL in the browser of whoever sits here: $BROWSER, else what the desktop prefers."""

from __future__ import annotations

import os
import sys


def open_url(url: str) -> bool:
    """Return whether a browser was started.

    $BROWSER is honoured first (as Python's webbrowser reads it: commands separated by the path
    separator, `%s` for the URL). Without a display there is no browser to start, even if one is
    installed; text browsers are left alone, as they would take over the terminal unasked.
    """
    import webbrowser

    if not os.environ.get("BROWSER") and not _has_desktop():
        return False
    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False


def _has_desktop() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    # WSL hands links to Windows through wslview or the interop layer.
    return bool(os.environ.get("WSL_DISTRO_NAME"))
