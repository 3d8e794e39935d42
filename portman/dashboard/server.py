"""The server of `portman dashboard`: routes, and how long it lives. Changes only with `actions`.

What the page may change when it was started with --actions: three commands, each on one service.

Stopping takes two steps: a plan, and the consent to exactly that plan, by a token that works once.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import sys
import time
from hashlib import sha256
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from portman.base.errors import PortmanError
from portman.base.hints import hints_of
from portman.commands.explain import explain
from portman.commands.free import PendingPlans
from portman.commands.up import down, up
from portman.dashboard import page as pages
from portman.dashboard.facts import MachineFacts, Update
from portman.dashboard.feed import Feed
from portman.dashboard.guard import Guard, Keys
from portman.dashboard.model import version

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator
    from types import FrameType
    from typing import Any

    from portman.base.errors import Report
    from portman.dashboard.model import CellView, ColumnView, PageView


#: Seconds between two looks while a tab is open.
INTERVAL = 0.5
#: Seconds in which a connection must bring a whole request.
REQUEST_WITHIN = 3.0
#: Longest words of a search and longest address to explain.
MOST_WORDS = 200


class _Impatient(H11Protocol):
    """Closes a connection that brings no request soon: many of those would keep others out."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(REQUEST_WITHIN, self._leave)

    def _leave(self) -> None:
        if self.cycle is None:
            self.transport.close()


