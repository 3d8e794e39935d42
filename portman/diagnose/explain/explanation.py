"""An address explained: what it is, what the number is, what is there, what may go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.diagnose.explain.address_meaning import address_findings
from portman.diagnose.explain.causes import trouble_findings
from portman.diagnose.explain.current_use import presence_findings
from portman.diagnose.explain.meaning import number_findings

if TYPE_CHECKING:
    from portman.diagnose.explain.facts import Facts, Finding


def explain(facts: Facts) -> tuple[Finding, ...]:
    """Return everything there is to say, in the order in which a reader wants it."""
    return (
        *address_findings(facts),
        *number_findings(facts),
        *presence_findings(facts),
        *trouble_findings(facts),
    )
