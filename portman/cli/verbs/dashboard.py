"""`portman dashboard`: one address, then a server until Ctrl-C; or a page in a file.

`portman mcp`: the commands as tools for coding agents, on stdin and stdout.
"""

from __future__ import annotations

import os
import sys
import webbrowser

from portman.base.errors import INTERRUPTED, PortmanError, Report
from portman.base.text import printable
from portman.cli import OutputOptions
from portman.cli.emit import attempt, write_report
from portman.cli.parameters import Parameter, Verb, flag, require_extra
from portman.cli.render import Style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.cli.render import Data


#: What the extra brings; the first that is missing is named.
EXTRA = ("starlette", "uvicorn", "jinja2", "segno")


def view(data: Data, style: Style) -> list[str]:
    if data["file"]:
        return [f"written: {printable(data['file'])}"]
    ends = "Ctrl-C ends it" if not data["linger"] else "ends with Ctrl-C or its last tab"
    return [f"{style.paint('bold', data['url'])}", style.paint("dim", f"opens once; {ends}")]


def _dashboard(  # one parameter for each option
    options: OutputOptions, *, html: str, actions: bool, no_open: bool, linger: float
) -> Report | int:
    require_extra("dashboard", EXTRA)
    if html:
        return _still(options, html)
    from portman.commands.dashboard import listening
    from portman.dashboard.server import Dashboard, run

    try:
        with listening(options.start) as (listener, session):
            page = Dashboard(
                options.start, session.port, session.secret, actions=actions, linger=linger
            )
            data: dict[str, object] = {
                "url": page.url, "port": session.port, "actions": actions, "linger": linger,
                "file": None,
            }  # fmt: skip
            write_report(Report("dashboard", data), options, view)
            if not no_open and sys.stdout.isatty() and not options.json:
                webbrowser.open(page.url)
            run(page, listener)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _still(options: OutputOptions, file: str) -> Report:
    from portman.dashboard.server import still_page

    text = still_page(options.start)
    if file == "-":
        sys.stdout.write(text)
        return Report("dashboard", {})
    path = os.path.join(options.start, file)
    try:
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise PortmanError(
            "output-unwritable", f"{file}: cannot be written: {error.strerror}",
            hint="portman dashboard --html page.html",
        ) from error  # fmt: skip
    data: dict[str, object] = {
        "url": None, "port": None, "actions": False, "linger": None, "file": path,
    }  # fmt: skip
    return Report("dashboard", data)


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
    "dashboard": Verb(
        _dashboard,
        view,
        """
        Serves one page on a loopback port of its own and opens it: every checkout with its
        services, live, what is in the way first. It ends with Ctrl-C, or a minute after its last
        tab was closed. The page changes nothing unless --actions is given.

        Example: portman dashboard
        """,
        without=("instance",),
        html=Parameter(
            ("--html",),
            metavar="FILE",
            default="",
            help="Write the page as one file instead; - is stdout.",
        ),
        actions=flag(("--actions",), help="Let the page reassign, free and give back ports."),
        no_open=flag(("--no-open",), help="Print the address, open no browser."),
        linger=Parameter(
            ("--linger",),
            metavar="SECONDS",
            kind=float,
            default=60.0,
            low=0,
            high=86400,
            help="How long to stay without a tab; 0: until Ctrl-C.",
        ),
    ),
    "mcp": Verb(
        _mcp,
        lambda _data, _style: [],
        """
        Serves the tools ports_up, ports_check, ports_env, ports_list, ports_who, ports_explain,
        ports_wait, ports_down, ports_log and ports_free to one client, until it closes stdin.
        No tool starts a program; ports_free stops one only by the token of its plan.

        Example: claude mcp add portman -- portman mcp
        """,
        without=("directory", "instance"),
    ),
}
