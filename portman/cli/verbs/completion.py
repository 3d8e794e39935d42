"""`portman completion`: the script, or where it was written."""

from __future__ import annotations

from portman.cli.parameters import Parameter, Verb, flag
from portman.cli.render import Style, short_path
from portman.commands.completion import SHELLS, completion

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data


def view(data: Data, style: Style) -> list[str]:
    if data["path"] is None:
        return str(data["script"]).splitlines()
    said = [f"written {short_path(data['path'])}"]
    if data["once"]:
        said.append(style.paint("dim", data["once"]))
    return said


VERBS = {
    "completion": Verb(
        lambda _options, shell, install: completion(shell, install=install),
        view,
        """
        Completes commands, options, services and their descriptions. --install writes the
        script where the shell looks for it, for this user.

        Example: portman completion zsh --install
        """,
        without=("directory", "instance"),
        shell=Parameter(
            metavar="SHELL",
            help=f"{', '.join(SHELLS)}.",
            complete=lambda _start: [(one, "") for one in SHELLS],
        ),
        install=flag(("--install",), help="Write it for this user instead of printing it."),
    )
}
