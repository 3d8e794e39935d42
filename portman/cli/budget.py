"""An answer in few bytes, for an agent that reads it whole: what failed first, cut with a count."""

from __future__ import annotations

import json

from portman.base.errors import Problem, Report
from portman.base.hints import hints_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

#: Bytes of `up --brief --json` where no other number is given, and the fewest that say anything.
BYTES, FEWEST = 1000, 450
#: Room for the counts of what is left out, and for the commas between the parts.
_RESERVED, _COMMA = 90, 2
#: The shortest message that is still worth reading.
_WORTH = 40


def brief(report: Report, budget: int) -> Report:
    """Return the report with at most `budget` bytes as JSON, as long as its names are short.

    Services are in `data.brief`: name, port, and the verdict where it is not idle. Each error has
    its first hint.
    """
    services: Any = report.data.get("services", [])
    failed = {one.service for one in report.errors}
    shown: list[dict[str, object]] = []
    errors: list[Problem] = []
    warnings: list[Problem] = []
    data: dict[str, object] = {"project": report.data.get("project"), "brief": shown}
    left = budget - _RESERVED - len(json.dumps(Report(report.command, data).envelope()))
    for kind, part in _parts(report, services, failed):
        one = part
        size = _size(one) + _COMMA
        if size > left and isinstance(one, Problem) and not errors:
            room = len(one.message) - (size - left)
            one = one._replace(message=one.message[: max(room - 3, _WORTH)] + "...")
            size = _size(one) + _COMMA
        if size > left and (errors or kind != "errors"):
            continue
        left -= size
        if isinstance(one, Problem):
            (errors if kind == "errors" else warnings).append(one)
        else:
            shown.append(one)
    cut = {
        "services": len(services) - len(shown),
        "errors": len(report.errors) - len(errors),
        "warnings": len(report.warnings) - len(warnings),
    }
    if any(cut.values()):
        data["left_out"] = {name: count for name, count in cut.items() if count}
    return Report(report.command, data, tuple(errors), tuple(warnings), report.evidence)


def _parts(
    report: Report, services: list[dict[str, Any]], failed: set[str | None]
) -> Iterator[tuple[str, Problem | dict[str, object]]]:
    order = sorted(services, key=lambda one: one["name"] not in failed)
    yield from (("errors", _short(one)) for one in report.errors[:1])
    for one in order:
        idle = one["verdict"] in ("idle", None)
        view = {"name": one["name"], "port": one["port"], "verdict": one["verdict"]}
        yield "services", {key: view[key] for key in ("name", "port") if idle} or view
    yield from (("errors", _short(one)) for one in report.errors[1:])
    yield from (("warnings", _short(one)) for one in report.warnings)


def _short(one: Problem) -> Problem:
    hints = hints_of(one.hint)
    first = next((hint for hint in hints if hint.command), hints[0] if hints else None)
    return one._replace(hint=first.line if first else "")


def _size(one: Problem | dict[str, object]) -> int:
    return len(json.dumps(one.as_json() if isinstance(one, Problem) else one))
