"""`portman dashboard` over HTTP: who may ask, what is shown, what may be changed.

Each test starts the real server (0.5 s): who gets an answer is decided by what reaches it.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest

from portman.base.values import LOCAL_SCOPE, Checkout, Lease
from portman.ledger.sqlite import SqliteLedger
from tests.integration import needs
from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


class Page:
    """A dashboard that runs, and a browser's jar with at most one cookie."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.url: str = json.loads(process.stdout.readline())["data"]["url"]
        self.port = urlsplit(self.url).port
        self.cookie = ""

    def ask(self, target: str, *, method: str = "GET", body: str = "", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie and "cookie" not in named:
            named["cookie"] = self.cookie
        with contextlib.closing(connection):
            connection.request(method, target, body or None, named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read().decode())

    def enter(self) -> None:
        """Bring the token, as the browser that `portman dashboard` opens does."""
        parts = urlsplit(self.url)
        answer = self.ask(f"{parts.path}?{parts.query}")
        assert answer.status == 303
        self.cookie = answer.headers["set-cookie"].partition(";")[0]

    def post(self, name: str, **fields: str) -> Answer:
        return self.ask(
            f"/actions/{name}",
            method="POST",
            body=urlencode(fields),
            origin=f"http://127.0.0.1:{self.port}",
            accept="application/json",
        )


@pytest.fixture(name="shop")
def _shop(tmp_path: Path, portman: Portman) -> Path:
    """Return a checkout with two leases, in a folder whose name is hostile."""
    folder = tmp_path / "<img src=x onerror=alert(1)>"
    folder.mkdir()
    (folder / "ports.toml").write_text('name = "shop"\n[services]\nweb = "auto"\njobs = "auto"\n')
    portman("up", cwd=folder)
    return folder


@pytest.fixture(name="dashboard")
def _dashboard(shop: Path, started: Callable[..., Any]) -> Callable[..., Page]:
    def start(*words: str) -> Page:
        argv = [sys.executable, "-m", "portman", "dashboard", "--no-open", "--json", *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return Page(started(*argv, cwd=shop, env=environment, stdout=subprocess.PIPE))

    return start


def serve(started: Callable[..., Any], folder: Path, port: int) -> Any:
    server = started(sys.executable, "-c", SERVER, str(port), cwd=folder, stdout=subprocess.PIPE)
    assert server.stdout.readline() == "up\n"
    return server


def port_of(portman: Portman, folder: Path) -> int:
    return int(portman("port", "web", cwd=folder).out)


def key_of(page: Page) -> str:
    """Return the key of the first service on the page: `web`, as in ports.toml."""
    return page.ask("/").text.partition('<td id="')[2].partition('"')[0]


def form_of(page: Page) -> str:
    return page.ask("/").text.partition('data-form="')[2].partition('"')[0]


def test_only_who_brought_the_token_gets_an_answer(dashboard: Callable[..., Page]) -> None:
    page = dashboard()
    for target in ("/", "/board", "/events", "/explain?address=3000", "/assets/page.js", "/doctor"):
        assert page.ask(target).status == 403, target
    assert page.ask("/?token=wrong").status == 403
    assert page.ask("/", cookie=f"portman_{page.port}=wrong").status == 403
    page.enter()
    answer = page.ask("/")
    assert answer.status == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    # The token is spent: who reads it from a process list or a history gets nothing.
    parts = urlsplit(page.url)
    assert page.ask(f"/?{parts.query}", cookie="").status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "localhost"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content_length": "999999"}, 413),
    ],
)
def test_other_names_and_sites_are_refused_with_the_cookie(
    dashboard: Callable[..., Page], headers: dict[str, str], status: int
) -> None:
    page = dashboard()
    page.enter()
    assert page.ask("/", **headers).status == status
    assert page.ask("/?q=" + "x" * 5000).status == 414
    assert page.ask("/").status == 200


def test_strangers_who_ask_without_end_keep_nobody_out(dashboard: Callable[..., Page]) -> None:
    page = dashboard()
    page.enter()
    with socket.create_connection(("127.0.0.1", int(page.port or 0)), timeout=20) as stranger:
        one = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n"
        stranger.sendall(
            (one * 600 + one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).encode()
        )
        answers = b"".join(iter(lambda: stranger.recv(65536), b"")).decode()
    assert answers.count("HTTP/1.1 403") >= 400
    assert "HTTP/1.1 429" in answers
    assert page.ask("/").status == 200


