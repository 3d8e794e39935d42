"""Files of apps that run coding agents or tests, as a table: what each needs and where it goes.

JSON is changed by insertions, TOML by tomlkit, so comments and order stay. The forms are those that
the apps document; docs/agents.md says which were tried with the app itself.
"""

from __future__ import annotations

import json
import re

from portman.integrations import TOOLS, DamagedError, FileChange, line_end, put_block, template
from portman.integrations.json_files import (
    JsoncError,
    UnfitError,
    parse,
    text_of,
    with_item,
    with_member,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from portman.integrations import ProjectFacts

#: What a client starts.
SERVER: dict[str, object] = {"command": "portman", "args": ["mcp"]}
_HOOK = {"hooks": [{"type": "command", "command": "portman up --brief"}]}
_STATUS = {"type": "command", "command": "portman list --line"}
#: A file of the mcp target -> the key of its servers. Without its folder an app is not used here.
_SERVERS = {
    ".mcp.json": "mcpServers",
    ".cursor/mcp.json": "mcpServers",
    ".gemini/settings.json": "mcpServers",
    ".vscode/mcp.json": "servers",
}
#: Claude Code's servers. Their ports differ from checkout to checkout, so `up` writes it.
LAUNCH = ".claude/launch.json"
_LAUNCH_BY_HAND = (
    '# ports.toml\n[[output]]\ntemplate = ".claude/launch.json.in"\n'
    '# .claude/launch.json.in, for each server\n"port": ${WEB_PORT}\n'
)
#: In the hook of a new worktree: git passes zeros for the commit before.
_NEW_WORKTREE = 'case "{}" in *[!0]*) ;; *) portman up -q || : ;; esac'


def propose(
    tool: str, project: ProjectFacts, files: Mapping[str, str]
) -> FileChange | tuple[FileChange, ...]:
    if tool == "mcp":
        return _servers(project, files)
    if tool == "git":
        return _hook(project.hook, files)
    if tool == "claude":
        return _claude(project, files)
    return _SINGLE[tool](TOOLS[tool].paths[0], files, project)


def _json(
    path: str, files: Mapping[str, str], by_hand: object, change: Callable[[str], str]
) -> FileChange:
    text = files.get(path, "")
    try:
        return FileChange(path, change(text if text.strip() else "{}\n"))
    except (UnfitError, JsoncError) as error:
        return FileChange(path, None, str(error), text_of(by_hand))


def _toml(
    path: str, files: Mapping[str, str], by_hand: str, change: Callable[[Any], None]
) -> FileChange:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    old = files.get(path, "")
    try:
        document = tomlkit.parse(old)
        change(document)
        text = tomlkit.dumps(document)
        return FileChange(path, old if tomlkit.parse(old) == document and old else text)
    except (TOMLKitError, UnfitError) as error:
        return FileChange(path, None, f"its shape leaves no place: {error}", by_hand)


def _servers(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Add the server for every client that the project has a folder of, and the common file."""

    def one(path: str, key: str) -> FileChange:
        server = {"type": "stdio", **SERVER} if key == "servers" else SERVER
        return _json(
            path,
            files,
            {key: {"portman": server}},
            lambda text: with_member(text, (key, "portman"), server),
        )

    def codex(document: Any) -> None:
        servers = document.setdefault("mcp_servers", {})
        if "portman" not in servers:
            servers["portman"] = SERVER

    used = [path for path in _SERVERS if "/" not in path or path.split("/")[0] in project.folders]
    found = tuple(one(path, _SERVERS[path]) for path in used)
    if ".codex" not in project.folders:
        return found
    by_hand = '[mcp_servers.portman]\ncommand = "portman"\nargs = ["mcp"]\n'
    return (*found, _toml(".codex/config.toml", files, by_hand, codex))


def _claude(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Each session starts with its ports, its status line has them, its sandbox may lease.

    The session's hook covers worktrees too: a hook of WorktreeCreate would replace git's work.
    What the sandbox may write is a path of this person, so it goes into the local settings.
    """

    def shared(text: str) -> str:
        text = with_item(text, ("hooks", "SessionStart"), _HOOK, "hooks")
        own = parse(text).member("statusLine")
        return text if own is not None else with_member(text, ("statusLine",), _STATUS)

    shape = {"hooks": {"SessionStart": [_HOOK]}, "statusLine": _STATUS}
    writable = ("sandbox", "filesystem", "allowWrite")
    local = {"sandbox": {"filesystem": {"allowWrite": [project.state]}}}
    return (
        _json(".claude/settings.json", files, shape, shared),
        _json(
            ".claude/settings.local.json",
            files,
            local,
            lambda text: with_item(text, writable, project.state),
        ),
        *_launch(project, files),
    )


def _launch(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:
    """Make launch.json, which names one port of each server, an output of ports.toml.

    One that is there becomes the template; what only git and its owner can do is named.
    """
    source, old = f"{LAUNCH}.in", files.get(LAUNCH)
    text = files.get(source, "")
    try:
        if not text:
            text = _new_launch(project) if old is None else _launch_template(old, project)
    except (UnfitError, JsoncError) as error:
        return (FileChange(LAUNCH, None, str(error), _LAUNCH_BY_HAND),)
    if not text:
        return ()
    manifest, ignored = files.get("ports.toml", ""), files.get(".gitignore", "")
    output = f'[[output]]\ntemplate = "{source}"\n'
    if "[[output]]" not in manifest:
        output = f'[[output]]\npath = ".env"\n\n{output}'
    has = source in manifest or any(one.path == LAUNCH for one in project.outputs)
    changes = [FileChange(source, text)]
    if not has and re.search(r"(?m)^output\s*=", manifest):
        changes.append(FileChange("ports.toml", None, "its outputs are one list", output))
    else:
        now = manifest if has else _appended(manifest, f"\n{output}")
        changes.append(FileChange("ports.toml", now))
    known = {LAUNCH, f"/{LAUNCH}", ".claude", ".claude/", "/.claude/"} & {*ignored.split()}
    changes.append(
        FileChange(".gitignore", ignored if known else _appended(ignored, f"/{LAUNCH}\n"))
    )
    if old is not None and source not in files:
        reason = f"`portman up` writes it from {source} once this one is gone"
        commands = f"git rm --cached --ignore-unmatch {LAUNCH}\nrm {LAUNCH}\nportman up\n"
        changes.append(FileChange(LAUNCH, None, reason, commands))
    return tuple(changes)


def _appended(text: str, more: str) -> str:
    more = more.replace("\n", line_end(text))
    if not text:
        return more.lstrip()
    return text + (more if text.endswith("\n") else line_end(text) + more)


def _new_launch(project: ProjectFacts) -> str:
    """Return a template with every service whose command is known; "" if none is."""
    found = []
    for one in project.services:
        command = project.commands.get(one.name)
        if one.kind != "service" or not command or not one.env:
            continue
        words = ["sh", "-c", command] if set(command) & set("&|;<>`$()\\'\"=") else command.split()
        run = ["run", "--service", one.name, "--", *words]
        server = {"name": one.name, "runtimeExecutable": "portman", "runtimeArgs": run}
        found.append({**server, "port": f"@{one.env[0]}@", "autoPort": False})
    text = text_of({"version": "0.0.1", "configurations": found}).replace("${", "$${")
    return re.sub(r'"@(\w+)@"', r"${\1}", text) if found else ""


def _launch_template(text: str, project: ProjectFacts) -> str:
    """Return the file with variables for ports, its programs started by `portman run`."""
    services = {one.usual: one for one in project.services if one.usual and one.env}
    listed = parse(text).member("configurations")
    edits: list[tuple[int, int, str]] = []
    for _, one in listed.items if listed else ():
        port = one.member("port")
        service = services.get(port.value) if port and isinstance(port.value, int) else None
        if port is None or service is None:
            continue
        edits.append((port.start, port.end, f"${{{service.env[0]}}}"))
        automatic = one.member("autoPort")
        if automatic is not None:
            edits.append((automatic.start, automatic.end, "false"))
        program, words = one.member("runtimeExecutable"), one.member("runtimeArgs")
        if program is None or program.value == "portman":
            continue
        run = ["run", "--service", service.name, "--", program.value]
        said = ", ".join(json.dumps(word) for word in run)
        edits.append((program.start, program.end, '"portman"'))
        if words is None:
            edits.append((program.end, program.end, f', "runtimeArgs": [{said}]'))
            continue
        at = words.items[0][1].start if words.items else words.start + 1
        edits.append((at, at, said + ", " * bool(words.items)))
        for _, word in words.items:
            if str(word.value) == str(service.usual):
                edits.append((word.start, word.end, f'"{{{service.name}}}"'))
    if not edits:
        raise UnfitError("no port of it is the usual port of a service")
    parts, at = [], 0
    for start, end, new in sorted(edits):
        parts += [text[at:start].replace("${", "$${"), new]
        at = end
    return "".join((*parts, text[at:].replace("${", "$${")))


def _cursor(path: str, files: Mapping[str, str], _project: ProjectFacts) -> FileChange:
    def setup(text: str) -> str:
        unix = parse(text).member("setup-worktree-unix")
        key = "setup-worktree-unix" if unix is not None else "setup-worktree"
        return with_item(text, (key,), "portman up")

    return _json(path, files, {"setup-worktree": ["portman up"]}, setup)


def _conductor(path: str, files: Mapping[str, str], _project: ProjectFacts) -> FileChange:
    wanted = {"setup": "portman up", "archive": "portman down"}

    def scripts(text: str) -> str:
        for name, command in wanted.items():
            there = parse(text).member("scripts")
            own = there.member(name) if there else None
            if own is None or command not in str(own.value):
                text = with_member(text, ("scripts", name), command)
        return text

    return _json(path, files, {"scripts": wanted}, scripts)


def _worktrunk(path: str, files: Mapping[str, str], _project: ProjectFacts) -> FileChange:
    wanted = {"pre-start": "portman up", "pre-remove": "portman down"}

    def hooks(document: Any) -> None:
        for name, command in wanted.items():
            own = document.get(name)
            if command in str(own):
                continue
            if own is None or (isinstance(own, dict) and "portman" not in own):
                document.setdefault(name, {})["portman"] = command
            else:
                raise UnfitError(f"{name} has another shape there")

    by_hand = "".join(f'[{name}]\nportman = "{command}"\n' for name, command in wanted.items())
    return _toml(path, files, by_hand, hooks)


def _codex(path: str, files: Mapping[str, str], project: ProjectFacts) -> FileChange:
    def setup(document: Any) -> None:
        document.setdefault("version", 1)
        document.setdefault("name", project.name)
        own = document.setdefault("setup", {})
        script = str(own.get("script", ""))
        if "portman up" not in script:
            own["script"] = f"{script.rstrip()}\nportman up".lstrip()

    return _toml(path, files, '[setup]\nscript = "portman up"\n', setup)


def _skill(path: str, files: Mapping[str, str], _project: ProjectFacts) -> FileChange:
    text = template("skill") + template("agents").partition("\n\n")[2]
    old = files.get(path)
    if old is None or old.replace("\r\n", "\n") == text:
        return FileChange(path, text if old is None else old)
    return FileChange(path, None, "it is there already and says something else", text)


_SINGLE: dict[str, Callable[[str, Mapping[str, str], ProjectFacts], FileChange]] = {
    "cursor": _cursor,
    "conductor": _conductor,
    "worktrunk": _worktrunk,
    "codex": _codex,
    "skill": _skill,
}


def _hook(path: str, files: Mapping[str, str]) -> FileChange:
    """Add to the hook that git, husky or lefthook runs when a worktree was made."""
    old = files.get(path, "")
    if not path:
        reason = "git finds no folder of hooks here, or one that is shared by all repositories"
        return FileChange("post-checkout", None, reason, _NEW_WORKTREE.format("$1") + "\n")
    if "lefthook" in path:
        return _lefthook(path, old)
    line = _NEW_WORKTREE.format("$1")
    first = old.split("\n", 1)[0]
    if first.startswith("#!") and not first.rstrip().endswith("sh"):
        return FileChange(path, None, f"it is not a shell script: {first[:60]}", line + "\n")
    start = old if old.strip() or path.startswith(".husky/") else "#!/bin/sh\n"
    try:
        # At the top: what follows may end with exec or exit.
        return FileChange(path, put_block(start, line, "git", top=True))
    except DamagedError as error:
        return FileChange(path, None, str(error), line + "\n")


def _lefthook(path: str, old: str) -> FileChange:
    run = json.dumps(_NEW_WORKTREE.format("{1}"))
    body = f"post-checkout:\n  commands:\n    portman:\n      run: {run}\n"
    try:
        from portman.integrations import without_block

        others = without_block(old, "git").replace(line_end(old), "\n")
        if "\npost-checkout:" in "\n" + others:
            reason = "it has commands of post-checkout, and a key can be there only once"
            return FileChange(path, None, reason, body.partition("\n")[2])
        return FileChange(path, put_block(old, body, "git"))
    except DamagedError as error:
        return FileChange(path, None, str(error), body)
