"""Bare `portman`: this project's services by checkouts, or every checkout of the machine.

The rows are those of `portman watch`, looked at once; `arrange` is the order that the page of
`portman dashboard` has too.
"""

from __future__ import annotations

import os

from portman.allocation.workspace import check_instance
from portman.base.errors import PortmanError, Report
from portman.base.record import NamedTuple
from portman.checkout.git import branch, identify, place
from portman.commands.watch import Watcher, is_live, row_view
from portman.holders.at_work import without_lease
from portman.manifest.file import find_manifest, read_manifest

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from portman.base.values import Service
    from portman.commands.watch import Row
    from portman.ledger.protocol import Ledger

#: A checkout, or an instance of one: its path and the instance's name.
Seat = tuple[str, str]


class Arranged(NamedTuple):
    """One project: its checkouts, its services, and what is where they meet."""

    project: str
    seats: tuple[Seat, ...]
    services: tuple[str, ...]
    rows: dict[tuple[str, str, str], Row]

    def of(self, seat: Seat) -> list[Row]:
        return [row for key, row in self.rows.items() if key[:2] == seat]


class Here(NamedTuple):
    """The checkout that the command was called in."""

    seat: Seat
    project: str
    services: tuple[Service, ...]
    primary: bool


def arrange(
    project: str,
    rows: Sequence[Row],
    first: Callable[[Seat], Any],
    here: Here | None = None,
) -> Arranged:
    """Put seats in the order of `first`, and services in that of their manifests.

    The services of `here` come before those that only other checkouts have.
    """
    seats = dict.fromkeys((row.checkout, row.instance) for row in rows)
    if here is not None:
        seats[here.seat] = None
    found = {(row.checkout, row.instance, row.service): row for row in rows}
    ordered = sorted(seats, key=lambda seat: (first(seat), seat))
    names: dict[str, None] = dict.fromkeys(one.name for one in here.services) if here else {}
    for path, instance in ordered:
        names.update(
            (row.service, None) for row in rows if (row.checkout, row.instance) == (path, instance)
        )
    return Arranged(project, tuple(ordered), tuple(names), found)


def overview(start: str, *, instance: str = "") -> Report:
    """Return the project of the checkout above `start`, or without one every project.

    Raises PortmanError: manifest-invalid, manifest-unreadable, ledger-*, usage.
    """
    here = _here(start, instance)
    watcher = Watcher()
    rows = [one for one in watcher.look().rows if not one.instance.startswith("dashboard-")]
    primary = {here.seat: here.primary} if here else {}
    primary |= {(one.path, one.instance): one.primary for one in watcher.ledger.checkouts()}
    live = {(row.checkout, row.instance) for row in rows if is_live(row)}

    def order(seat: Seat) -> tuple[bool, ...]:
        mine = here is not None and seat[0] == here.seat[0]
        return not mine, here is None or seat != here.seat, seat not in live, not primary[seat]

    chosen = [row for row in rows if here is None or row.project == here.project]
    by_project: dict[str, list[Row]] = {} if here is None else {here.project: []}
    for row in chosen:
        by_project.setdefault(row.project, []).append(row)
    arranged = [arrange(name, mine, order, here) for name, mine in by_project.items()]
    arranged.sort(key=lambda one: (not any(map(is_live, one.rows.values())), one.project))
    return Report(
        "overview",
        {
            "ledger": watcher.ledger.path,
            "project": here.project if here else None,
            "checkout": here.seat[0] if here else None,
            "instance": here.seat[1] if here else "",
            "repository": None if here else _repository(start),
            "missing": _missing(here, arranged[0], watcher.ledger) if here else [],
            "projects": [_view(one, primary) for one in arranged],
        },
    )


def _repository(start: str) -> str | None:
    found = place(start)
    return None if found is None else found[0]


def _here(start: str, instance: str) -> Here | None:
    check_instance(instance)
    try:
        path = find_manifest(start)
    except PortmanError as error:
        if error.code != "manifest-missing":
            raise
        return None
    manifest, folder = read_manifest(path), os.path.dirname(path)
    checkout = identify(folder, instance)
    project = manifest.name or checkout.project
    seat = (checkout.path, checkout.instance)
    return Here(seat, project, manifest.services, checkout.primary is not False)


def _missing(here: Here, one: Arranged, ledger: Ledger) -> list[dict[str, object]]:
    """Return the services that this checkout has no port for yet, and what listens already."""
    missing = [each for each in here.services if (*here.seat, each.name) not in one.rows]
    running = without_lease(ledger, *here.seat, here.services)
    return [
        {
            "name": service.name,
            "usual": service.usual,
            "misplaced": [
                said.text()
                for said in running
                if service.name in (said.service, *said.candidates[:1])
            ],
        }
        for service in missing
    ]


def _view(one: Arranged, primary: dict[Seat, bool]) -> dict[str, object]:
    return {
        "project": one.project,
        "checkouts": [
            {
                "checkout": path,
                "instance": instance,
                "primary": primary[path, instance],
                "branch": branch(path) if os.path.isdir(path) else None,
                "gone": any(row.gone for row in one.of((path, instance))),
            }
            for path, instance in one.seats
        ],
        "services": [
            {
                "name": name,
                "cells": [
                    row_view(one.rows[*seat, name]) if (*seat, name) in one.rows else None
                    for seat in one.seats
                ],
            }
            for name in one.services
        ],
    }
