"""What `run` is asked for, and what it has ready: plain classes, as the hot path wants them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.base.errors import Problem
    from portman.base.report import Report
    from portman.launch.launch_facts import LaunchFacts, Spot

Key = tuple[str, int]


class Wish:
    """What the user asked for."""

    __slots__ = ("argv", "ephemeral", "hold", "instance", "service", "start")

    def __init__(  # noqa: PLR0913 - one for each option; a NamedTuple would import typing
        self,
        argv: list[str],
        *,
        start: str = ".",
        service: str = "",
        instance: str = "",
        ephemeral: bool = False,
        hold: bool = True,
    ) -> None:
        self.argv, self.start, self.service = argv, start, service
        self.instance, self.ephemeral, self.hold = instance, ephemeral, hold


class Launch:
    """A command that is ready to start, and the descriptors it starts with."""

    __slots__ = (
        "argv",
        "asked",
        "env",
        "facts",
        "held",
        "leftover",
        "listening",
        "manner",
        "spot",
        "warnings",
    )

    def __init__(self, facts: LaunchFacts, spot: Spot | None, asked: list[str]) -> None:
        self.facts, self.spot, self.asked = facts, spot, asked
        self.argv: list[str] = asked
        self.env: dict[str, str] = {}
        self.held: dict[Key, tuple[int, ...]] = {}
        self.listening: list[tuple[str, int]] = []
        self.manner = ""
        self.leftover = False
        self.warnings: tuple[Problem, ...] = ()

    def own_keys(self) -> list[Key]:
        """Return the ports of the service that the command is."""
        return [] if self.spot is None else self.spot.keys()

    def release(self, keys: list[Key]) -> None:
        """Let go of some of the held ports."""
        for key in keys:
            for descriptor in self.held.pop(key, ()):
                close(descriptor)


class Refused(Exception):  # noqa: N818 - no error of ours: what `up` found in the way
    """`up` found something in the way; the report says what."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def close(descriptor: int) -> None:
    """Close the descriptor of a socket, which on Windows is no file descriptor."""
    import _socket

    _socket.close(descriptor)
