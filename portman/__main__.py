"""Entry point: the express lane first, the Typer app for everything else."""

import sys


def main() -> int:
    """Run portman over sys.argv and return the exit code."""
    from portman.cli import express

    argv = sys.argv[1:]
    try:
        code = express.answer(argv)
        if code is None:
            from portman.cli.app import run

            code = run(argv)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - a traceback never reaches the user
        from portman.cli.perform import crashed

        return crashed(argv, error)
    return code


if __name__ == "__main__":
    sys.exit(main())
