"""Entry point: the express lane first, then the Typer app."""

import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import NoReturn


def _quietly(kind, error, trace):  # type: ignore[no-untyped-def]
    """Print uncaught exceptions, except Ctrl-C: Python then exits as a shell expects.

    Covers what no `try` of ours does: pip's launcher calls `main`, and a Ctrl-C that came while
    this file was loaded is raised as the call begins.
    """
    if kind is not KeyboardInterrupt:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _quietly


def main() -> int:
    """Run portman over sys.argv and return the exit code; 130 after Ctrl-C, at any moment."""
    try:
        return _run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


def entry() -> "NoReturn":
    """Run `main` as the whole of this process, and end it."""
    import gc

    gc.set_threshold(100_000)  # a command makes few cycles, and looking for them costs 5 %
    code = main()
    _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End at once: tearing the interpreter down costs a fifth of its start.

    Not where somebody needs that: exit handlers, threads, a profiler or debugger, `python -i`.
    """
    import atexit
    import os

    handlers = atexit._ncallbacks()  # noqa: SLF001 - concurrent.futures and coverage ask so too
    if handlers or "threading" in sys.modules or sys.gettrace() or sys.getprofile():
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):  # there is none, or nobody reads it
        return
    if not sys.flags.inspect:
        os._exit(code)


def _run(argv: list[str]) -> int:
    try:
        if argv[:1] == ["__complete"]:
            from portman.cli import completion

            return completion.respond(argv[1:])
        from portman.cli import fast_path

        code = fast_path.answer(argv)
        if code is None:
            from portman.cli.main import run

            code = run(argv)
    except Exception as error:  # noqa: BLE001 - a traceback never reaches the user
        from portman.base.neighbours import blame

        blame(error)  # before anything else of ours is loaded
        from portman.cli.emit import crashed

        return crashed(argv, error)
    return code


if __name__ == "__main__":
    entry()
