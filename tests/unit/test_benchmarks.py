"""The programs that measure: what fails fast must not look fast, and a bar missed is said."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def part(name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import a module of benchmarks/, whose programs run from that folder."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module(name)


def test_a_failing_command_ends_the_measurement(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Exit 1 after 2 ms is no result."""
    timing = part("timing", monkeypatch)
    bad = timing.Case("bad", [sys.executable, "-c", "import sys; sys.exit(1)"], tmp_path, {})
    with pytest.raises(RuntimeError, match="bad: exit 1"):
        timing.measure([bad], 1)


def test_every_case_runs_once_a_round_and_before_is_not_timed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One unmeasured run first, then as many as there are rounds."""
    timing = part("timing", monkeypatch)
    calls: list[int] = []
    command = [sys.executable, "-I", "-S", "-c", "pass"]
    case = timing.Case("good", command, tmp_path, {}, before=lambda: calls.append(1))
    measured = timing.measure([case], 3)
    assert len(calls) == 4
    assert measured["good"].rounds == 3
    assert 0 < measured["good"].least <= measured["good"].median
    assert measured["good"].cpu > 0


def test_bars_are_judged_by_medians_of_the_same_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar against another case than the bare interpreter is a ratio of ratios."""
    bars = part("bars", monkeypatch)
    units = {
        "python -c pass": (1.0, 1.0),
        "up": (2.1, 1.9),
        "up, 10,000 leases": (2.94, 1.9),
        "port": (2.4, 2.6),
    }
    found = {one.bar.promise: one for one in bars.judge(units)}
    assert found["`port` at most 2.5"].met
    assert not found["unchanged `up` below 2.0 (issue 6)"].met
    assert found["10,000 leases: `up` at most 1.3 times slower"].median == pytest.approx(1.4)
    assert not found["10,000 leases: `up` at most 1.3 times slower"].met
    assert "`env` at most 2.5" not in found


def test_tables_replace_their_marked_place_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What stands around it stays; without the place there is an error, not a lost result."""
    markdown = part("markdown", monkeypatch)
    file = tmp_path / "a.md"
    file.write_text("before\n<!-- x -->\nold\n<!-- /x -->\nafter\n")
    markdown.replace_marked(file, "x", markdown.table(["a", "b"], [["1|2", "3"]], numbers=1))
    assert file.read_text() == (
        "before\n<!-- x -->\n| a | b |\n| --- | --: |\n| 1\\|2 | 3 |\n<!-- /x -->\nafter\n"
    )
    with pytest.raises(ValueError, match="has no place marked"):
        markdown.replace_marked(file, "y", "text")


def test_the_documents_have_the_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--write` of both programs finds where its table goes."""
    docs = BENCHMARKS.parent / "docs"
    for name, mark in (("performance.md", "run.py"), ("comparison.md", "peers.py")):
        text = (docs / name).read_text()
        opening, closing = f"<!-- benchmarks/{mark} -->", f"<!-- /benchmarks/{mark} -->"
        assert 0 <= text.find(opening) < text.find(closing)


def test_rounds_tell_every_kind_of_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures, crashes, hangs, numbers given twice, and a spoilt registry all show."""
    rounds = part("rounds", monkeypatch)
    good = rounds.Round(20, 0, 0, 40, 0, True, 1.0)
    assert rounds.told([good, good]) == ["20 of 20", "40 / 40", "none", "intact", "1.0 s"]
    bad = rounds.Round(14, 5, 1, 30, 3, False, 2.0)
    assert rounds.told([good, bad]) == [
        "14-20 of 20, 5 tracebacks, 1 hung",
        "40 / 30",
        "0 / 3",
        "spoilt in 1",
        "1.5 s",
    ]
    hung = rounds.Round(0, 0, 20, 0, 0, None, 10.0)
    assert rounds.told([hung])[3] == "not reached"


def test_our_own_adapter_answers_the_probes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The comparison is made with the program itself: here from this tree."""
    tools = part("peer_tools", monkeypatch)
    probes = part("probes", monkeypatch)
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "portman"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{BENCHMARKS.parent}" exec "{sys.executable}" -m portman "$@"\n'
    )
    program.chmod(0o755)
    tool = tools.Ours(tmp_path / "home", programs)
    assert probes.foreign_lines(tool, tmp_path / "lines") == "every byte kept"
    assert probes.damaged_registry(tool, tmp_path / "spoilt").startswith("refuses, file left")
