"""What an operation answers: data, errors, warnings. It prints nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import CODES, OK

if TYPE_CHECKING:
    from portman.base.errors import PortmanError, Problem


class Report(NamedTuple):
    """The result of one command, in the shape of the JSON envelope."""

    command: str
    data: dict[str, object]
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    #: Files the answer was made from, besides the manifest and git's: a receipt's evidence.
    evidence: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """Return 0, or the gravest exit code among the errors."""
        return max((CODES[error.code][0] for error in self.errors), default=OK)


def failed(command: str, error: PortmanError) -> Report:
    """Return the report of a command that could not even start."""
    return Report(command, {}, error.problems)
