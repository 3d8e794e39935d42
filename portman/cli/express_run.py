"""`portman run ... -- CMD` without Typer: only what is understood to the letter, up to `--`."""

from __future__ import annotations

FLAGS = frozenset({"--ephemeral", "--no-hold", "--json", "-q", "--quiet"})
VALUES = frozenset({"-C", "--service", "--instance"})


def answer(argv: list[str]) -> int | None:
    """Become the command; return an exit code where that is not possible, None for the app."""
    options = parse(argv)
    if options is None:
        return None
    flags, values, command = options
    from portman.cli.launching import Voice, launch
    from portman.launch.facts import Wish

    wish = Wish(
        command,
        start=values.get("-C", "."),
        service=values.get("--service", ""),
        instance=values.get("--instance", ""),
        ephemeral="--ephemeral" in flags,
        hold="--no-hold" not in flags,
    )
    return launch(wish, Voice(json="--json" in flags, quiet=bool(flags & {"-q", "--quiet"})))


def parse(argv: list[str]) -> tuple[set[str], dict[str, str], list[str]] | None:
    """Return (flags, values, command) of `run [OPTION]... -- CMD...`, None if unsure."""
    if not argv or argv[0] != "run" or "--" not in argv:
        return None
    end = argv.index("--")
    flags: set[str] = set()
    values: dict[str, str] = {}
    words = iter(argv[1:end])
    for word in words:
        if word in FLAGS:
            flags.add(word)
        elif word in VALUES:
            values[word] = next(words, "")
            if not values[word] or values[word].startswith("-"):
                return None
        else:
            return None
    return (flags, values, argv[end + 1 :]) if argv[end + 1 :] else None
