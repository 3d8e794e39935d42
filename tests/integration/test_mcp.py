"""`portman mcp` by the official client: every tool, resources, roots, junk, many clients.

Each test starts servers (0.7 s of processor time each): the protocol is between two processes.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import mcp_types as types
import pytest
from mcp.shared.exceptions import MCPError

from tests.integration.agents import call, client, environment
from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Portman = Callable[..., Any]

SERVER = """
import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
print("up", flush=True)
time.sleep(60)
"""
ERAS = ("legacy", "auto")
CLIENTS = 50 if os.environ.get("PORTMAN_STRESS") == "large" else 6


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ports.toml").write_text('name = "shop"\n[services]\nweb = "auto"\napi = "auto"\n')
    return folder


def serve(started: Callable[..., Any], folder: Path, port: int) -> Any:
    server = started(sys.executable, "-c", SERVER, str(port), cwd=folder, stdout=subprocess.PIPE)
    assert server.stdout.readline() == "up\n"
    return server


@pytest.mark.parametrize("era", ERAS)
def test_every_tool_answers_as_the_command_does(era: str, shop: Path, portman: Portman) -> None:
    """The same envelope as --json, within the tool's own output schema (the SDK checks it)."""
    calls: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        ("ports_up", {"names": ["web"]}, ("up", "web")),
        ("ports_check", {}, ("check",)),
        ("ports_env", {"service": "web"}, ("env", "--service", "web")),
        ("ports_list", {"project": "shop"}, ("list", "--project", "shop")),
        ("ports_who", {}, ("who",)),
        ("ports_explain", {"asked": "web"}, ("explain", "web")),
        ("ports_wait", {"timeout": 0}, ("wait", "--timeout", "0")),
        ("ports_log", {"port": 1}, ("log", "--port", "1")),
        ("ports_down", {}, ("down",)),
    ]  # fmt: skip

    async def work() -> None:
        async with client(era) as one:
            listed = await one.list_tools()
            assert len(listed.model_dump_json(exclude_none=True, by_alias=True)) < 21_000
            tools = {tool.name: tool for tool in listed.tools}
            assert {name for name, *_ in calls} | {"ports_free"} == set(tools)
            await call(one, "ports_up", shop)
            for name, arguments, argv in calls:
                if name != "ports_down":
                    said = await call(one, name, shop, **arguments)
                    there = ("-C", os.path.realpath(shop))
                    printed = json.loads(portman(*there, *argv, "--json", cwd=shop).out)
                    assert same(said) == same(printed), name
                marks: Any = tools[name].annotations
                reads = name not in ("ports_up", "ports_env", "ports_wait", "ports_down")
                assert (marks.read_only_hint, marks.open_world_hint) == (reads, False)
            assert (await call(one, "ports_down", shop))["data"]["services"]
            with pytest.raises(MCPError):
                await one.read_resource("portman://nothing")

    asyncio.run(work())
    assert not (shop / ".env").exists()


def same(envelope: dict[str, Any]) -> Any:
    """Return an answer without what changes from call to call."""
    data = {name: one for name, one in envelope["data"].items() if name != "seconds"}
    if envelope["command"] == "list":
        data["checkouts"] = [
            {name: each for name, each in one.items() if name != "used_at"}
            for one in data["checkouts"]
        ]
    if envelope["command"] == "explain":  # "leased 2 s ago"
        data["findings"] = [
            re.sub("given (just now|.*? ago)", "", str(one)) for one in data["findings"]
        ]
    if envelope["command"] == "who":  # the listeners of other tests
        data["occupants"] = []
    return {**envelope, "data": data}