def test_connections_that_bring_no_request_keep_nobody_out(dashboard: Callable[..., Page]) -> None:
    """As many as the server takes, from whoever may connect: they are closed within seconds."""
    page = dashboard()
    page.enter()
    silent = [socket.create_connection(("127.0.0.1", int(page.port or 0))) for _ in range(210)]
    silent[0].sendall(b"GET / HTTP/1.1\r\nHost: ")
    assert page.ask("/").status == 503
    for one in silent:
        one.settimeout(20)
        assert one.recv(1) == b""
        one.close()
    assert page.ask("/").status == 200


def test_names_are_escaped_and_nothing_comes_from_outside(dashboard: Callable[..., Page]) -> None:
    page = dashboard()
    page.enter()
    text = page.ask("/").text
    assert "<img" not in text
    assert "&lt;img src=x" in text
    assert "<script>" not in text
    assert "//" not in text.replace("http://127.0.0.1", "").replace("http://localhost", "")


def test_without_actions_there_is_no_route_that_changes_anything(
    dashboard: Callable[..., Page], portman: Portman, shop: Path
) -> None:
    page = dashboard()
    page.enter()
    before = port_of(portman, shop)
    for name in ("reassign", "release", "free", "consent"):
        assert page.post(name, key=key_of(page), form=form_of(page)).status == 404
    for method in ("PUT", "DELETE", "POST"):
        answer = page.ask("/", method=method, origin=f"http://127.0.0.1:{page.port}")
        assert answer.status == 405
    assert port_of(portman, shop) == before


def test_a_change_needs_form_token_and_origin(
    dashboard: Callable[..., Page], portman: Portman, shop: Path
) -> None:
    page = dashboard("--actions")
    page.enter()
    key, form, before = key_of(page), form_of(page), port_of(portman, shop)
    assert page.post("reassign", key=key, form="wrong").status == 403
    assert page.ask("/actions/reassign", method="POST", body=f"key={key}&form={form}").status == 403
    assert port_of(portman, shop) == before
    answer = page.post("reassign", key=key, form=form)
    assert (answer.status, json.loads(answer.text)["ok"]) == (200, True)
    assert port_of(portman, shop) != before
    assert page.post("reassign", key="service-none", form=form).status == 409
    assert page.post("explode", key=key_of(page), form=form).status == 409


def test_stopping_takes_a_plan_and_consent_to_exactly_it(
    dashboard: Callable[..., Page], portman: Portman, shop: Path, started: Callable[..., Any]
) -> None:
    port = port_of(portman, shop)
    first = serve(started, shop, port)
    page = dashboard("--actions")
    page.enter()
    form = form_of(page)
    plan = json.loads(page.post("free", key=key_of(page), form=form).text)
    assert str(first.pid) in plan["steps"][0]
    assert first.poll() is None
    # Another server has taken the place since: the plan is void, and its token is spent.
    first.kill()
    first.wait()
    second = serve(started, shop, port)
    answer = page.post("consent", token=plan["token"], form=form)
    assert answer.status == 409
    assert second.poll() is None
    assert page.post("consent", token=plan["token"], form=form).status == 409
    plan = json.loads(page.post("free", key=key_of(page), form=form).text)
    done = json.loads(page.post("consent", token=plan["token"], form=form).text)
    assert done["ok"]
    assert second.wait(5) == -signal.SIGTERM


@contextlib.contextmanager
def events(page: Page) -> Iterator[Iterator[tuple[str, Any]]]:
    """Open the stream; yield its events, named."""
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=10)
    connection.request("GET", "/events", headers={"cookie": page.cookie})
    answer = connection.getresponse()

    def read() -> Iterator[tuple[str, Any]]:
        name = ""
        for line in iter(answer.readline, b""):
            field, _, value = line.decode().strip().partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)

    with contextlib.closing(connection), contextlib.closing(answer):
        yield read()


def test_a_server_that_starts_is_sent_to_open_tabs(
    dashboard: Callable[..., Page], portman: Portman, shop: Path, started: Callable[..., Any]
) -> None:
    page = dashboard()
    page.enter()
    key, port = key_of(page), port_of(portman, shop)
    with events(page) as stream:
        assert next(stream)[0] == "hello"
        time.sleep(1)
        serve(started, shop, port)
        name, update = next(stream)
    assert name == "cells"
    assert update["cells"][key]["state"] == "running"


