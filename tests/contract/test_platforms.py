"""What README, guarantees.md, classifiers and workflow say of each system agrees."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: System -> the word for it in README and in the table; its classifier, none for a preview.
SYSTEMS = {
    "Linux": ("tested", "Operating System :: POSIX :: Linux"),
    "macOS": ("believed", "Operating System :: MacOS"),
    "Windows": ("preview", None),
}


def table() -> list[list[str]]:
    page = (ROOT / "docs/guarantees.md").read_text("utf-8")
    section = page.partition("\n## Platforms\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_place_says_the_same_of_a_system(system: str) -> None:
    word, classifier = SYSTEMS[system]
    head, states = table()[:2]
    assert states[head.index(system)].startswith(word)
    line = (ROOT / "README.md").read_text("utf-8").partition("Linux is tested")[2]
    assert word in f"Linux is tested{line}".partition(".\n")[0]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    given = [one for one in project["classifiers"] if one.startswith("Operating System")]
    expected = [name for _, name in SYSTEMS.values() if name]
    assert sorted(given) == sorted(expected)
    assert (classifier in given) == (word != "preview")


def test_the_table_is_whole() -> None:
    rows = table()
    assert rows[0][1:] == list(SYSTEMS)
    assert all(len(row) == 4 and all(row[1:]) for row in rows)


@pytest.mark.parametrize("runner", ["ubuntu", "macos", "windows"])
def test_the_workflow_tries_what_is_assumed_on_each_system(runner: str) -> None:
    workflow = (ROOT / ".github/workflows/ci.yml").read_text("utf-8")
    job = workflow.partition("  pythons:")[2]
    assert f"{runner}-" in job.partition("runs-on:")[0]
    assert "doctor --self-test --paste" in job
