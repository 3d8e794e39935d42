"""A picture of a terminal (SVG), drawn from what commands really showed: tests/golden/80.txt."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "tests/golden/80.txt"
#: The screens of the picture, as (header of the golden file, which of those with this header).
SCREENS = (("shop: portman up", 0), ("shop-fix: portman up", 0), ("shop: portman up", 2))
LINE, MARGIN, LETTER = 18, 16, 8.4
COLOURS = {
    "1": "b", "2": "d", "31": "r", "32": "g", "33": "y", "36": "c",
}  # fmt: skip
STYLE = """
  rect { fill: #fbfbfa; stroke: #d5d5d2 }
  text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #24292e; white-space: pre }
  .b { font-weight: bold } .d { fill: #6a737d } .r { fill: #b31d28 }
  .g { fill: #116329 } .y { fill: #7d4e00 } .c { fill: #0b6a75 }
  @media (prefers-color-scheme: dark) {
    rect { fill: #16181c; stroke: #3a3d44 } text { fill: #dcdfe4 } .d { fill: #9aa1ab }
    .r { fill: #ff7b72 } .g { fill: #7ee787 } .y { fill: #e3b341 } .c { fill: #76d9e6 }
  }
"""


def picture() -> str:
    """Return the SVG of SCREENS, each after the line that was typed."""
    lines: list[str] = []
    found = re.findall(
        r"^== (.*?)\n(.*?)^== exit", GOLDEN.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    for header, place in SCREENS:
        shown = [screen for name, screen in found if name == header][place]
        folder, _, typed = header.partition(": ")
        lines += [f"~/{folder} $ ^[[1m{typed}^[[0m", *shown.splitlines(), ""]
    lines = lines[:-1]
    width = max(len(_plain(line)) for line in lines) * LETTER + 2 * MARGIN
    height = len(lines) * LINE + 2 * MARGIN
    body = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + (at + 1) * LINE - 5}">{_spans(line)}</text>'
        for at, line in enumerate(lines)
        if line
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img">\n'
        f"<title>portman up in two checkouts</title>\n<style>{STYLE}</style>\n"
        f'<rect x="0.5" y="0.5" width="{width - 1:.0f}" height="{height - 1}" rx="8"/>\n'
        f"{body}\n</svg>\n"
    )


def _plain(line: str) -> str:
    return re.sub(r"\^\[\]8;;[^^]*\^\[\\|\^\[\[[0-9;]*m", "", line)


def _spans(line: str) -> str:
    """Return a line with its colours as spans; links are left out."""
    line = re.sub(r"\^\[\]8;;[^^]*\^\[\\", "", line)
    parts = re.split(r"\^\[\[([0-9;]*)m", line)
    spans, colour = [escape(parts[0])], ""
    for code, text in zip(parts[1::2], parts[2::2], strict=True):
        colour = COLOURS.get(code, "")
        shown = escape(text)
        spans.append(f'<tspan class="{colour}">{shown}</tspan>' if colour and text else shown)
    return "".join(spans)
