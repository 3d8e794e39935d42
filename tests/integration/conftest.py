"""Real edges, kept apart from the machine: network tests run in a namespace of their own."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
_UNSHARE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
_START = 'ip link set lo up && exec "$0" "$@"'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs root where we are not."""
    if os.geteuid() != 0:
        for item in items:
            if item.get_closest_marker("root"):
                item.add_marker(pytest.mark.skip(reason="needs root"))


@pytest.fixture(name="in_namespace")
def _in_namespace(tmp_path: Path) -> Callable[..., Any]:
    """Run a self-contained function in a fresh network namespace; return what it returns.

    The function imports what it needs, takes and returns JSON, and its process ends after 60 s.
    """

    def run(function: Callable[..., Any], *arguments: object) -> Any:
        source = textwrap.dedent(inspect.getsource(function))
        asked = json.dumps(arguments)
        code = (
            f"import json\n{source}\nprint(json.dumps({function.__name__}(*json.loads({asked!r}))))"
        )
        script = tmp_path / "inside.py"
        script.write_text(f"from __future__ import annotations\n{code}\n")
        done = subprocess.run(
            [*_UNSHARE, "sh", "-c", _START, sys.executable, str(script)],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        if "unshare failed" in done.stderr:
            pytest.skip("this system gives no network namespace")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run
