"""Reading the template of an output: a text file inside the checkout."""

from __future__ import annotations

from portman.base.errors import PortmanError


def read_template(checkout: str, path: str) -> bytes:
    """Return the bytes of a template.

    Raises PortmanError "template-unreadable" if it is not there, no ordinary file, too large, or
    outside the checkout once its links are followed.
    """
    from portman.outputs.managed_file import read_output

    try:
        data, _ = read_output(checkout, path)
    except PortmanError as error:
        raise _unreadable(path, str(error)) from error
    if data is None:
        raise _unreadable(path, f"there is no {path} to make an output from")
    return data


def _unreadable(path: str, said: str) -> PortmanError:
    return PortmanError(
        "template-unreadable",
        said,
        hint="mend it, or change template under [[output]] in ports.toml",
        file=path,
    )
