"""Clients of `portman mcp`, by the official SDK, for tests: each has a server of its own."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any

from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client

from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: What a person's own agents leave in the environment; the tests are not theirs.
AGENTS = ("CLAUDE", "CODEX_", "CURSOR_", "CONDUCTOR_", "GEMINI_", "OPENCODE", "GITHUB_")


def environment() -> dict[str, str]:
    plain = {name: text for name, text in os.environ.items() if not name.startswith(AGENTS)}
    return {**plain, "PYTHONPATH": str(ROOT)}


@contextlib.asynccontextmanager
async def client(mode: str = "legacy", **options: Any) -> AsyncIterator[Client]:
    """Start a server and a client of it; `mode` is the era: legacy, or auto for the newest."""
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "portman", "mcp"], env=environment(), cwd="/"
    )
    async with Client(stdio_client(parameters), mode=mode, **options) as found:
        yield found


async def call(one: Client, tool: str, path: object, **arguments: Any) -> dict[str, Any]:
    """Call a tool; return the envelope. The client checks it against the tool's own schema."""
    answer: Any = await one.call_tool(tool, {"path": str(path), **arguments})
    found: dict[str, Any] = answer.structured_content
    assert answer.is_error == bool(found["errors"])
    return found
