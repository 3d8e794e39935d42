"""`portman mcp`: the commands as tools for coding agents, on stdin and stdout."""

from __future__ import annotations

import sys

from portman.base.errors import INTERRUPTED, PortmanError
from portman.cli import OutputOptions
from portman.cli.emit import attempt
from portman.cli.parameters import Verb, require_extra
from portman.cli.render import Style

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data


def view(_data: Data, _style: Style) -> list[str]:
    return []


def _mcp(_options: OutputOptions) -> int:
    require_extra("mcp", ("mcp", "jsonschema"))
    if sys.stdin.isatty():
        raise PortmanError(
            "usage",
            "mcp: a client starts this command and speaks the Model Context Protocol with it",
            hint="add it to your client: portman integrate mcp",
        )
    from portman.mcp.server import run

    try:
        run(attempt)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


VERBS = {
    "mcp": Verb(
        _mcp,
        view,
        """
        Serves the tools ports_up, ports_check, ports_env, ports_list, ports_who, ports_explain,
        ports_wait, ports_down, ports_log and ports_free to one client, until it closes stdin.
        No tool starts a program; ports_free stops one only by the token of its plan.

        Example: claude mcp add portman -- portman mcp
        """,
        without=("directory", "instance"),
    )
}
