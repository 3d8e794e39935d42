"""What `portman integrate` proposes: foreign text stays, the second time changes nothing."""

from __future__ import annotations

import json
import tomllib

import pytest

from portman.base.values import Output, Service
from portman.integrations import (
    HTML,
    TOOLS,
    DamagedError,
    FileChange,
    ProjectFacts,
    propose,
    put_block,
    template,
    without_block,
)
from portman.integrations.json_files import parse

PROJECT = ProjectFacts(
    "shop",
    (Service("web", env=("WEB_PORT",)), Service("db", "container", env=("DB_PORT",), target=5432)),
    (Output(".env"),),
    {"web": "npm run dev"},
    folders=frozenset({".cursor", ".gemini", ".vscode", ".codex"}),
    state="/home/me/.local/state/portman",
    hook=".git/hooks/post-checkout",
)
#: A file of somebody's for each tool; None: there is none.
FOREIGN = {
    "make": ("Makefile", "#!/usr/bin/make -f\nall: a.o\n\tcc -o x a.o\n"),
    "direnv": (".envrc", "dotenv\nPATH_add bin"),
    "just": ("justfile", "build:\n    cc x.c\n"),
    "npm": ("package.json", '{\n\t"name": "x",\n\t"scripts": {\n\t\t"dev": "vite"\n\t}\n}\n'),
    "vscode": (".vscode/tasks.json", '{\n  // mine\n  "tasks": [{ "label": "x" }],\n}\n'),
    "devcontainer": (".devcontainer.json", '{\n  "image": "debian", // mine\n}\n'),
    "pre-commit": (".pre-commit-config.yaml", "repos:\n- repo: meta\n  hooks:\n  - id: identity\n"),
    "agents": ("AGENTS.md", "# Shop\r\n\r\nRead me.\r\n"),
    "honcho": ("Procfile", "web: serve $WEB_PORT\nworker: work\n"),
    "mcp": (".mcp.json", '{\n  // ours\n  "mcpServers": { "x": { "command": "x" } },\n}\n'),
    "claude": (".claude/settings.json", '{\n  "hooks": {"SessionStart": []}, // none\n}\n'),
    "codex": (".codex/environments/environment.toml", '# ours\n[setup]\nscript = "npm ci" # x\n'),
    "cursor": (".cursor/worktrees.json", '{\n  "setup-worktree-unix": [ "npm ci" ] // x\n}\n'),
    "conductor": ("conductor.json", '{\n  "scripts": {\n    "run": "npm run dev"\n  }\n}\n'),
    "worktrunk": (".config/wt.toml", '# ours\n[pre-start]\ndeps = "npm ci" # x\n'),
    "git": (".git/hooks/post-checkout", "#!/bin/bash\necho mine\nexec true\n"),
    "vitest": ("vitest.config.ts", "import './portman.ports.cjs'\n"),
}


def only(changes: tuple[FileChange, ...]) -> FileChange:
    """Return the one change."""
    (change,) = changes
    return change


@pytest.mark.parametrize("tool", TOOLS)
def test_the_second_time_nothing_changes(tool: str) -> None:
    """From no file and from somebody's: what was written is what would be written."""
    start = [{}] + ([dict([FOREIGN[tool]])] if tool in FOREIGN else [])
    for files in start:
        first = propose(tool, PROJECT, files)
        made = {one.path: one.text for one in first if one.text is not None}
        if len(made) < len(first):
            assert not files
            assert tool in ("npm", "devcontainer")
        again = propose(tool, PROJECT, {**files, **made})
        assert {one.path: one.text for one in again if one.text is not None} == made


JSON_TOOLS = ("npm", "vscode", "devcontainer", "mcp", "claude", "cursor", "conductor")


@pytest.mark.parametrize("tool", FOREIGN)
def test_every_foreign_line_stays(tool: str) -> None:
    """In order, to the byte, line ends included."""
    path, old = FOREIGN[tool]
    new = next(one for one in propose(tool, PROJECT, {path: old}) if one.path == path).text
    assert new is not None
    if tool == "codex":  # the script is one value, and gets a line
        old = old.replace('"npm ci"', "")
        new = new.replace('"npm ci\\nportman up"', "")
    at = 0
    for line in old.splitlines():
        kept = line.rstrip(",}] \t") if tool in JSON_TOOLS else line
        if tool in ("claude", "cursor"):  # the list is on that line
            kept = line.partition("[")[0]
        assert kept in new[at:], (kept, new)
        at = new.index(kept, at) + len(kept)
    if "\r\n" in old:
        assert new.count("\n") == new.count("\r\n")


