"""`portman run` for both lanes: prepare, say what there is to say, start.

Imports almost nothing at first: in the usual case this process becomes the command at once.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.base.errors import Problem
    from portman.base.report import Report
    from portman.cli.emit import Manner
    from portman.launch.facts import Wish


class Voice:
    """How `run` speaks, if it has to: the options, without what they cost to import."""

    __slots__ = ("color", "json", "quiet")

    def __init__(self, *, json: bool = False, quiet: bool = False, color: str = "auto") -> None:
        self.json, self.quiet, self.color = json, quiet, color

    def manner(self) -> Manner:
        """Return the same as a Manner."""
        from portman.cli.emit import Manner

        return Manner(json=self.json, quiet=self.quiet, color=self.color)


def launch(wish: Wish, voice: Voice) -> int:
    """Start the command of `wish`; return an exit code only if this process did not become it."""
    try:
        from portman.launch.prepare import prepare

        ready = prepare(wish)
        for problem in ready.warnings:
            _note(problem, voice)
        from portman.launch.start import start

        return start(ready, lambda problem: _note(problem, voice))
    except BaseException as error:  # noqa: BLE001 - told like every other error
        return _failed(error, voice)


def _note(problem: Problem, voice: Voice) -> None:
    """Write one note to stderr; stdout is the command's."""
    from portman.base.report import Report
    from portman.cli import render
    from portman.cli.emit import write
    from portman.cli.style import style_for

    if not voice.quiet and not voice.json:
        import sys

        report = Report("run", {}, (), (problem,))
        style = style_for(sys.stderr, voice.color)
        write(sys.stderr, render.stderr_text(report, style, quiet=False))


def _failed(error: BaseException, voice: Voice) -> int:
    from portman.cli.emit import attempt, tell
    from portman.launch.facts import Refused

    def again() -> Report:
        if isinstance(error, Refused):
            return error.report
        raise error

    return tell(attempt("run", again), voice.manner())