def test_explain_and_search_without_a_script(dashboard: Callable[..., Page]) -> None:
    page = dashboard()
    page.enter()
    assert "dynamic" in page.ask("/?explain=127.0.0.1%3A62893").text
    assert 'class="error"' in page.ask("/explain?address=no:such:thing").text
    assert "Nothing contains" in page.ask("/?q=nowhere").text
    assert 'class="cell' in page.ask("/?q=jobs").text
    assert page.ask("/qr?key=service-none").status == 404
    assert page.ask("/assets/..%2f..%2fprograms.tsv").status == 404


def test_tabs_survive_a_restart(dashboard: Callable[..., Page]) -> None:
    page = dashboard()
    page.enter()
    page.process.send_signal(signal.SIGINT)
    assert page.process.wait(10) == 130
    again = dashboard()
    assert again.port == page.port
    assert again.ask("/", cookie=page.cookie).status == 200


def test_it_ends_after_its_last_tab(dashboard: Callable[..., Page], portman: Portman) -> None:
    page = dashboard("--linger", "1")
    page.enter()
    page.ask("/")
    assert page.process.wait(15) == 0
    assert str(page.port) not in portman("list", "--json").out


def test_a_still_page_needs_nothing_else(shop: Path, portman: Portman) -> None:
    assert portman("dashboard", "--html", "page.html", cwd=shop).code == 0
    text = (shop / "page.html").read_text("utf-8")
    assert "<script" not in text
    assert "/assets/" not in text
    assert 'class="cell state-idle"' in text
    assert 'id="team"' not in text  # no shared ledger


def test_a_missing_extra_is_one_line_with_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from portman.cli.main import run
    from portman.cli.verbs import dashboard

    monkeypatch.setattr(dashboard, "EXTRA", ("no_such_package",))
    assert run(["dashboard"]) == 2
    said = capsys.readouterr().err
    assert "no_such_package is not installed" in said
    assert 'pip install "ports-toml[dashboard]"' in said


def test_in_a_real_browser(
    dashboard: Callable[..., Page], portman: Portman, shop: Path, started: Callable[..., Any]
) -> None:
    """Chromium: live within a second, by keyboard alone, without a script, after a restart."""
    node = needs.program("node")
    browser = needs.program("chromium-headless-shell", "chromium")
    page, port = dashboard(), port_of(portman, shop)
    script = ROOT / "tests" / "integration" / "dashboard_browser.cjs"
    driver = started(
        node,
        str(script),
        browser,
        page.url,
        cwd=shop,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    def expect(word: str) -> None:
        said = driver.stdout.readline().strip()
        assert said == word, said + driver.stdout.read()

    def go_on() -> None:
        driver.stdin.write("\n")
        driver.stdin.flush()

    expect("open")
    server = serve(started, shop, port)
    go_on()
    expect("running")
    server.kill()
    server.wait()
    go_on()
    expect("idle")
    page.process.send_signal(signal.SIGINT)
    page.process.wait(10)
    go_on()
    expect("lost")
    dashboard()
    go_on()
    expect("live again")
    expect("done")
    assert driver.wait(10) == 0


def test_five_hundred_services_of_forty_checkouts_in_a_real_browser(
    tmp_path: Path, own_state: Path, started: Callable[..., Any]
) -> None:
    """Rendered in under 200 ms of script; a frame of scrolling leaves room at 60 a second."""
    node, browser = needs.program("node"), needs.program("chromium-headless-shell", "chromium")
    ledger = SqliteLedger(str(own_state))
    with ledger.writing() as writer:
        for at in range(40):
            folder = tmp_path / f"checkout-{at}"
            folder.mkdir()
            (folder / "ports.toml").write_text("[services]\n")
            leases = [Lease(f"s{n}", 61_000 + at * 13 + n) for n in range(13 if at < 20 else 12)]
            checkout = Checkout(str(folder), project=f"p{at % 4}")
            writer.record_checkout(checkout, primary=at < 4, user="me", now=1)
            writer.grant(str(folder), "", LOCAL_SCOPE, leases, 1)
    ledger.close()
    argv = [sys.executable, "-m", "portman", "dashboard", "--no-open", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    page = Page(started(*argv, cwd=tmp_path, env=environment, stdout=subprocess.PIPE))
    script = str(ROOT / "tests" / "integration" / "dashboard_amount.cjs")
    done = subprocess.run(
        [node, script, browser, page.url], capture_output=True, text=True, timeout=120, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert (found["cells"], found["script"] < 0.2) == (500, True), found
    assert found["frame"] < 1 / 60, found
    assert found["scrolled"] > 1000, found