def test_a_block_is_brought_up_to_date_where_it_is() -> None:
    """People move it; edits between the markers are lost, those around it are not."""
    text = put_block("a\n", "one", "make") + "b\n"
    again = put_block(text, "two", "make")
    assert again == text.replace("one", "two")
    assert without_block(again, "make") == "a\n\nb\n"
    assert put_block("", "x", "t", comment=HTML).startswith("<!-- >>> portman integrate t -->\n")
    for damaged in (text.replace("# <<< portman integrate make\n", ""), text + text):
        with pytest.raises(DamagedError):
            put_block(damaged, "two", "make")


def test_damaged_markers_are_left_to_a_person() -> None:
    """Whatever the tool, nothing is guessed."""
    for tool in ("make", "direnv", "just", "agents", "pre-commit"):
        path = TOOLS[tool].paths[-1]
        start = "<!-- " if tool == "agents" else "# "
        end = " -->" if tool == "agents" else ""
        text = f"repos:\n- x: 1\n{start}>>> portman integrate {tool}{end}\n"
        change = only(propose(tool, PROJECT, {path: text}))
        assert change.text is None
        assert "not one whole block" in change.reason


def test_settings_that_may_stand_once_are_not_doubled() -> None:
    """A justfile with its own dotenv-load; a rule of its own has to run portman itself."""
    own = "set dotenv-load\n\nports:\n    portman up\n"
    assert only(propose("just", PROJECT, {"justfile": own})).text == own
    for tool, path, rule in (("just", "justfile", "@ports *a:"), ("make", "Makefile", ".env: x")):
        assert only(propose(tool, PROJECT, {path: f"{rule}\n\techo\n"})).text is None
        kept = only(propose(tool, PROJECT, {path: f"{rule}\n\techo\n\tportman up\n"}))
        assert kept.text is not None
    text = only(propose("just", PROJECT, {"justfile": "set dotenv-path := 'x'\n"})).text
    assert text is not None
    assert text.count("set dotenv") == 1
    assert "portman up" in text


def test_a_makefile_keeps_its_default_goal_also_with_the_file_in_a_folder() -> None:
    """`web/.env: ports.toml` would be the default goal, as it has a slash in it."""
    project = PROJECT._replace(outputs=(Output("web/.env"),))
    text = only(propose("make", project, {"Makefile": "all:\n"})).text
    assert text is not None
    assert text.index(".DEFAULT_GOAL :=") < text.index("all:")
    odd = PROJECT._replace(outputs=(Output("a b/.env"),))
    assert only(propose("make", odd, {})).text is None
    assert (
        only(propose("make", PROJECT, {"GNUmakefile": "x:\n", "Makefile": "y:\n"})).path
        == "GNUmakefile"
    )


@pytest.mark.parametrize("tool", ["make", "mise", "just", "devcontainer"])
def test_without_an_env_file_the_manifest_has_to_name_one(tool: str) -> None:
    """The line to add to ports.toml is told."""
    change = only(propose(tool, PROJECT._replace(outputs=(Output("p.json", "json"),)), {}))
    assert change.text is None
    assert "[[output]]" in change.by_hand


def test_lines_of_a_procfile_are_shown_with_what_to_put_before_them() -> None:
    """Only those of services, and only those that do not take their port yet."""
    change = only(propose("honcho", PROJECT, {"Procfile": "web: npm run dev\nx: y\n"}))
    assert change.text is None
    assert change.by_hand == "web: portman run --service web -- npm run dev\n"


def test_a_procfile_has_the_projects_own_commands() -> None:
    """A service that no file starts is named, and nothing is written."""
    assert only(propose("honcho", PROJECT, {})).text == (
        "web: portman run --service web -- npm run dev\n"
    )
    inside = PROJECT._replace(commands={"web": "cd apps/web && npm run dev"})
    assert only(propose("honcho", inside, {})).text == (
        "web: cd apps/web && portman run --service web -- npm run dev\n"
    )
    change = only(propose("honcho", PROJECT._replace(commands={}), {}))
    assert change.text is None
    assert change.by_hand == "web: portman run --service web -- COMMAND\n"


