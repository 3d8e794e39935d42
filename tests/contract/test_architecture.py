"""The arrows of docs/architecture.md, read from the imports."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "portman"
#: Modules that read no clock, socket, file or environment: what they need is handed to them.
PURE = (
    *("base/values", "base/errors", "base/text", "base/address", "base/holder"),
    *("manifest/parse", "manifest/outputs", "manifest/env"),
    *("manifest/keys", "manifest/shapes", "manifest/names", "manifest/conflicts"),
    *("manifest/expand", "manifest/document", "manifest/locate", "manifest/schema"),
    *("allocation/pool", "allocation/plan", "outputs/formats", "outputs/block"),
    *("compose/model", "compose/interpolation", "compose/override", "containers/model"),
    *("diagnose/free/plan",),
)
#: Standard modules that touch the world.
TOUCHING = {"os", "socket", "_socket", "subprocess", "time", "random", "sqlite3", "pathlib"}


def imports(path: Path) -> set[str]:
    """Return the full names of all modules a file imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_only_cli_knows_typer() -> None:
    """Commands return reports; they never print through a command line library."""
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] != "cli":
            assert not any(name.split(".")[0] in ("typer", "click") for name in imports(path)), path


def test_pure_modules_touch_nothing() -> None:
    """They import the standard library, each other, and nothing that touches the world."""
    for module in PURE:
        path = PACKAGE / f"{module}.py"
        top = {name.split(".")[0] for name in imports(path)} - {"portman", "__future__"}
        assert top <= set(sys.stdlib_module_names), path
        assert not top & TOUCHING, path


def test_nothing_is_called_utils() -> None:
    """A module is a noun that its folder explains."""
    for path in PACKAGE.rglob("*.py"):
        assert path.stem not in ("utils", "util", "helpers", "common", "misc")
