"""What docs/frameworks.md says, done: each framework in two checkouts at once.

Every command below stands in docs/frameworks.md word for word (a test holds them together).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration import needs
from tests.integration.frameworks import FRAMEWORKS, Framework
from tests.processes import portman_program

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.processes import Runner

PAGE = Path(__file__).parents[2] / "docs" / "frameworks.md"
READ = """
    import sys, urllib.request
    print(urllib.request.urlopen(sys.argv[1], timeout=90).read().decode())
    """
#: Each test ends when both runs have been up at the same time: one waits for the other's file.
PYTEST = """
import os, time, threading, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello NAME")

def test_my_own_server():
    port = int(os.environ["WEB_PORT"])
    with HTTPServer(("127.0.0.1", port), Hello) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Path("port").write_text(str(port))
        end = time.monotonic() + 90
        while not Path("../OTHER/port").exists() and time.monotonic() < end:
            time.sleep(0.05)
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
        server.shutdown()
    assert page == b"hello NAME"
    assert Path("../OTHER/port").read_text() != str(port)
"""
PLAYWRIGHT = """
import { test, expect } from "@playwright/test";
import fs from "fs";

test.use({ launchOptions: { executablePath: process.env.BROWSER_PATH } });

test("my own page", async ({ page, baseURL }) => {
  await page.goto("/");
  await expect(page.getByText("hello NAME")).toBeVisible();
  fs.writeFileSync("url", baseURL);
  await expect.poll(() => fs.existsSync("../OTHER/url"), { timeout: 60000 }).toBe(true);
  await page.reload();
  await expect(page.getByText("hello NAME")).toBeVisible();
  expect(fs.readFileSync("../OTHER/url", "utf8")).not.toBe(baseURL);
});
test.setTimeout(120000);
"""


def prepare(runner: Callable[..., Runner], framework: Framework, name: str) -> Runner:
    """Make a project in a checkout of its own."""
    extra = f", {framework.env}" if framework.env else ""
    service = f"{framework.service} = {{ port = 3000{extra} }}"
    checkout = runner(f"[services]\n{service}\n", name=name)
    write(checkout.folder, framework.files)
    for need in framework.needs:
        kind, _, what = need.rpartition(":")
        if kind == "npm":
            node_modules(checkout.folder, what)
        elif kind == "program":
            needs.program(what)
        else:
            needs.module(what)
    return checkout


def write(folder: Path, files: dict[str, str]) -> None:
    """Write the files of a project, with the names of both checkouts filled in."""
    other = {"main": "feature", "feature": "main"}[folder.name]
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.replace("NAME", folder.name).replace("OTHER", other))
        if text.startswith("#!"):
            file.chmod(0o755)


def node_modules(folder: Path, package: str) -> None:
    """Give a checkout every package beside this one, by links: what it caches there is its own."""
    shared = Path(needs.node_package(package))
    for _ in Path(package).parts:
        shared = shared.parent
    own = folder / "node_modules"
    if not own.exists():
        own.mkdir()
        for one in shared.iterdir():
            if one.name != ".cache":
                (own / one.name).symlink_to(one)


def words(command: str) -> list[str]:
    """Return the words behind `portman`, with programs as they are found here."""
    programs = {"python": sys.executable}
    beside = os.path.dirname(sys.executable)
    for name in ("flask", "uvicorn", "gunicorn", "pytest"):
        programs[name] = shutil.which(name, path=beside) or name
    return [programs.get(word, word) for word in command.split()[1:]]


def begin(checkout: Runner, command: str, **more: str) -> subprocess.Popen[str]:
    """Start a line of the page; what it says goes to the file `log`. Nothing asks the network."""
    program = portman_program(checkout.folder.parent / "bin", checkout.prefix)
    quiet = {
        "PATH": f"{program}{os.pathsep}{os.environ['PATH']}",
        "NEXT_TELEMETRY_DISABLED": "1",
        "STORYBOOK_DISABLE_TELEMETRY": "1",
        "BROWSER": "none",
        "GOPROXY": "off",
        "GOCACHE": str(checkout.folder.parent / "go-build"),
    }
    with (checkout.folder / "log").open("w") as log:
        env = checkout.environment(**quiet, **more)
        return checkout.start(*words(command), stdout=log, stderr=log, env=env)


def said(checkout: Runner) -> str:
    """Return what a started line has said so far."""
    return (checkout.folder / "log").read_text()


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: str(one.name))
def test_two_checkouts_run_it_at_once(runner: Callable[..., Runner], framework: Framework) -> None:
    """Each listens on its own port and serves its own page."""
    both = [prepare(runner, framework, name) for name in ("main", "feature")]
    for checkout in both:
        begin(checkout, framework.command)
    service, ports = framework.service, []
    for checkout in both:
        done = checkout.call("wait", service, "--timeout", "90")
        assert done.returncode == 0, (done.stderr, said(checkout))
        ports.append(checkout.port(service))
        url = checkout.call("url", service).stdout.strip()
        page = checkout.python(READ, f"{url}/{framework.page}")
        assert f"hello {checkout.folder.name}" in page
        told = json.loads(checkout.call("check", "--json").stdout)["data"]["services"][0]
        assert told["verdict"] == "running"
    assert len(set(ports)) == 2


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: str(one.name))
def test_the_page_says_what_is_tested(framework: Framework) -> None:
    """Word for word, so that a copied line works."""
    page = PAGE.read_text("utf-8")
    assert framework.command in page
    assert framework.env in page


def of_page(heading: str, kind: str) -> str:
    """Return the first block of a kind (js, console) below a heading of the page."""
    section = PAGE.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    text = section.partition(f"```{kind}\n")[2].partition("```")[0]
    assert text, (heading, kind)
    return text


def finish(both: list[tuple[Runner, subprocess.Popen[str]]]) -> None:
    """Wait for both runs, which have to succeed."""
    for checkout, process in both:
        assert process.wait(timeout=150) == 0, said(checkout)


def test_two_checkouts_run_playwright_at_once(runner: Callable[..., Runner]) -> None:
    """The page's config: each browser sees its own server, which Playwright starts and ends."""
    browser = needs.program("chromium-headless-shell", "chromium")
    files = {
        "index.html": "<p>hello NAME</p>",
        "vite.config.js": "export default { clearScreen: false }\n",
        "playwright.config.js": of_page("Playwright", "js"),
        "shop.spec.js": PLAYWRIGHT,
    }
    command = of_page("Playwright", "console").removeprefix("$ ").strip()
    both = []
    for name in ("main", "feature"):
        checkout = runner('[services]\nweb = 3000\n[env]\nWEB_URL = "{web.url}"\n', name=name)
        write(checkout.folder, files)
        for package in ("vite", "@playwright/test"):
            node_modules(checkout.folder, package)
        both.append((checkout, begin(checkout, command, BROWSER_PATH=browser)))
    finish(both)
    for checkout, _ in both:
        told = json.loads(checkout.call("check", "--json").stdout)["data"]["services"][0]
        assert told["verdict"] in ("idle", "lingering"), told


def test_two_checkouts_run_pytest_at_once(runner: Callable[..., Runner]) -> None:
    """Each run has a port of its own beside the lasting one of its checkout."""
    command = of_page("pytest", "console").removeprefix("$ ").strip()
    both = []
    for name in ("main", "feature"):
        checkout = runner("[services]\nweb = 3000\n", name=name)
        assert checkout.call("up").returncode == 0
        write(checkout.folder, {"test_shop.py": PYTEST})
        both.append((checkout, begin(checkout, command)))
    finish(both)
    for checkout, _ in both:
        assert "1 passed" in said(checkout)
        assert (checkout.folder / "port").read_text() != str(checkout.port("web"))
