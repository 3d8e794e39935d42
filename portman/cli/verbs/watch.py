"""`portman watch`: a live screen, one frame, or a stream of changes."""

from __future__ import annotations

import sys

from portman.cli import OutputOptions
from portman.cli.emit import write
from portman.cli.parameters import Parameter, Verb, flag
from portman.cli.render import style_for
from portman.cli.screen.stream import follow, once_text
from portman.commands.watch import Watcher


def _watch(options: OutputOptions, *, once: bool, interval: float) -> int:
    look = Watcher().look
    style = style_for(sys.stdout, options.color)
    if once:
        return write(sys.stdout, once_text(look(), style, json=options.json))
    if options.json or not sys.stdout.isatty():
        return follow(look, style, interval, json=options.json)
    from portman.cli.screen.live import Live

    return Live(look, style, interval).run()


VERBS = {
    "watch": Verb(
        _watch,
        lambda _data, _style: [],
        """
        Shows state, port, process, age and connections. On a terminal a live screen (? shows
        its keys); into a pipe or file one line for each change; with --json a snapshot, then
        one object for each change.

        Example: portman watch
        """,
        without=("directory", "instance", "quiet"),
        once=flag("--once", help="Print one frame and exit."),
        interval=Parameter(
            "--interval",
            metavar="SECONDS",
            kind=float,
            default=0.5,
            low=0.1,
            high=3600,
            help="Time between two looks.",
        ),
    )
}