def test_bad_calls_are_tool_errors_with_hints(shop: Path, tmp_path: Path) -> None:
    """Nothing is done, and the server answers the next call."""
    empty = tmp_path / "empty"
    empty.mkdir()
    bad: list[tuple[str, dict[str, Any], str]] = [
        ("ports_up", {"path": str(empty)}, "manifest-missing"),
        ("ports_up", {"path": str(tmp_path / "none")}, "usage"),
        ("ports_up", {"path": "shop"}, "usage"),
        ("ports_up", {"path": "/\0"}, "usage"),
        ("ports_up", {"path": "/" + "x" * 5000}, "usage"),
        ("ports_up", {"path": 3}, "usage"),
        ("ports_up", {}, "usage"),
        ("ports_up", {"path": str(shop), "names": ["none"]}, "service-unknown"),
        ("ports_up", {"path": str(shop), "names": ["x"] * 5000}, "usage"),
        ("ports_up", {"path": str(shop), "instance": "a/b"}, "usage"),
        ("ports_up", {"path": str(shop), "bogus": 1}, "usage"),
        ("ports_explain", {"path": str(shop)}, "usage"),
        ("ports_explain", {"path": str(shop), "asked": "x" * 3_000_000}, "usage"),
        ("ports_wait", {"path": str(shop), "timeout": 1e9}, "usage"),
        ("ports_wait", {"path": str(shop), "http": "no-slash"}, "usage"),
        ("ports_log", {"path": str(shop), "since": "yesterday"}, "usage"),
        ("ports_free", {"path": str(shop), "asked": "9", "token": "made-up"}, "free-unconfirmed"),
        ("ports_bogus", {"path": str(shop)}, "usage"),
    ]  # fmt: skip

    async def work() -> None:
        async with client() as one:
            for name, arguments, code in bad:
                answer: Any = await one.call_tool(name, arguments)
                found = answer.structured_content["errors"][0]
                assert (answer.is_error, found["code"]) == (True, code), (name, found)
                assert found["hints"], (name, found)
                assert len(found["message"]) < 400
            assert (await call(one, "ports_list", shop))["data"]["checkouts"] == []

    asyncio.run(work())


