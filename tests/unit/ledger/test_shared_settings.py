"""The variables of a shared ledger, and the seat."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from portman.base.errors import PortmanError
from portman.ledger.shared.settings import Settings, read_settings, seat_of
from portman.state import receipts
from portman.state.receipts import moment, signature

if TYPE_CHECKING:
    from pathlib import Path

URL = "postgresql://ada:s3cret@db/ports"


@pytest.mark.parametrize(
    ("server", "space", "lease", "found"),
    [
        (URL, "", "", Settings(URL, "", 30 * 86_400)),
        ("service=ports", "ci-7", "2h", Settings("service=ports", "ci-7", 7200)),
        (URL, "a b", "", "PORTMAN_SPACE"),
        (URL, "postgresql://ada:s3cret@db/ports", "", "PORTMAN_SPACE"),
        (URL, "", "31d", Settings(URL, "", 31 * 86_400)),
        (URL, "", "32d", "PORTMAN_LEASE"),
        (URL, "", "10s", "PORTMAN_LEASE"),
        (URL, "", "d", "PORTMAN_LEASE"),
        (URL, "", "ten", "PORTMAN_LEASE"),
        ("host=db password=s3cret", "", "", "PORTMAN_LEDGER"),
        ("", "", "", "PORTMAN_LEDGER"),
    ],
)
def test_each_variable_is_read_or_named(
    monkeypatch: pytest.MonkeyPatch, server: str, space: str, lease: str, found: Settings | str
) -> None:
    monkeypatch.setenv("PORTMAN_LEDGER", server)
    monkeypatch.setenv("PORTMAN_SPACE", space)
    monkeypatch.setenv("PORTMAN_LEASE", lease)
    if isinstance(found, Settings):
        assert read_settings("/nowhere") == found
        return
    with pytest.raises(PortmanError, match=found) as caught:
        read_settings("/nowhere")
    assert "s3cret" not in str(caught.value)


def test_a_seat_is_made_once(tmp_path: Path) -> None:
    first = seat_of(str(tmp_path))
    assert len(first) == 32
    assert seat_of(str(tmp_path)) == first
    assert [one.name for one in tmp_path.iterdir()] == ["seat"]
    (tmp_path / "seat").write_text("cut off")
    with pytest.raises(PortmanError):
        seat_of(str(tmp_path / "missing"))


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="needs CLOCK_BOOTTIME")
def test_evidence_of_time_ends_with_the_moment_and_with_the_run_of_the_machine() -> None:
    boot, now = moment()
    later, earlier = now + 60 * 10**9, now - 1
    assert signature(f"@until {boot} {later}") == "early"
    assert signature(f"@until {boot} {earlier}") == "late"
    assert signature(f"@until {'0' * 36} {later}") == "late"
    assert signature("@until - 0") == "late"


def test_a_machine_without_such_a_clock_is_never_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "moment", lambda: ("", 0))
    assert signature(f"@until - {60 * 10**9}") == "late"