class _QuietServer(uvicorn.Server):
    """Uvicorn looks ten times a second whether it is to end; this one is told, and sleeps."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        if sys.platform == "win32":  # a signal does not wake its event loop
            await super().main_loop()
            return
        self._loop = asyncio.get_running_loop()
        if not await self.on_tick(0):
            await self._ended.wait()

    def end(self) -> None:
        self.should_exit = True
        self._ended.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ended.set)


class Dashboard:
    """One server: its keys, what it knows, and the routes."""

    def __init__(
        self, start: str, port: int, session: str, *, actions: bool = False, linger: float = 60.0
    ) -> None:
        self.port, self.actions, self.linger = port, actions, linger
        form = sha256(f"form {session}".encode()).hexdigest()
        self.keys = Keys(secrets.token_urlsafe(24), session, form)
        self.facts = MachineFacts(start)
        self.feed = Feed(
            self.facts.changes, lambda update: Update(update.page, error=update.error), INTERVAL
        )
        self.plans = PendingPlans()
        self.loaded = asyncio.Event()

    @property
    def url(self) -> str:
        """Return the address to open; it works once."""
        return f"http://127.0.0.1:{self.port}/?token={self.keys.token}"

    def app(self) -> Guard:
        routes = [
            Route("/", self._index),
            Route("/board", self._board),
            Route("/events", self._events),
            Route("/explain", self._explain),
            Route("/doctor", self._doctor),
            Route("/machines", self._machines),
            Route("/qr", self._qr),
            Route("/assets/{name}", self._asset),
        ]
        if self.actions:
            routes.append(Route("/actions/{name}", self._act, methods=["POST"]))
        return Guard(Starlette(routes=routes), self.port, self.keys)

    async def serve(self, listener: socket.socket) -> None:
        """Serve until interrupted, or until no tab has been open for a while."""
        config = uvicorn.Config(
            self.app(),
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            lifespan="off",
            ws="none",
            http=_Impatient,
            h11_max_incomplete_event_size=16 * 1024,
            limit_concurrency=200,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=1,
        )
        server = _QuietServer(config)
        watching = asyncio.create_task(self._until_left(server))
        try:
            await server.serve(sockets=[listener])
        finally:
            watching.cancel()
            self.feed.close()

    async def _until_left(self, server: _QuietServer) -> None:
        """End the server when the last tab was closed `linger` seconds ago (0: never)."""
        await self.loaded.wait()
        while self.linger:
            left = self.feed.idle_since + self.linger - time.monotonic()
            if not self.feed.tabs and left <= 0:
                server.end()
                return
            await asyncio.sleep(self.linger if self.feed.tabs else left)

    # What is read.

    async def _index(self, request: Request) -> Response:
        self.loaded.set()
        self.feed.idle_since = time.monotonic()
        values = await self.feed.ask(self._page_values, _words(request, "q"))
        asked = _words(request, "explain")
        if asked:
            values["explained"] = await self.feed.ask(_explained, self.facts.start, asked)
        if request.query_params.get("doctor"):
            values["checks"] = await self.feed.ask(self.facts.checks)
        if request.query_params.get("machines"):
            values["team"] = await asyncio.to_thread(self.facts.team)
        return HTMLResponse(pages.render("page.html", **values, asked=asked, still=False))

    async def _board(self, request: Request) -> Response:
        values = await self.feed.ask(self._page_values, _words(request, "q"))
        return HTMLResponse(pages.render("board.html", **values, still=False))

    def _page_values(self, words: str) -> dict[str, Any]:
        return page_values(self.facts, words, actions=self.actions, form=self.keys.form)

    async def _events(self, _: Request) -> Response:
        stream = StreamingResponse(self._stream(), media_type="text/event-stream")
        stream.headers["cache-control"] = "no-store"
        return stream

    async def _stream(self) -> AsyncIterator[str]:
        """Say which page is the present one, then what changes; a tab compares it with its own."""
        changes = self.feed.listen()
        now = await self.feed.ask(lambda: version(self.facts.page(self.facts.look())))
        yield _event("hello", {"version": now})
        async for update in changes:
            yield ": quiet\n\n" if update is None else self._message(update)

    def _message(self, update: Update) -> str:
        if update.page is None:
            return _event("trouble", {"text": update.error})
        if update.cells is None:
            return _event("board", {"version": version(update.page)})
        values = {"page": update.page, "q": "", "actions": self.actions}
        return _event(
            "cells",
            {
                "cells": {
                    key: {"html": pages.cell_html(one, actions=self.actions), "state": one.shown}
                    for key, one in update.cells.items()
                },
                "attention": pages.render("attention.html", **values),
                "summary": pages.render("summary.html", **values),
                "version": version(update.page),
            },
        )

    async def _explain(self, request: Request) -> Response:
        asked = _words(request, "address")
        found = await self.feed.ask(_explained, self.facts.start, asked)
        return HTMLResponse(pages.render("explained.html", explained=found, asked=asked))

    async def _doctor(self, _: Request) -> Response:
        checks = await asyncio.to_thread(self.facts.checks)
        return HTMLResponse(pages.render("doctor.html", checks=checks))

    async def _machines(self, _: Request) -> Response:
        team = await asyncio.to_thread(self.facts.team)
        return HTMLResponse(pages.render("machines.html", team=team))

    async def _qr(self, request: Request) -> Response:
        """Draw the code of an address that the page itself names; nothing else is drawn."""
        key = request.query_params.get("key", "")[:60]
        url = await self.feed.ask(self._url_of, key)
        if not url:
            return Response("No service beyond loopback has this key.\n", 404)
        return Response(pages.qr_svg(url), media_type="image/svg+xml")

    def _url_of(self, key: str) -> str:
        page = self.facts.page(self.facts.look())
        return next((one.reach for one in page.cells() if one.key == key), "")

    async def _asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in pages.ASSETS:
            return Response("No such file.\n", 404)
        return Response(pages.asset(name), media_type=pages.ASSETS[name])

    # What is changed; there is no route to this without `actions`.

    async def _act(self, request: Request) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response(status_code=413)
        fields = dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=10))
        if not secrets.compare_digest(fields.get("form", ""), self.keys.form):
            return Response("This form is not from this page.\n", 403)
        name = request.path_params["name"]
        page = await self.feed.ask(lambda: self.facts.page(self.facts.look()))
        try:
            done = await self.feed.ask(act, name, fields, page, self.plans)
        except PortmanError as error:
            steps = [step for problem in error.problems for step in hints_of(problem.hint)]
            hints = [step.command or step.label for step in steps]
            return JSONResponse({"error": error.message, "hints": hints}, 409)
        self.facts.forget()
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(done)
        return HTMLResponse(pages.render("acted.html", done=done, form=self.keys.form))


def page_values(
    facts: MachineFacts, words: str, *, actions: bool, form: str = ""
) -> dict[str, Any]:
    snapshot = facts.look()
    return {
        "page": facts.page(snapshot, words),
        "version": version(facts.page(snapshot)),
        "around": facts.surroundings(),
        "q": words,
        "actions": actions,
        "form": form,
        "at": snapshot.at,
        "explained": None,
        "checks": None,
        "shares": facts.shares,
        "team": None,
    }


def still_page(start: str) -> str:
    """Return the page as one file that needs nothing else: for a ticket, or a teammate."""
    facts = MachineFacts(start)
    values = page_values(facts, "", actions=False)
    values["checks"], values["team"] = facts.checks(), facts.team()
    return pages.render("page.html", **values, asked="", still=True, style=pages.asset("style.css"))


def _words(request: Request, name: str) -> str:
    return request.query_params.get(name, "")[:MOST_WORDS].strip()


def _explained(start: str, asked: str) -> dict[str, Any]:
    try:
        return {**explain(start, asked).data, "error": ""}
    except PortmanError as error:
        return {"error": error.message, "findings": []}


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def run(dashboard: Dashboard, listener: socket.socket) -> None:
    """Serve on a socket that listens already; return when the server ends.

    Ctrl-C waits until the loop runs: it would leave one that is half made, and a traceback of it.
    """

    async def serve() -> None:
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        await dashboard.serve(listener)

    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    asyncio.run(serve())


def act(name: str, fields: dict[str, str], page: PageView, plans: PendingPlans) -> dict[str, Any]:
    if name == "consent":
        report = plans.stop(fields.get("token", ""))
        return _done(f"portman free {report.data['asked']} --yes", report)
    column, cell = _find(page, fields.get("key", ""))
    if name == "reassign":
        report = up(column.path, instance=column.instance, names=(cell.service,), reassign=True)
        return _done(cell.commands.get(name, ""), report)
    if name == "release":
        report = down(column.path, instance=column.instance, names=(cell.service,))
        return _done(cell.commands.get(name, ""), report)
    if name == "free":
        return _plan(column, cell, plans)
    raise PortmanError("usage", "the page has no such action")


def _find(page: PageView, key: str) -> tuple[ColumnView, CellView]:
    for project in page.projects:
        for row in project.rows:
            for column, cell in zip(project.columns, row.cells, strict=True):
                if cell is not None and cell.key == key:
                    return column, cell
    raise PortmanError("service-unknown", "this service is not on the page any more; load it again")


def _plan(column: ColumnView, cell: CellView, plans: PendingPlans) -> dict[str, Any]:
    report, token = plans.plan(column.path, str(cell.port))
    command = f"portman free {cell.port}"
    if not token:
        return _done(command, report)
    data: dict[str, Any] = report.data
    steps = [step["text"] for step in data["plan"]["steps"]]
    return {"command": command, "steps": steps, "token": token, "problems": [], "ok": True}


def _done(command: str, report: Report) -> dict[str, Any]:
    problems = [one.message for one in (*report.errors, *report.warnings)]
    return {
        "command": command,
        "steps": [],
        "token": "",
        "problems": problems,
        "ok": not report.errors,
    }
