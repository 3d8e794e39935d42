"""What is worth saying of outputs that were written: git would pick one up, a line hides one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.errors import PortmanError, Problem

if TYPE_CHECKING:
    from portman.base.values import Output
    from portman.compose.project import Needs
    from portman.outputs.write import Content
    from portman.ports.workspace import Scene


def unignored(scene: Scene, outputs: list[str]) -> tuple[Problem, ...]:
    """Offer the line for .gitignore where git would pick the output up."""
    from portman.outputs.gitignore import ignore_line, is_ignored
    from portman.outputs.shell import quoted

    loose = [one for one in outputs if is_ignored(scene.checkout.path, one) is False]
    return tuple(
        Problem(
            "output-not-ignored",
            f"git does not ignore {path}",
            f"echo {quoted(ignore_line(path))} >> .gitignore",
            file=path,
        )
        for path in loose
    )


def shadows(scene: Scene, content: Content) -> tuple[Problem, ...]:
    """Report lines outside our block that set one of our names; they are never deleted.

    So is a variable of the environment that has another value: it wins over an env file nearly
    everywhere (ecosystem.md 1.3), and a shell of another checkout may have handed it down.
    Compose takes the last line that sets a name, and what a project's own COMPOSE_FILE says is
    part of ours: for what only Compose reads, lines above the block are as they should be.
    """
    from portman.outputs.block import foreign_assignments
    from portman.outputs.managed_file import read_output
    from portman.outputs.write import placed

    found = _inherited(content)
    for output in placed(scene):
        if output.format != "dotenv":
            continue
        names = {name for name, _ in content.values if output.only is None or name in output.only}
        told = _told_compose(output, content.compose)
        try:
            data, _ = read_output(scene.checkout.path, output.path)
            lines = foreign_assignments(data or b"", names | told)
        except PortmanError:
            continue  # told by the write
        for name, line, position in lines:
            if name in told - names and position == "before":
                continue
            wins = "and wins, as it comes later" if position == "after" else "and may win"
            found.append(
                Problem(
                    "output-shadowed",
                    f"{output.path}:{line} sets {name} as well, outside our block, {wins}",
                    f"delete line {line} of {output.path}",
                    file=output.path,
                    line=line,
                    key=name,
                )
            )
    return tuple(found)


def _inherited(content: Content) -> list[Problem]:
    """Report variables of the environment that say something else than we do."""
    import os

    return [
        Problem(
            "env-shadowed",
            f"{name} is {os.environ[name]} in this environment, and {value} for this checkout; "
            "the environment wins over env files",
            f"unset {name}",
            key=name,
        )
        for name, value in content.values
        if os.environ.get(name, value) != value
    ]


def _told_compose(output: Output, compose: Needs) -> set[str]:
    carries = output.path in compose.carriers
    return {name for name, _ in compose.variables} if carries else set()
