"""`portman watch`: choose between a live screen, one frame, and a stream of changes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from portman.base.errors import PortmanError, failed

if TYPE_CHECKING:
    from portman.cli.emit import OutputOptions


def watch(how: OutputOptions, *, once: bool, interval: float) -> int:
    """Watch, and return the exit code. Errors are told as by every other command."""
    from portman.cli.emit import tell, unforeseen

    try:
        return _watch(how, once=once, interval=interval)
    except PortmanError as error:
        return tell(failed("watch", error), how)
    except Exception as error:  # noqa: BLE001 - a traceback never reaches the user
        return tell(unforeseen("watch", error), how)


def _watch(how: OutputOptions, *, once: bool, interval: float) -> int:
    from portman.cli.emit import write
    from portman.cli.render import style_for
    from portman.commands.watch import Watcher

    look = Watcher().look
    style = style_for(sys.stdout, how.color)
    if once:
        from portman.cli.screen import stream

        return write(sys.stdout, stream.once(look(), style, json=how.json))
    if how.json or not sys.stdout.isatty():
        from portman.cli.screen import stream

        return stream.follow(look, style, interval, json=how.json)
    from portman.cli.screen.live import Live

    return Live(look, style, interval).run()
