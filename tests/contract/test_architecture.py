"""The arrows of DESIGN section 9, read from the imports."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "portman"
#: room -> rooms it may import from. Everybody may use `portman` itself (its version).
ARROWS = {
    "core": {"core"},
    "machine": {"core", "machine"},
    "ledger": {"core", "ledger"},
    "files": {"core", "files", "ledger"},
    "operations": {"core", "ledger", "machine", "files", "operations"},
    "cli": {"core", "ledger", "machine", "files", "operations", "cli"},
}
FILES = sorted(path for room in ARROWS for path in (PACKAGE / room).rglob("*.py"))


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


def rooms(path: Path) -> set[str]:
    """Return which rooms a file imports from."""
    parts = [name.split(".") for name in imports(path) if name.startswith("portman.")]
    return {part[1] for part in parts if part[1] in ARROWS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(path: Path) -> None:
    """No room looks up the stairs."""
    assert rooms(path) <= ARROWS[path.relative_to(PACKAGE).parts[0]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_cli_knows_typer(path: Path) -> None:
    """Operations return reports; they never print through a command line library."""
    if path.relative_to(PACKAGE).parts[0] != "cli":
        assert not any(name.split(".")[0] in ("typer", "click") for name in imports(path))


def test_core_is_pure() -> None:
    """Core imports itself and the standard library, and nothing that touches the world."""
    touching = {"os", "socket", "_socket", "subprocess", "time", "random", "sqlite3", "pathlib"}
    for path in (PACKAGE / "core").rglob("*.py"):
        top = {name.split(".")[0] for name in imports(path)} - {"portman", "__future__"}
        assert top <= set(sys.stdlib_module_names), path
        assert not top & touching, path


def test_files_use_the_ledger_only_for_its_place() -> None:
    """The files room may know where the state folder is, not what is in the ledger."""
    for path in (PACKAGE / "files").rglob("*.py"):
        used = {name for name in imports(path) if name.startswith("portman.ledger")}
        assert used <= {"portman.ledger", "portman.ledger.place"}, path


def test_no_file_outgrows_its_noun() -> None:
    """60 to 300 lines are the habit; nothing is called utils."""
    for path in PACKAGE.rglob("*.py"):
        assert path.stem not in ("utils", "util", "helpers", "common", "misc")
        if path.stem != "iana_table":
            assert len(path.read_text("utf-8").splitlines()) <= 345, path
