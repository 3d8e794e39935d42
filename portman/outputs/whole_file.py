"""Whether a whole file is portman's own: by its mark, or by what portman last wrote to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.values import TEMPLATE
from portman.outputs.formats import is_ours

if TYPE_CHECKING:
    from portman.base.values import Output


def is_our_file(output: Output, real: str, data: bytes) -> bool:
    """Return whether portman wrote `data`, the content of the output at the path `real`."""
    if output.format != TEMPLATE:
        return is_ours(output.format, data)
    if _is_markless(output):
        from portman.outputs.written_before import wrote

        return wrote(real, data)
    from portman.outputs import templates

    return templates.is_ours(output.path, data)


def note(output: Output, real: str, wanted: bytes, *, before: bytes | None) -> None:
    """Remember what is about to be written, if the file itself cannot say whose it is.

    Raises PortmanError "output-unwritable" if it cannot be kept.
    """
    if not _is_markless(output):
        return
    from portman.outputs import written_before
    from portman.outputs.atomic import unwritable

    try:
        written_before.note(real, wanted, before=before)
    except OSError as error:
        raise unwritable(output.path, error) from error


def forget(output: Output, real: str) -> None:
    """Drop what is remembered of a file that was given back."""
    if _is_markless(output):
        from portman.outputs import written_before

        written_before.forget(real)


def _is_markless(output: Output) -> bool:
    """Return whether the file has no place for our mark."""
    if output.format != TEMPLATE:
        return False
    from portman.outputs.templates import has_comments

    return not has_comments(output.path)
