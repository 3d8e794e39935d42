"""`portman doctor`: run every check at once and report status, reason and fix.

A new check is one function of a module in diagnose/doctor/ and one row of CHECKS.
"""

from __future__ import annotations

from threading import Thread
from time import monotonic

from portman.base.errors import PortmanError, Problem, Report
from portman.base.hints import hints_json
from portman.diagnose.doctor import (
    containers,
    ledger,
    loopback,
    network,
    pool,
    shell,
)
from portman.diagnose.doctor.context import CheckResult, DoctorContext

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[DoctorContext], list[CheckResult]]

#: (name on the page, the function that returns its lines), in the order of the page.
CHECKS: tuple[tuple[str, Check], ...] = (
    ("command", shell.commands),
    ("manifest", pool.manifest),
    ("pool", pool.pool),
    ("leases", pool.leases),
    ("ledger", ledger.ledger),
    ("sandbox", ledger.sandbox),
    ("checkouts", network.vanished),
    ("owners", network.owners),
    ("servers", network.servers),
    ("exposure", network.exposure),
    ("placement", network.placement),
    ("localhost", network.localhost),
    ("loopback", loopback.loopback),
    ("firewall", network.firewall),
    ("docker", containers.docker),
    ("compose", containers.compose),
    ("published", containers.publications),
    ("leftovers", containers.leftovers),
    ("names", network.host_names),
    ("proxies", network.proxies),
    ("wsl", pool.wsl),
    ("completion", shell.completion),
)
#: Seconds after which a check is given up (a name server that is gone, say); tools have less.
PATIENCE = 8.0


def doctor(start: str, *, instance: str = "", only_trouble: bool = False) -> Report:
    """Check what commonly keeps a service from its port.

    Exit 1 if a check fails; a warning alone is 0. `only_trouble` leaves passing checks out.
    """
    around = DoctorContext(start, instance)
    around.prepare()
    findings = run_checks(around)
    shown = [one for one in findings if not only_trouble or one.status in ("warn", "fail")]
    failed = [one for one in findings if one.status == "fail"]
    return Report(
        "doctor",
        {
            "checks": [_view(one) for one in shown],
            "counts": {
                status: sum(one.status == status for one in findings)
                for status in ("ok", "warn", "fail", "skipped")
            },
        },
        errors=tuple(
            Problem("check-failed", f"{one.check}: {one.reason}", one.fix) for one in failed
        ),
    )


def self_test() -> Report:
    """Try what portman assumes of this system. Exit 1 if something differs."""
    from portman.diagnose.self_test import paste, run_all

    begun = monotonic()
    facts = run_all()
    seconds = monotonic() - begun
    differing = [one for one in facts if one.verdict == "differs"]
    return Report(
        "doctor",
        {
            "facts": [{**one._asdict(), "verdict": one.verdict} for one in facts],
            "seconds": round(seconds, 1),
            "paste": paste(facts, seconds),
        },
        errors=tuple(
            Problem(
                "check-failed",
                f"{one.name}: assumed {one.assumed}, seen {one.seen}",
                "report it with the output of: portman doctor --self-test --paste",
            )
            for one in differing
        ),
    )


def _view(one: CheckResult) -> dict[str, object]:
    return {
        "check": one.check,
        "status": one.status,
        "reason": one.reason,
        "hints": hints_json(one.fix),
        "code": one.code or None,
    }


def run_checks(around: DoctorContext, patience: float = PATIENCE) -> list[CheckResult]:
    """Run the checks side by side (most of them wait for a tool); keep the order of the page.

    A thread that is late is left alone: a name server that is gone may hold one for 30 seconds.
    """
    found: dict[str, list[CheckResult]] = {}

    def run(name: str, check: Check) -> None:
        found[name] = run_one(name, check, around)

    threads = [Thread(target=run, args=one, name=f"doctor-{one[0]}", daemon=True) for one in CHECKS]
    for thread in threads:
        thread.start()
    until = monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
    late = f"no answer within {patience:g} s"
    return [
        one for name, _ in CHECKS for one in found.get(name, [CheckResult(name, "skipped", late)])
    ]


def run_one(name: str, check: Check, around: DoctorContext) -> list[CheckResult]:
    try:
        return check(around)
    except PortmanError as error:
        return [CheckResult(name, "fail", error.message, error.hint)]
    except Exception as error:  # noqa: BLE001 - one broken check must not hide the rest
        reason = f"the check itself broke: {type(error).__name__}: {error}; a bug in portman"
        return [
            CheckResult(name, "fail", reason, "report it with the output of: portman doctor --json")
        ]
