"""Entry point: the express lane first, the Typer app for everything else."""

import sys


def main() -> int:
    """Run portman over sys.argv and return the exit code."""
    argv = sys.argv[1:]
    try:
        if argv[:1] == ["run"]:
            from portman.cli import express_run as express
        else:
            from portman.cli import express  # type: ignore[no-redef]
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