def test_conflicting_json_is_left_to_a_person() -> None:
    """A key that says something else, a file that is no JSON, a list that is none."""
    for tool, path, text in (
        ("npm", "package.json", '{"scripts": {"ports": "mine"}}'),
        ("npm", "package.json", "{"),
        ("vscode", ".vscode/tasks.json", '{"tasks": {}}'),
        ("devcontainer", ".devcontainer.json", '{"initializeCommand": "mine"}'),
    ):
        change = only(propose(tool, PROJECT, {path: text}))
        assert change.text is None
        assert change.by_hand


@pytest.mark.parametrize(
    ("path", "text", "member"),
    [
        ("package.json", "[]", "the whole"),
        ("package.json", '{"scripts": []}', "scripts is not an object"),
        (".vscode/tasks.json", "[]", "the whole"),
    ],
)
def test_json_of_another_shape_is_left_to_a_person(path: str, text: str, member: str) -> None:
    """The reason names what has no place for the new member."""
    tool = "npm" if path == "package.json" else "vscode"
    change = only(propose(tool, PROJECT, {path: text}))
    assert change.text is None
    assert member in change.reason


def test_an_object_that_is_missing_is_made() -> None:
    """A package.json without `scripts` gets it."""
    made = only(propose("npm", PROJECT, {"package.json": '{"name": "x"}'})).text
    assert list(json.loads(made or "")) == ["name", "scripts"]


def test_a_list_that_is_missing_is_made() -> None:
    """An object without `tasks` gets it; one with a task of that label stays."""
    made = only(propose("vscode", PROJECT, {".vscode/tasks.json": '{"version": "2.0.0"}'})).text
    assert json.loads(made or "")["tasks"]


def test_a_procfile_needs_a_service() -> None:
    """Containers alone are nothing to start; what to add is shown."""
    containers = PROJECT._replace(services=PROJECT.services[1:])
    change = only(propose("honcho", containers, {}))
    assert change.text is None
    assert "no service" in change.reason
    assert change.by_hand.startswith("[services]")


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_that_was_changed_is_never_overwritten(tool: str) -> None:
    """What portman would make from nothing stands there with another word: it stays."""
    for made in propose(tool, PROJECT, {}):
        if made.text is None:
            continue
        found = propose(tool, PROJECT, {made.path: made.text + "# mine\n"})
        again = next(one for one in found if one.path == made.path)
        assert again.text is None or again.text.endswith("# mine\n")


def test_a_hook_that_is_there_is_not_added_again() -> None:
    """Whoever wrote it."""
    text = "repos:\n- repo: local\n  hooks:\n  - id: portman-validate\n"
    assert only(propose("pre-commit", PROJECT, {".pre-commit-config.yaml": text})).text == text


def test_a_compose_devcontainer_gets_no_run_arguments() -> None:
    """`runArgs` are for `docker run`; Compose reads the env file by itself."""
    text = only(
        propose("devcontainer", PROJECT, {".devcontainer.json": '{"dockerComposeFile": "c.yaml"}'})
    ).text
    value = parse(text or "").value
    assert isinstance(value, dict)
    assert "runArgs" not in value
    assert value["initializeCommand"] == "portman up"


@pytest.mark.parametrize(
    ("text", "by_hand"),
    [
        ("repos: []\n", True),
        ("repos: [{repo: local}]\n", True),
        ("- repo: x\n", True),
        ("repos:\n  - repo: x\n    hooks: []\nci:\n  skip: [a]\n", False),
        ("ci: {}\nrepos:\n# first\n- repo: x\n  hooks: []", False),
    ],
)
def test_a_hook_joins_the_list_of_repositories(text: str, by_hand: bool) -> None:
    """With the indentation of its neighbours, before whatever follows the list."""
    change = only(propose("pre-commit", PROJECT, {".pre-commit-config.yaml": text}))
    assert (change.text is None) == by_hand
    if change.text is not None:
        yaml = pytest.importorskip("ruamel.yaml").YAML(typ="safe")
        before, after = yaml.load(text), yaml.load(change.text)
        assert [one["repo"] for one in after["repos"]] == ["x", "local"]
        assert {**after, "repos": 0} == {**before, "repos": 0}


