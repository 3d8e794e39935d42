"""The layout that docs/architecture.md shows, read from the imports (decision 0008)."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "portman"
#: Each imports only what comes before it. The modules directly below portman/ are not listed.
ORDER = (
    *("base", "machine", "checkout", "state", "manifest", "containers", "ledger", "outputs"),
    *("compose", "holders", "names", "allocation", "launch", "diagnose", "init", "integrations"),
    *("adopt", "commands", "dashboard", "mcp", "cli"),
)
#: What is directly below portman/: the entry points may import anything, the rest nothing of ours.
ENTRIES, LEAVES = ("__init__", "__main__", "api", "pytest_plugin"), ("_version",)
#: Modules that read no clock, socket, file or environment: what they need is handed to them.
PURE = (
    *(
        "base/values",
        "base/errors",
        "base/hints",
        "base/text",
        "base/address",
        "base/forwarders",
        "base/holder",
    ),
    *("manifest/parse", "manifest/env"),
    *("manifest/keys", "manifest/shapes", "manifest/names", "manifest/conflicts"),
    *("manifest/expand", "manifest/document", "manifest/locate", "manifest/schema"),
    *("allocation/pool", "allocation/plan", "outputs/formats", "outputs/block"),
    *(
        "compose/model",
        "compose/interpolation",
        "compose/override",
        "containers/model",
    ),
    *("diagnose/free/plan", "dashboard/number_line", "names/layout"),
    *(
        "diagnose/explain/meaning",
        "diagnose/explain/causes",
        *("init/proposal", "init/readers", "init/sources", "init/findings"),
        *("adopt/project", "adopt/commands", "adopt/js_config"),
        *("adopt/scripts", "adopt/recipes", "adopt/manifest", "adopt/notes"),
        *("integrations/js_text", "integrations/runners"),
        "outputs/templates",
    ),
)
#: Standard modules that touch the world.
TOUCHING = {"os", "socket", "_socket", "subprocess", "time", "random", "sqlite3", "pathlib"}


def load_measure() -> Any:
    """Return scripts/measure as a module: it has the rules of layout, and CI runs it too."""
    loader = importlib.machinery.SourceFileLoader("measure", str(ROOT / "scripts" / "measure"))
    spec = importlib.util.spec_from_loader("measure", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


measure = load_measure()
MODULES: dict[str, Path] = measure.modules()


def all_imports(path: Path) -> set[str]:
    """Return the full names of all modules a file imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_imports(module: str) -> set[str]:
    """Return the modules of ours that one imports, at any depth, for the type checker not."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    at_top, inside = measure.imported(tree, module, MODULES)
    return set(at_top | inside)


def package(module: str) -> str:
    """Return the package of a module, or the module itself directly below portman/."""
    return module.split(".")[1] if "." in module else "__init__"


def test_packages_import_downwards() -> None:
    """A noun knows nothing of the verbs, and nothing knows the command line."""
    unknown = {package(one) for one in MODULES} - {*ORDER, *ENTRIES, *LEAVES}
    assert not unknown, f"not in ORDER: {sorted(unknown)}"
    upward = []
    for module in MODULES:
        own = package(module)
        if own in ENTRIES:
            continue
        allowed = {*ORDER[: ORDER.index(own) + 1], *LEAVES} if own in ORDER else set()
        upward += [
            f"{module} -> {other}"
            for other in sorted(own_imports(module))
            if package(other) not in allowed
        ]
    assert not upward, "\n".join(upward)


def test_layout_is_within_its_bounds() -> None:
    """No circle, no class name twice, no file over 450 lines; scripts/measure has the rest."""
    held = ("import circles", "class names used twice", "longest file")
    past = [
        f"{name}: {value}, at most {measure.BOUNDS[name]}: {'; '.join(parts[:5])}"
        for name, (value, parts) in measure.layout().items()
        if name in held and value > measure.BOUNDS[name]
    ]
    assert not past, "\n".join(past)


def test_only_cli_knows_typer() -> None:
    """Commands return reports; they never print through a command line library."""
    knowing = [
        str(path)
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] != "cli"
        and any(name.split(".")[0] in ("typer", "click") for name in all_imports(path))
    ]
    assert not knowing


def test_pure_modules_touch_nothing() -> None:
    """They import the standard library, each other's like, and nothing that touches the world."""
    touching = []
    for module in PURE:
        path = PACKAGE / f"{module}.py"
        assert path.exists(), f"{module} is gone: take it off the list"
        top = {name.split(".")[0] for name in all_imports(path)} - {"portman", "__future__"}
        touching += [f"{module}: {one}" for one in top - (set(sys.stdlib_module_names) - TOUCHING)]
    assert not touching


def test_nothing_is_called_utils() -> None:
    """A module is a noun that its folder explains."""
    vague = ("utils", "util", "helpers", "common", "misc")
    assert not [path for path in PACKAGE.rglob("*.py") if path.stem in vague]
