"""The server of `portman mcp`: one client, on stdin and stdout, until it closes them.

Clients of both eras are served: those that shake hands (subscribe to a resource, are asked for
their roots), and those of 2026-07-28 (listen for events, answer with their roots when they call).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re

import mcp_types as types
from jsonschema import Draft7Validator
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.stdio import stdio_server
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    ResourcesListChanged,
    ResourceUpdated,
)
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from portman._version import __version__
from portman.base.errors import PortmanError, Report
from portman.base.hints import placed
from portman.base.record import NamedTuple
from portman.base.text import printable
from portman.commands.free import PendingPlans
from portman.commands.list import list_leases
from portman.commands.up import check
from portman.commands.wait import LISTENS, Look, looking
from portman.commands.watch import Watcher, diff
from portman.dashboard.feed import Feed
from portman.diagnose.free.plan import FreeOptions
from portman.ledger.caller import caller, calling
from portman.ledger.open import LedgersClosed
from portman.machine.sockets import listing
from portman.mcp import roots
from portman.mcp.tools import TOOLS, PortTool

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from typing import Any

    from mcp.server.context import ServerRequestContext
    from mcp.server.session import ServerSession

    from portman.mcp.tools import Arguments

    Context = ServerRequestContext[Any, Any]
    #: Runs a command; errors and bugs become reports (cli/emit.attempt).
    Attempt = Callable[[str, Callable[[], Any]], Any]

#: Seconds between two looks at the machine, between two notes of progress, and for a client's
#: answer.
INTERVAL, PROGRESS_EVERY, ANSWER = 1.0, 0.5, 10.0
#: Resources on a page of the list.
PAGE = 200
INSTRUCTIONS = (
    "Ports of this machine, leased per checkout. Call ports_up before you start a server; read its "
    "port from the answer or the env file, never choose one. A taken port is not a bug of the "
    "project: do not change it in the code, and do not stop a program that is not this checkout's. "
    "Call ports_wait before you test against a server. `path` is always the checkout's folder."
)


class MachineChange(NamedTuple):
    """Checkouts whose services changed (None: perhaps all), and whether one came or went."""

    paths: frozenset[str] | None
    listed: bool


class AgentServer:
    """What one client has: its roots, its subscriptions, its plans, and the feed that looks."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.feed = Feed(_changes, lambda _: MachineChange(None, listed=True), INTERVAL)
        self.plans = PendingPlans()
        self.bus = InMemorySubscriptionBus()
        self._roots: tuple[str, ...] | None = None
        #: The addresses that the client subscribed to, as it wrote them, and their folders.
        self._wanted: dict[str, str] = {}
        self._session: ServerSession | None = None
        self._telling: asyncio.Task[None] | None = None
        listen = ListenHandler(self.bus, max_subscriptions=16)

        async def on_listen(
            ctx: Context, params: types.SubscriptionsListenRequestParams
        ) -> types.SubscriptionsListenResult:
            await self._tell(None)
            return await listen(ctx, params)

        self.server: Server[Any] = Server(
            "portman",
            version=__version__,
            instructions=INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_resources=self._list_resources,
            on_list_resource_templates=self._list_templates,
            on_read_resource=self._read_resource,
            on_subscribe_resource=self._subscribe,
            on_unsubscribe_resource=self._unsubscribe,
            on_subscriptions_listen=on_listen,
        )
        self.server.add_notification_handler(
            "notifications/roots/list_changed", types.NotificationParams, self._forget_roots
        )

    async def serve(self) -> None:
        options = self.server.create_initialization_options(
            NotificationOptions(resources_changed=True)
        )
        try:
            async with stdio_server() as (reading, writing):
                await self.server.run(reading, writing, options)
        finally:
            if self._telling is not None:
                self._telling.cancel()
            self.feed.close()

    # Tools.

    async def _list_tools(self, _ctx: Context, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(*row) for row in TOOLS.items()])

    async def _call_tool(
        self, ctx: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            error = PortmanError(
                "usage", f"unknown tool {params.name[:80]!r}", hint=f"one of: {', '.join(TOOLS)}"
            )
            return _result(self._fail("mcp", error))
        asked = dict(params.arguments or {})
        try:
            _require(tool, asked)
            folders = await self._client_roots(ctx, params)
            if folders is None:
                return _ask_for_roots()
            asked["path"] = roots.checked(asked["path"], folders)
        except PortmanError as error:
            return _result(self._fail(tool.command, error))
        if tool.command == "wait":
            return _result(await self._wait(ctx, asked), asked)
        work = self._free if tool.work is None else tool.work
        return _result(await self._ask(ctx, params.name, lambda: work(asked)), asked)

    async def _ask(self, ctx: Context, name: str, work: Callable[[], Any]) -> Any:
        """Do the work of a command in the thread that has the ledger; the client is its caller."""
        command = TOOLS[name].command if name in TOOLS else name
        agent = _client_name(ctx)

        def run() -> Any:
            listing.forget()
            said = caller()
            named = said._replace(command=f"mcp {command}", agent=said.agent or agent, terminal="")
            with calling(named), LedgersClosed():
                return self.attempt(command, work)

        return await self.feed.ask(run)

    async def _wait(self, ctx: Context, asked: Arguments) -> Report:
        """Look until the services are up, and say how far it is; other calls go on in between."""
        limit = asked.get("timeout", 30.0)
        looks = looking(
            asked["path"],
            tuple(asked.get("names", ())),
            instance=asked.get("instance", ""),
            timeout=limit,
            asked=LISTENS._replace(connect=asked.get("connect", False), path=asked.get("http", "")),
        )
        told = -PROGRESS_EVERY
        while True:
            found: Look | Report = await self._ask(ctx, "ports_wait", lambda: _next(looks))
            if isinstance(found, Report):
                return found
            if found.seconds - told >= PROGRESS_EVERY:
                told = found.seconds
                missing = ", ".join(found.missing)
                up = found.total - len(found.missing)
                message = f"{up} of {found.total} up; not yet: {missing}"
                await ctx.session.report_progress(round(found.seconds, 3), limit, message)
            await asyncio.sleep(found.pause)

    def _free(self, asked: Arguments) -> Report:
        target = asked["path"], asked["asked"], asked.get("instance", "")
        if "token" in asked:
            report, token = self.plans.stop(asked["token"], target), ""
        else:
            options = FreeOptions(udp=asked.get("udp", False), force=asked.get("force", False))
            report, token = self.plans.plan(*target[:2], instance=target[2], options=options)
        return report._replace(data={**report.data, "token": token or None})

    def _fail(self, command: str, error: PortmanError) -> Report:
        def fail() -> Report:
            raise error

        report: Report = self.attempt(command, fail)
        return report

    # Roots: what the client has opened.

    async def _client_roots(self, ctx: Context, params: Any) -> tuple[str, ...] | None:
        """Return the client's folders, () where it has no roots; None: it is to be asked by hand.

        Raises PortmanError "outside-roots" for a client that has roots and does not name them.
        """
        has = ctx.session.client_capabilities
        if has is None or has.roots is None:
            return ()
        if ctx.protocol_version in MODERN_PROTOCOL_VERSIONS:
            given = (params.input_responses or {}).get("roots")
            return roots.folders_of(_uris(given)) if given is not None else None
        if self._roots is None:
            try:
                answer = await ctx.session.send_request(
                    types.ListRootsRequest(),
                    types.ListRootsResult,
                    request_read_timeout_seconds=ANSWER,
                )
            except (MCPError, ValueError) as error:
                raise PortmanError(
                    "outside-roots",
                    "this client has roots, and did not answer what they are; nothing was done",
                    hint="open the checkout's folder in the client, and call the tool again",
                ) from error
            self._roots = roots.folders_of(_uris(answer))
        return self._roots

    async def _forget_roots(self, _ctx: Context, _params: Any) -> None:
        self._roots = None

    # Resources.

    async def _list_resources(
        self, ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        """List the machine and every checkout; from then on the client is told of changes."""
        await self._tell(ctx)
        report: Report = await self._ask(ctx, "ports_list", list_leases)
        checkouts: Any = report.data.get("checkouts", [])
        paths = list(dict.fromkeys(one["checkout"] for one in checkouts if not one["gone"]))
        cursor = params.cursor if params and params.cursor else "0"
        start = int(cursor) if cursor.isdecimal() and len(cursor) < 9 else 0
        page = paths[start : start + PAGE]
        found = [_checkout_resource(path) for path in page]
        return types.ListResourcesResult(
            resources=found if start else [_MACHINE_RESOURCE, *found],
            next_cursor=str(start + PAGE) if start + PAGE < len(paths) else None,
        )

    async def _list_templates(
        self, _ctx: Context, _params: Any
    ) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            name="checkout",
            uri_template=roots.CHECKOUT + "{path}",
            description="What `portman check --json` reports of the checkout in this folder.",
            mime_type="application/json",
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def _read_resource(
        self, ctx: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult | types.InputRequiredResult:
        """Return the report as JSON. A checkout with errors is an answer; no checkout is none."""
        path = roots.path_of(params.uri)
        if path is None and params.uri != roots.MACHINE:
            raise MCPError(types.INVALID_PARAMS, f"no such resource: {params.uri[:200]}")
        if path is None:
            report: Report = await self._ask(ctx, "ports_list", list_leases)
        else:
            folders = await self._client_roots(ctx, params)
            if folders is None:
                return _ask_for_roots()
            try:
                real = roots.checked(path, folders)
            except PortmanError as error:
                raise MCPError(types.INVALID_PARAMS, str(error)) from error
            report = await self._ask(ctx, "ports_check", lambda: check(real))
        text = types.TextResourceContents(
            uri=params.uri, mime_type="application/json", text=json.dumps(report.envelope())
        )
        return types.ReadResourceResult(contents=[text])

    async def _subscribe(
        self, ctx: Context, params: types.SubscribeRequestParams
    ) -> types.EmptyResult:
        path = roots.path_of(params.uri)
        if (path is None and params.uri != roots.MACHINE) or len(self._wanted) >= PAGE:
            raise MCPError(types.INVALID_PARAMS, f"nothing to subscribe to: {params.uri[:200]}")
        self._wanted[params.uri] = path or ""
        await self._tell(ctx)
        return types.EmptyResult()

    async def _unsubscribe(
        self, _ctx: Context, params: types.UnsubscribeRequestParams
    ) -> types.EmptyResult:
        self._wanted.pop(params.uri, None)
        return types.EmptyResult()

    async def _tell(self, ctx: Context | None) -> None:
        """Watch the machine from now on. A client that never asks for resources costs nothing.

        What changes after this returned is told, but where the first look takes too long.
        """
        if ctx is not None and ctx.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            self._session = ctx.session
        elif ctx is not None:
            return  # it listens for what it wants
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell_changes())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.feed.watching.wait(), ANSWER)

    async def _tell_changes(self) -> None:
        async for change in self.feed.listen():
            if change is None:
                continue
            if change.listed:
                await self.bus.publish(ResourcesListChanged())
            for path in change.paths or ():
                await self.bus.publish(ResourceUpdated(uri=roots.address_of(path)))
            await self.bus.publish(ResourceUpdated(uri=roots.MACHINE))
            if self._session is None:
                continue
            if change.listed:
                await self._session.send_resource_list_changed()
            for address, path in list(self._wanted.items()):
                if not path or change.paths is None or path in change.paths:
                    await self._session.send_resource_updated(address)


def _changes() -> Callable[[], MachineChange | None]:
    """Return a function that returns which checkouts changed since its last call."""
    watcher: Watcher | None = None
    last: Any = None

    def look() -> MachineChange | None:
        nonlocal watcher, last
        try:
            watcher = watcher or Watcher()
            before, last = last, watcher.look()
        except PortmanError:  # whoever asks next hears of it
            return None
        if before is None:
            return None
        found = [one for one in diff(before, last) if one.event != "connections"]
        if not found:
            return None
        seats = [{row.checkout for row in each.rows} for each in (before, last)]
        return MachineChange(frozenset(one.row.checkout for one in found), seats[0] != seats[1])

    return look


def _next(looks: Generator[Look, None, Report]) -> Look | Report:
    try:
        return next(looks)
    except StopIteration as end:
        report: Report = end.value
        return report


def _require(tool: PortTool, asked: Arguments) -> None:
    """Raise PortmanError "usage" for arguments that the tool does not take."""
    wrong = next(iter(Draft7Validator(tool.input_schema()).iter_errors(asked)), None)
    if wrong is None:
        return
    place = ".".join(str(one) for one in wrong.absolute_path)
    named = wrong.validator in ("required", "additionalProperties")
    # Other messages of the validator repeat the whole value.
    said = (
        wrong.message if named else f"{place} must have {wrong.validator} {wrong.validator_value}"
    )
    taken = ", ".join(tool.input_schema()["properties"])
    raise PortmanError("usage", printable(said[:300]), hint=f"ports_{tool.command} takes {taken}")


def _client_name(ctx: Context) -> str:
    """Return what the client calls itself, as a word that is safe in a log."""
    info = ctx.session.client_params.client_info if ctx.session.client_params else None
    return re.sub(r"[^A-Za-z0-9._-]+", "-", info.name)[:40].strip("-") if info else "mcp-client"


def _uris(answer: Any) -> Iterable[str]:
    return (str(one.uri) for one in getattr(answer, "roots", ()))


def _ask_for_roots() -> types.InputRequiredResult:
    return types.InputRequiredResult(input_requests={"roots": types.ListRootsRequest()})


def _result(report: Report, asked: Arguments | None = None) -> types.CallToolResult:
    place = (asked or {}).get("path") or "."
    envelope = placed(report, place, (asked or {}).get("instance") or "").envelope()
    return types.CallToolResult(
        content=[types.TextContent(text=json.dumps(envelope))],
        structured_content=envelope,
        is_error=bool(report.errors),
    )


def _described(name: str, tool: PortTool) -> types.Tool:
    return types.Tool(
        name=name,
        description=tool.about,
        input_schema=tool.input_schema(),
        output_schema=tool.output_schema(),
        annotations=types.ToolAnnotations(
            read_only_hint=tool.reads,
            destructive_hint=tool.destroys,
            idempotent_hint=tool.idempotent,
            open_world_hint=False,
        ),
    )


_MACHINE_RESOURCE = types.Resource(
    uri=roots.MACHINE,
    name="machine",
    description="What `portman list --json` reports: every checkout with its ports.",
    mime_type="application/json",
)


def _checkout_resource(path: str) -> types.Resource:
    return types.Resource(
        uri=roots.address_of(path),
        name=path.rpartition("/")[2] or path,
        description=f"The services of {path}: what `portman check --json` reports.",
        mime_type="application/json",
    )


def run(attempt: Attempt) -> None:
    """Serve until the client closes stdin."""
    asyncio.run(AgentServer(attempt).serve())
