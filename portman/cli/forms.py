"""The commands that machines call, in one shape for both lanes.

The express lane and the Typer app build the same `Form` and hand it to `answer`, so their
bytes cannot differ.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from portman.cli.emit import attempt, deliver, spoken
from portman.cli.fast_path import question

if TYPE_CHECKING:
    from portman.base.errors import Report
    from portman.cli.emit import OutputOptions


class Form(NamedTuple):
    """One of up, check, env, port, url with its arguments."""

    command: str
    names: tuple[str, ...] = ()
    form: str = "dotenv"
    reassign: bool = False


def answer(form: Form, manner: OutputOptions) -> int:
    """Perform the command, write what it says, return its exit code."""
    from portman.commands.remember import begin, remember

    start = begin()
    report = attempt(form.command, lambda: work(form, manner))
    out, err = spoken(report, manner)
    code = deliver(report, out, err)
    plain = manner.json or not (manner.color == "always" or sys.stdout.isatty())
    if plain and not form.reassign and not code:
        asked = question(form.command, form.names, form.form, json=manner.json, quiet=manner.quiet)
        remember(start, report, asked, out)
    return code


def work(form: Form, manner: OutputOptions) -> Report:
    """Call the operation behind the form."""
    start, instance = manner.start, manner.instance
    if form.command == "up":
        from portman.commands.up import up

        return up(start, instance=instance, names=form.names, reassign=form.reassign)
    if form.command == "check":
        from portman.commands.check import check

        return check(start, instance=instance, names=form.names)
    from portman.commands import env as answers

    if form.command == "env":
        return answers.env(start, instance=instance, form=form.form)
    one = answers.port if form.command == "port" else answers.url
    return one(start, form.names[0], instance=instance)
