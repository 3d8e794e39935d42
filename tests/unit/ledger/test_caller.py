"""Who a change is put down to: the verb, and the agent that the environment shows."""

from __future__ import annotations

import pytest

from portman.ledger.caller import Caller, agent_of, caller, calling, command_of


@pytest.mark.parametrize(
    ("environment", "agent", "session"),
    [
        ({}, "", ""),
        ({"CLAUDECODE": "1"}, "claude", ""),
        ({"CLAUDECODE": "1", "CLAUDE_CODE_SESSION_ID": "b2-4"}, "claude", "b2-4"),
        ({"CODEX_SANDBOX": "seatbelt"}, "codex", ""),
        ({"CODEX_SANDBOX_NETWORK_DISABLED": "1", "CODEX_THREAD_ID": "t_1"}, "codex", "t_1"),
        ({"CODEX_HOME": "/home/me/.codex", "CODEX_API_KEY": "sk-1"}, "", ""),
        ({"CURSOR_AGENT": "1", "CURSOR_TRACE_ID": "abc"}, "cursor", "abc"),
        ({"CURSOR_API_KEY": "secret"}, "", ""),
        ({"CONDUCTOR_WORKSPACE_NAME": "lagos", "CONDUCTOR_PORT": "55000"}, "conductor", "lagos"),
        ({"CONDUCTOR_PORT": "55000", "CLAUDECODE": "1"}, "claude", ""),
        ({"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "77"}, "github-actions", "77"),
        ({"GITHUB_TOKEN": "ghp_secret"}, "", ""),
        ({"CLAUDECODE": ""}, "", ""),
        ({"CODEX_THREAD_ID": "two words; rm"}, "codex", ""),
        ({"CODEX_THREAD_ID": "x" * 500}, "codex", ""),
    ],
)
def test_an_agent_is_known_by_its_variables(
    environment: dict[str, str], agent: str, session: str
) -> None:
    """Settings that a person exports for good show none, and only ids are kept."""
    assert agent_of(environment) == (agent, session)


@pytest.mark.parametrize(
    ("argv", "command"),
    [
        (["/usr/bin/portman", "up"], "up"),
        (["/lib/portman/__main__.py", "-C", "/x", "--instance", "ci", "down", "web"], "down"),
        (["portman", "--json", "gc"], "gc"),
        (["portman"], "portman"),
        (["/usr/bin/pytest", "-q"], "pytest"),
        ([], ""),
    ],
)
def test_the_command_is_the_verb_or_the_other_program(argv: list[str], command: str) -> None:
    """Options of ours and their values are no verb."""
    assert command_of(argv) == command


def test_a_server_names_its_client_for_as_long_as_it_works_for_it() -> None:
    """Outside, the process speaks for itself again."""
    client = Caller("mcp up", 7, "me", "cursor")
    with calling(client):
        assert caller() == client
    assert caller() != client
