"""Ask a person before something is stopped or written; only on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portman.base.report import Report
    from portman.cli.emit import Manner
    from portman.cli.style import Style


def asker(
    how: Manner, show: Callable[[dict[str, Any], Style], list[str]]
) -> Callable[[Report], bool]:
    """Return a function that shows a plan on stderr and asks; it says no without a terminal.

    `show` makes lines of the plan's data. With --json nothing is asked: whoever reads JSON is
    no person.
    """

    def ask(report: Report) -> bool:
        if how.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        from portman.cli.style import style_for

        style = style_for(sys.stderr, how.color)
        for line in show(report.data, style):
            sys.stderr.write(line + "\n")
        sys.stderr.write("Go on? [y/N] ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer.endswith("\n"):
            sys.stderr.write("\n")
        report.data["asked_on_terminal"] = True
        return answer.strip().lower() in ("y", "yes")

    return ask
