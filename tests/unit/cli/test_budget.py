"""`up --brief --json`: small, what failed first, and a count of what is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator

from portman.base.errors import Problem, Report
from portman.cli.budget import BYTES, FEWEST, brief
from portman.commands.validate import envelope_schema

SCHEMA = Draft7Validator(envelope_schema())


def service(name: str, verdict: str | None = "idle") -> dict[str, object]:
    return {"name": name, "port": 61234, "verdict": verdict, "holder": None, "env": ["X"] * 5}


def taken(name: str) -> Problem:
    message = f"{name}: 61234 is taken by node (pid 812, ~/code/some/other/checkout)"
    return Problem("port-taken", message, "portman up --reassign\nsee who: portman who 1", name)


def report(count: int, failing: int = 0) -> Report:
    names = [f"service-{number}" for number in range(count)]
    wrong = names[count - failing :]
    return Report(
        "up",
        {
            "project": "shop",
            "checkout": "/home/me/" + "x" * 200,
            "services": [service(one, "taken" if one in wrong else "idle") for one in names],
        },
        tuple(taken(one) for one in wrong),
        (Problem("env-shadowed", "w" * 100),),
    )


def size(one: Report) -> int:
    SCHEMA.validate(one.envelope())
    return len(json.dumps(one.envelope())) + 1


@pytest.mark.parametrize("failing", [0, 1, 3, 10])
def test_ten_services_fit_in_a_thousand_bytes(failing: int) -> None:
    short = brief(report(10, failing), BYTES)
    data: Any = short.data
    assert size(short) <= BYTES
    cut = data.get("left_out", {})
    assert len(data["brief"]) == 10 - cut.get("services", 0)
    assert failing == 10 or len(data["brief"]) == 10
    assert bool(short.errors) == bool(failing)
    if failing in (1, 3):
        assert data["brief"][0] == {"name": f"service-{10 - failing}", "port": 61234,
                                    "verdict": "taken"}  # fmt: skip
    assert len(short.errors) + cut.get("errors", 0) == failing
    assert short.exit_code == bool(failing)


@pytest.mark.parametrize("budget", [FEWEST, 500, 700, 1500, 5000])
@pytest.mark.parametrize("failing", [0, 2, 40])
def test_a_budget_cuts_and_counts(budget: int, failing: int) -> None:
    """The first error is always there, whatever its message; every part is shown or counted."""
    whole = report(40, failing)
    if failing:
        long = whole.errors[0]._replace(message="m" * 3000)
        whole = whole._replace(errors=(long, *whole.errors[1:]))
    short = brief(whole, budget)
    data: Any = short.data
    assert size(short) <= budget
    cut = data.get("left_out", {})
    assert len(data["brief"]) + cut.get("services", 0) == 40
    assert len(short.errors) + cut.get("errors", 0) == failing
    assert len(short.warnings) + cut.get("warnings", 0) == 1
    assert bool(short.errors) == bool(failing)


def test_a_report_without_data_is_cut_too() -> None:
    failed = Report("up", {}, (Problem("manifest-missing", "no ports.toml", "portman init"),))
    assert size(brief(failed, BYTES)) < 400
