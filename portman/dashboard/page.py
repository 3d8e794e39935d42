"""HTML from what `model` and `number_line` say; every value is escaped by Jinja2."""

from __future__ import annotations

import os
import time
from functools import cache

import jinja2

from portman.base.small_file import data_path
from portman.base.text import span

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from portman.dashboard.model import CellView

FOLDER = data_path("dashboard")
#: File -> content type: all that the page loads.
ASSETS = {
    "style.css": "text/css",
    "page.js": "text/javascript",
    "feed.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
#: A word and a sign for each state, so that none is told by colour alone.
SIGNS = {
    "running": "●", "idle": "○", "taken": "✕", "reserved": "◐", "claimed": "◧",
    "lingering": "◌", "excluded": "⊘", "privileged": "⊘", "misplaced": "⇢", "gone": "∅",
}  # fmt: skip


@cache
def environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["signs"] = SIGNS
    made.filters["age"] = lambda since: span(time.time() - since)
    made.filters["clock"] = lambda at, form="%Y-%m-%d %H:%M:%S": time.strftime(
        form, time.localtime(at)
    )
    made.filters["web"] = lambda url: url if url.startswith(("http://", "https://")) else ""
    return made


def render(name: str, **values: Any) -> str:
    return environment().get_template(name).render(**values)


def cell_html(cell: CellView, *, actions: bool) -> str:
    """Return the inside of one cell: what a live update replaces."""
    return render("cell.html", cell=cell, actions=actions)


def asset(name: str) -> str:
    with open(os.path.join(FOLDER, name), encoding="utf-8") as stream:
        return stream.read()


def qr_svg(text: str) -> str:
    from io import BytesIO

    import segno

    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False
    )
    return out.getvalue().decode()
