"""What the hot modules of machine/ may import: every module costs start-up time."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: What core.model and core.errors have paid for already.
PAID = "__future__, os, errno, _socket, typing, portman.base.values, portman.base.errors"


@pytest.mark.parametrize(
    "module", ["machine.sockets", "machine.port_range", "checkout.git", "checkout.ownership"]
)
def test_hot_module_imports_nothing_new(module: str) -> None:
    """Beyond what is paid for, only modules of this package are loaded."""
    code = (
        f"import sys, stat, {PAID}; before = set(sys.modules); import portman.{module}; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert [name for name in done.stdout.split() if not name.startswith("portman.")] == []
