"""Entry point: the express lane first, the Typer app for everything else."""

from __future__ import annotations

import sys


def main() -> int:
    """Run portman over sys.argv and return the exit code."""
    from portman.cli import express

    argv = sys.argv[1:]
    code = express.answer(argv)
    if code is None:
        from portman.cli.app import run

        code = run(argv)
    return code


if __name__ == "__main__":
    sys.exit(main())