def test_new_json_files_are_plain_json() -> None:
    """tasks.json made from nothing."""
    text = only(propose("vscode", PROJECT, {})).text
    assert json.loads(text or "")["tasks"][0]["command"] == "portman"


def test_servers_go_where_a_client_is_used() -> None:
    """One file for all, and one for each app whose folder is there."""
    alone = propose("mcp", PROJECT._replace(folders=frozenset()), {})
    assert [one.path for one in alone] == [".mcp.json"]
    found = {one.path: one.text or "" for one in propose("mcp", PROJECT, {})}
    assert set(found) == set(TOOLS["mcp"].paths)
    assert json.loads(found[".vscode/mcp.json"])["servers"]["portman"]["type"] == "stdio"
    for path in (".mcp.json", ".cursor/mcp.json", ".gemini/settings.json"):
        server = json.loads(found[path])["mcpServers"]["portman"]
        assert server == {"command": "portman", "args": ["mcp"]}
    codex = tomllib.loads(found[".codex/config.toml"])
    assert codex["mcp_servers"]["portman"] == {"command": "portman", "args": ["mcp"]}


BY_HAND = [
    ("mcp", ".mcp.json", '{"mcpServers": {"portman": {"command": "other"}}}'),
    ("mcp", ".mcp.json", "[]"),
    ("cursor", ".cursor/worktrees.json", '{"setup-worktree": "setup.sh"}'),
    ("conductor", "conductor.json", '{"scripts": {"setup": "npm ci"}}'),
    ("worktrunk", ".config/wt.toml", 'pre-start = "npm ci"\n'),
    ("worktrunk", ".config/wt.toml", "[[[\n"),
    ("git", ".git/hooks/post-checkout", "#!/usr/bin/env python3\n"),
    ("git", "lefthook.yml", "post-checkout:\n  commands: {}\n"),
    ("skill", ".claude/skills/ports/SKILL.md", "mine\n"),
]


@pytest.mark.parametrize(("tool", "path", "text"), BY_HAND)
def test_what_has_no_place_is_shown(tool: str, path: str, text: str) -> None:
    """Another's hook, script or server is never replaced."""
    found = propose(tool, PROJECT._replace(hook=path), {path: text})
    change = next(one for one in found if one.path == path)
    assert change.text is None
    assert change.reason
    assert "portman" in change.by_hand


def test_a_status_line_of_their_own_stays() -> None:
    text = '{"statusLine": {"type": "command", "command": "mine"}}'
    change = propose("claude", PROJECT, {".claude/settings.json": text})[0]
    assert change.text is not None
    found = json.loads(change.text)
    assert found["statusLine"]["command"] == "mine"
    assert found["hooks"]["SessionStart"][0]["hooks"][0]["command"] == "portman up --brief"


def test_the_passage_says_what_to_do_and_never() -> None:
    """Both as AGENTS.md and as a skill, in little more than ten lines."""
    passage = only(propose("agents", PROJECT, {})).text or ""
    skill = only(propose("skill", PROJECT, {})).text or ""
    for text in (passage, skill):
        for words in ("up --brief --json", "portman wait web", "Never kill", "PORTMAN_HOME"):
            assert words in text
    assert skill.startswith("---\nname: ports\ndescription: ")
    assert len([line for line in skill.splitlines() if line.startswith("- ")]) == 8


def test_the_passage_for_agents_is_ten_lines() -> None:
    """What to type with what it prints, and what never to do; the same as a skill."""
    passage = template("agents")
    lines = [line for line in passage.splitlines() if line]
    assert len(lines) == 10
    for words in ("`web 61234 is up`", '"brief": [{"name": "web", "port": 61234}]', "Never kill"):
        assert words in passage
    skill = only(propose("skill", PROJECT, {})).text or ""
    assert skill.startswith("---\nname: ports\n")
    assert lines[1:] == [line for line in skill.splitlines() if line][-9:]
