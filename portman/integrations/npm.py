"""npm, pnpm, yarn: two scripts in package.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.integrations.change import FileChange
from portman.integrations.json_file import UnfitError, with_member
from portman.integrations.jsonc import JsoncError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.integrations.change import ProjectFacts

ABOUT = "`npm run ports`, and `npm run with-ports -- CMD` with the variables set"
PATHS = ("package.json",)
NEXT = "npm run with-ports -- npm run dev"
SCRIPTS = {"ports": "portman up", "with-ports": "portman run --"}


def propose(project: ProjectFacts, files: Mapping[str, str]) -> tuple[FileChange, ...]:  # noqa: ARG001
    """Add the scripts to a package.json that there is; none is made."""
    by_hand = "".join(f'"{name}": "{command}"\n' for name, command in SCRIPTS.items())
    text = files.get("package.json")
    if text is None:
        return (
            FileChange("package.json", None, "there is none here (npm init makes one)", by_hand),
        )
    try:
        for name, command in SCRIPTS.items():
            text = with_member(text, ("scripts", name), command)
    except (UnfitError, JsoncError) as error:
        return (FileChange("package.json", None, str(error), by_hand),)
    return (FileChange("package.json", text),)