def test_stopping_takes_a_plan_and_its_token(
    shop: Path, tmp_path: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    """The token is bound to the process and its socket, to this checkout, and works once."""
    portman("up", cwd=shop)
    port = int(portman("port", "web", cwd=shop).out)
    first = serve(started, shop, port)
    plan = {"asked": str(port)}

    async def work() -> None:
        async with client() as one:
            planned = (await call(one, "ports_free", shop, **plan))["data"]
            assert str(first.pid) in planned["plan"]["steps"][0]["text"]
            assert first.poll() is None
            elsewhere = await call(one, "ports_free", tmp_path, **plan, token=planned["token"])
            assert elsewhere["errors"][0]["code"] == "free-unconfirmed"
            first.kill()
            first.wait()
            second = serve(started, shop, port)
            for _ in range(2):  # the process has changed; then the token is spent
                stale = await call(one, "ports_free", shop, **plan, token=planned["token"])
                assert stale["errors"][0]["code"] == "free-unconfirmed"
                assert stale["errors"][0]["hints"]
            assert second.poll() is None
            token = (await call(one, "ports_free", shop, **plan))["data"]["token"]
            done = await call(one, "ports_free", shop, **plan, token=token)
            assert done["data"]["state"] in ("idle", "lingering")
            assert second.wait(5) == -signal.SIGTERM
            logged = (await call(one, "ports_log", shop, port=port))["data"]["entries"]
            assert logged[-1]["event"] == "freed"
            assert (logged[-1]["command"], logged[-1]["agent"]) == ("mcp free", "mcp")
            idle = await call(one, "ports_free", shop, **plan)
            assert idle["data"]["token"] is None

    asyncio.run(work())


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.filterwarnings("ignore:.*oots.*deprecated")
def test_a_client_with_roots_stays_below_them(era: str, shop: Path, tmp_path: Path) -> None:
    """Also through a link; a client without roots may name any folder."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "ports.toml").write_text('[services]\nweb = "auto"\n')
    (shop / "out").symlink_to(other)
    (tmp_path / "shop-2").mkdir()

    async def opened(_: Any) -> types.ListRootsResult:
        return types.ListRootsResult(roots=[types.Root(uri=shop.as_uri())])

    async def work() -> None:
        async with client(era, list_roots_callback=opened) as one:
            assert (await call(one, "ports_up", shop))["exit_code"] == 0
            for folder in (other, shop / "out", tmp_path, tmp_path / "shop-2"):
                refused = await call(one, "ports_up", folder)
                assert refused["errors"][0]["code"] == "outside-roots"
                assert refused["errors"][0]["hints"]
            with pytest.raises(MCPError, match="not below"):
                await one.read_resource(f"portman://checkout/{other}")
        async with client(era) as one:
            assert (await call(one, "ports_up", other))["exit_code"] == 0

    asyncio.run(work())
    assert (other / ".env").exists()


def test_wait_reports_progress_and_other_calls_go_on(
    shop: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    portman("up", cwd=shop)
    ports = [int(portman("port", name, cwd=shop).out) for name in ("web", "api")]
    said: list[tuple[float, float | None, str | None]] = []

    async def told(progress: float, total: float | None, message: str | None) -> None:
        said.append((progress, total, message))

    async def work() -> None:
        async with client() as one:
            asked = {"path": str(shop), "timeout": 60}
            waiting = asyncio.create_task(
                one.call_tool("ports_wait", asked, progress_callback=told)
            )
            while not said:
                await asyncio.sleep(0.05)
            assert (await call(one, "ports_check", shop))["exit_code"] == 0
            assert not waiting.done()
            for port in ports:
                serve(started, shop, port)
            answer: Any = await waiting
            assert not answer.is_error
            assert all(each["up"] for each in answer.structured_content["data"]["services"])

    asyncio.run(work())
    assert said[0][1:] == (60, "0 of 2 up; not yet: web, api")
    assert [one for one, *_ in said] == sorted(one for one, *_ in said)


@pytest.mark.filterwarnings("ignore:.*subscribe is removed")
def test_subscribers_hear_what_changes(
    shop: Path, tmp_path: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    """In the era of handshakes: resources/updated for what was subscribed to, and list_changed."""
    portman("up", cwd=shop)
    port = int(portman("port", "web", cwd=shop).out)
    address = f"portman://checkout/{shop}"
    heard: list[str] = []

    async def on_message(message: Any) -> None:
        method = getattr(message, "method", "")
        heard.append(f"{method} {getattr(message.params, 'uri', '')}".strip())

    async def until(text: str) -> None:
        end = time.monotonic() + 30
        while text not in heard and time.monotonic() < end:
            await asyncio.sleep(0.05)
        assert text in heard

    async def work() -> None:
        async with client(message_handler=on_message) as one:
            listed = {each.uri for each in (await one.list_resources()).resources}
            quoted = "portman://checkout/" + str(shop).replace("/", "%2F")
            assert listed == {"portman://machine", quoted}
            await one.session.subscribe_resource(address)
            server = serve(started, shop, port)
            await until(f"notifications/resources/updated {address}")
            text: Any = (await one.read_resource(address)).contents[0]
            services = json.loads(text.text)["data"]["services"]
            assert services[0]["verdict"] == "running"
            server.kill()
            other = tmp_path / "other"
            other.mkdir()
            (other / "ports.toml").write_text('[services]\nweb = "auto"\n')
            portman("up", cwd=other)
            await until("notifications/resources/list_changed")
            machine: Any = (await one.read_resource("portman://machine")).contents[0]
            assert str(other) in machine.text
            await one.session.unsubscribe_resource(address)

    asyncio.run(work())


def test_listeners_of_the_newest_era_hear_it_too(
    shop: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    """By subscriptions/listen: no session, one stream."""
    portman("up", cwd=shop)
    port = int(portman("port", "web", cwd=shop).out)

    async def work() -> None:
        async with client("auto") as one:
            addresses = [each.uri for each in (await one.list_resources()).resources]
            async with one.listen(resource_subscriptions=addresses) as events:
                serve(started, shop, port)
                heard: set[str] = set()
                async with asyncio.timeout(30):
                    async for event in events:
                        heard.add(getattr(event, "uri", ""))
                        if heard >= set(addresses):
                            break

    asyncio.run(work())


JUNK = (
    b"\n", b"junk\n", b"{}\n", b"[]\n", b"null\n", b"\xff\xfe\x00\n", b'{"jsonrpc":"2.0"}\n',
    b'{"jsonrpc":"2.0","id":1}\n', b'{"jsonrpc":"2.0","id":null,"method":"tools/call"}\n',
    b'{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":5}}\n',
    b'{"jsonrpc":"2.0","id":3,"method":"tools/call","params":[1,2]}\n',
    b'{"jsonrpc":"2.0","id":4,"method":"no/such"}\n',
    b'{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}\n',
    b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}\n',
    b'{"jsonrpc":"2.0","id":5,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}\n',
    b"[" * 100_000 + b"\n", b'"' + b"x" * 8_000_000 + b'"\n',
)  # fmt: skip
HELLO = (
    '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18",'
    '"capabilities":{},"clientInfo":{"name":"fuzz","version":"1"}}}\n'
    '{"jsonrpc":"2.0","method":"notifications/initialized"}\n'
)


def raw_server(started: Callable[..., Any], **options: Any) -> Any:
    return started(
        sys.executable, "-m", "portman", "mcp", cwd="/", env=environment(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options,
    )  # fmt: skip


def answer_to(server: Any, number: int) -> dict[str, Any]:
    """Read what the server writes until the answer to a request. Each line is one message."""
    for line in server.stdout:
        message: dict[str, Any] = json.loads(line)
        assert message["jsonrpc"] == "2.0"
        if message.get("id") == number and "method" not in message:
            return message
    raise AssertionError("the server ended")


def test_junk_does_not_end_the_server(
    shop: Path, started: Callable[..., Any], tmp_path: Path
) -> None:
    """Every line of stdout is a message, stderr has no traceback, and the next call is answered."""
    with (tmp_path / "stderr").open("w+") as errors:
        server = raw_server(started, stderr=errors)
        server.stdin.write(HELLO)
        server.stdin.flush()
        assert answer_to(server, 0)["result"]["serverInfo"]["name"] == "portman"
        for number, junk in enumerate(JUNK):
            server.stdin.buffer.write(junk)
            asked = {"name": "ports_check", "arguments": {"path": str(shop)}}
            request = {"jsonrpc": "2.0", "id": 100 + number, "method": "tools/call"}
            server.stdin.write(json.dumps({**request, "params": asked}) + "\n")
            server.stdin.flush()
            found = answer_to(server, 100 + number)["result"]["structuredContent"]
            assert found["errors"][0]["code"] == "lease-missing"
        server.stdin.close()
        assert server.wait(10) == 0
        errors.seek(0)
        assert "Traceback" not in errors.read()


def test_a_client_that_dies_leaves_nothing(
    shop: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    """Killed while two calls run: the server ends, every lease is whole, nothing holds a port."""
    read, write = os.pipe()
    server = started(
        sys.executable, "-m", "portman", "mcp", cwd="/", env=environment(),
        stdin=read, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.close(read)
    os.write(write, HELLO.encode())
    answer_to(server, 0)
    for number, (name, more) in enumerate((("ports_wait", {"timeout": 500}), ("ports_up", {})), 1):
        asked = {"name": name, "arguments": {"path": str(shop), **more}}
        request = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": asked}
        os.write(write, (json.dumps(request) + "\n").encode())
    server.stdout.close()
    time.sleep(0.3)
    os.close(write)
    server.wait(20)
    assert "Traceback" not in server.stderr.read()
    found = portman("up", "--json", cwd=shop)
    assert found.code == 0
    ports = [one["port"] for one in json.loads(found.out)["data"]["services"]]
    assert len(set(ports)) == 2
    assert portman("who", "web", cwd=shop).code == 1


def test_many_clients_at_once(tmp_path: Path, portman: Portman) -> None:
    """Each in a checkout of its own: every port is given once. 50 with PORTMAN_STRESS=large."""
    folders = [tmp_path / f"shop-{number}" for number in range(CLIENTS)]
    for folder in folders:
        folder.mkdir()
        (folder / "ports.toml").write_text('[services]\nweb = "auto"\napi = "auto"\n')

    async def one_client(folder: Path) -> list[int]:
        async with client() as one:
            found = await call(one, "ports_up", folder)
            again = await call(one, "ports_check", folder)
        ports = [each["port"] for each in found["data"]["services"]]
        assert [each["port"] for each in again["data"]["services"]] == ports
        return ports

    async def work() -> list[list[int]]:
        return await asyncio.gather(*(one_client(folder) for folder in folders))

    found = [port for ports in asyncio.run(work()) for port in ports]
    assert len(set(found)) == len(found) == 2 * CLIENTS
    entries = json.loads(portman("log", "--newest", "0", "--json").out)["data"]["entries"]
    assert {one["command"] for one in entries} == {"mcp up"}


def test_without_its_packages_one_line_says_how_to_add_them(tmp_path: Path) -> None:
    """The extra is missing in an environment of its own: a process that cannot find `mcp`."""
    code = (
        "import sys, importlib.util as u; find = u.find_spec; "
        "u.find_spec = lambda name, *rest: None if name == 'mcp' else find(name, *rest); "
        "sys.argv = ['portman', 'mcp']; from portman.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == (
        "error: mcp: mcp is not installed; it comes with an extra\n"
        '       pip install "ports-toml[mcp]"\n'
    )
