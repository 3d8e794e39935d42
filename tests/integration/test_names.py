"""Host names of checkouts, through the Caddy and nginx of Debian and in a real browser.

Only real proxies show that the routes are valid, pass WebSockets on and are read again.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration import needs
from tests.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Result

    Portman = Callable[..., Result]

#: Answers with the name of its folder and the cookies it got; sets one; echoes a WebSocket.
SERVER = """
const http = require("node:http"), crypto = require("node:crypto"), path = require("node:path");
const name = path.basename(process.cwd());
const server = http.createServer((request, response) => {
  response.setHeader("Set-Cookie", `session=${name}; Path=/`);
  response.end(`<title>${name}</title><p id="seen">${request.headers.cookie || ""}</p>`);
});
server.on("upgrade", (request, socket) => {
  const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = crypto.createHash("sha1").update(key).digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\n" +
    `Connection: Upgrade\\r\\nSec-WebSocket-Accept: ${accept}\\r\\n\\r\\n`);
  const text = Buffer.from(name);
  socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
});
server.listen(Number(process.env.PORT), process.env.HOST, () => console.log("up"));
"""

#: Opens both checkouts twice in one browser; prints what it saw as JSON.
BROWSER = """
const { chromium } = require("playwright-core");
(async () => {
  const [, , executablePath, ...origins] = process.argv;
  const args = ["--no-sandbox", "--disable-gpu"];
  const browser = await chromium.launch({ executablePath, args });
  const page = await (await browser.newContext()).newPage();
  const seen = [];
  for (const origin of [...origins, ...origins]) {
    await page.goto(origin);
    const socket = await page.evaluate((address) => new Promise((resolve, reject) => {
      const one = new WebSocket(address.replace("http", "ws"));
      one.onmessage = (event) => { resolve(event.data); one.close(); };
      one.onerror = () => reject(new Error("no WebSocket"));
    }), origin);
    seen.push([await page.title(), await page.textContent("#seen"), socket]);
  }
  console.log(JSON.stringify(seen));
  await browser.close();
})().catch((error) => { console.error(error); process.exit(1); });
"""

#: What it sees: each page, cookie and WebSocket from its own checkout.
SEEN = [
    ["shop", "", "shop"],
    ["fix", "", "fix"],
    ["shop", "session=shop", "shop"],
    ["fix", "session=fix", "fix"],
]

MANIFEST = """\
name = "shop"
[services]
web = 3000
[env]
PUBLIC_URL = "{web.origin}"
"""


@pytest.fixture
def checkouts(
    tmp_path: Path, portman: Portman, started: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path]:
    """Return a checkout and a worktree of it, each with its server on its own port."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    first, second = tmp_path / "shop", tmp_path / "fix"
    first.mkdir()
    (first / "ports.toml").write_text(MANIFEST)
    (first / ".gitignore").write_text(".env\nroutes.*\n")
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one"),
        ("worktree", "add", "-q", str(second)),
    ):
        subprocess.run(["git", *words], cwd=first, check=True)
    for folder in (first, second):
        assert portman("up", cwd=folder).code == 0
        serve(started, folder)
    return first, second


def begin(started: Callable[..., Any], folder: Path, *words: str) -> Any:
    return started(
        *(sys.executable, "-m", "portman", *words),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )


def serve(started: Callable[..., Any], folder: Path) -> None:
    argv = ["run", "--service", "web", "--", needs.program("node"), "-e", SERVER]
    server = begin(started, folder, *argv)
    assert server.stdout.readline() == "up\n"


def origin_of(portman: Portman, folder: Path) -> str:
    data = json.loads(portman("names", "--json", cwd=folder).out)["data"]
    found: str = data["names"][0]["origin"]
    return found


def title(url: str, *, host: str) -> str:
    """Return the title of a page; waits until a server answers with one.

    Caddy answers with an empty page where it has no route yet.
    """
    request = urllib.request.Request(url, headers={"Host": host})
    until = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                text: str = answer.read().decode()
            if "<title>" in text:
                return text.partition("<title>")[2].partition("</title>")[0]
        except OSError:
            if time.monotonic() > until:
                raise
        assert time.monotonic() < until, "only empty pages"
        time.sleep(0.1)


def at_loopback(origin: str) -> str:
    """Return an origin for a program whose resolver does not know names below localhost."""
    scheme, _, rest = origin.partition("://")
    return f"{scheme}://127.0.0.1:{rest.rpartition(':')[2]}"


def test_names_of_two_checkouts(checkouts: tuple[Path, Path], portman: Portman) -> None:
    first, second = checkouts
    one, two = origin_of(portman, first), origin_of(portman, second)
    port = one.rpartition(":")[2]
    assert one == f"http://web.shop.localhost:{port}"
    assert two == f"http://web.fix.shop.localhost:{port}"
    assert f"PUBLIC_URL={two}\n" in (second / ".env").read_text()
    assert portman("run", "--", "echo", "{web.name}", cwd=second).out == "web.fix.shop.localhost\n"


def test_caddy_serves_each_checkout_its_own_pages_in_a_browser(
    checkouts: tuple[Path, Path], portman: Portman, started: Callable[..., Any]
) -> None:
    needs.program("caddy")
    chromium = needs.program("chromium-headless-shell", "chromium")
    origins = [origin_of(portman, folder) for folder in checkouts]
    proxy = begin(started, checkouts[0], "names", "--serve")
    assert "caddy serves 2 routes on loopback" in proxy.stdout.readline()
    for origin, name in zip(origins, ("shop", "fix"), strict=True):
        assert title(at_loopback(origin), host=origin.partition("://")[2]) == name
    done = subprocess.run(
        [needs.program("node"), "-e", BROWSER, "x", chromium, *origins],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == SEEN
    proxy.terminate()
    proxy.wait(10)


def test_caddy_takes_up_a_checkout_that_comes_later_and_ends_with_the_command(
    checkouts: tuple[Path, Path], tmp_path: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    needs.program("caddy")
    first, _ = checkouts
    proxy = begin(started, first, "names", "--serve")
    assert proxy.stdout.readline()
    other = tmp_path / "other"
    other.mkdir()
    (other / "ports.toml").write_text('[services]\nweb = "auto"\n')
    (other / ".gitignore").write_text(".env\n")
    portman("up", cwd=other)
    serve(started, other)
    origin = origin_of(portman, other)
    assert origin.startswith("http://web.other.localhost:")
    assert title(at_loopback(origin), host=origin.partition("://")[2]) == "other"
    again = portman("names", "--serve", cwd=other)
    assert again.code == 1
    assert "a proxy answers on port" in again.err
    proxy.terminate()
    proxy.wait(10)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(at_loopback(origin), timeout=5)


#: Runs the command that `--serve` printed; the system's own store is hidden from it.
TRUST = """
mount -t tmpfs none /usr/local/share/ca-certificates && mount -t tmpfs none /etc/ssl/certs || exit 9
exec $0
"""


@pytest.mark.root
def test_https_is_verified_in_a_browser_against_the_root_of_caddy(
    checkouts: tuple[Path, Path],
    tmp_path: Path,
    portman: Portman,
    started: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two checkouts at once: refused before the printed `caddy trust`, then each its own."""
    needs.program("caddy")
    chromium = needs.program("chromium-headless-shell", "chromium")
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    subprocess.run(
        [needs.program("certutil"), "-N", "-d", f"sql:{store}", "--empty-password"], check=True
    )
    for folder in checkouts:
        (folder / "ports.toml").write_text(MANIFEST + "[names]\nhttps = true\n")
        assert portman("up", cwd=folder).code == 0
    origins = [origin_of(portman, folder) for folder in checkouts]
    assert all(one.startswith("https://") for one in origins)
    proxy = begin(started, checkouts[0], "names", "--serve")
    assert "serves 2 routes" in proxy.stdout.readline()
    trust = proxy.stdout.readline().partition("after: ")[2].strip()
    assert trust.startswith("caddy trust --address unix/")
    wait_for_tls(origins)
    browse = [needs.program("node"), "-e", BROWSER, "x", chromium, *origins]
    kept: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 120}
    assert "ERR_CERT_AUTHORITY_INVALID" in subprocess.run(browse, cwd=ROOT, **kept).stderr
    done = subprocess.run(["unshare", "--mount", "sh", "-c", TRUST, trust], **kept)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(browse, cwd=ROOT, **kept)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == SEEN
    assert not (tmp_path / "config" / "caddy").exists(), "the user's own Caddy keeps its state"
    proxy.terminate()
    proxy.wait(10)
    assert not os.path.exists(trust.partition("unix/")[2])


def wait_for_tls(origins: list[str]) -> None:
    """Wait until the proxy has a certificate for each name."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    until = time.monotonic() + 20
    for origin in origins:
        name, _, port = origin.removeprefix("https://").partition(":")
        while True:
            try:
                with socket.create_connection(("127.0.0.1", int(port)), 5) as connection:
                    context.wrap_socket(connection, server_hostname=name).close()
                    break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.1)


#: Starts the proxy where loopback has no IPv6 address, as in many containers, and asks it.
WITHOUT_IPV6 = """
ip link set lo up
echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6
"$PYTHON" -m portman up -q
timeout 8 "$PYTHON" -m portman names --serve > serve.out &
until test -s serve.out || ! kill -0 $! 2> /dev/null; do sleep 0.1; done
port=$(sed -n 's/.*ports \\([0-9]*\\) .*/\\1/p' serve.out)
for _ in $(seq 60); do
  code=$(curl -s -o /dev/null -w '%{http_code}' -H "Host: web.shop.localhost:$port" \\
    "http://127.0.0.1:$port/") && break
  sleep 0.1
done
echo "HTTP $code"
kill $!
wait
"""


@pytest.mark.root
def test_caddy_starts_on_a_machine_without_ipv6(tmp_path: Path, own_state: Path) -> None:
    needs.program("caddy")
    (tmp_path / "ports.toml").write_text('name = "shop"\n[services]\nweb = 3000\n')
    done = subprocess.run(
        ["unshare", "--net", "bash", "-c", WITHOUT_IPV6],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "HTTP 502" in done.stdout, done.stdout + done.stderr  # no server is behind it
    assert "default_bind 127.0.0.1\n" in (own_state / "names" / "Caddyfile").read_text()


def websocket(origin: str) -> str:
    """Return the text that the server behind a name sends over a WebSocket."""
    name = origin.partition("://")[2]
    asked = [
        "GET / HTTP/1.1",
        f"Host: {name}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    with socket.create_connection(("127.0.0.1", int(name.rpartition(":")[2])), 10) as connection:
        connection.sendall("\r\n".join([*asked, "", ""]).encode())
        seen = b""
        while len(seen.partition(b"\x81")[2]) < 2:
            piece = connection.recv(4096)
            assert piece, seen
            seen += piece
    return seen.partition(b"\x81")[2][1:].decode()


def status_of(origin: str) -> int:
    """Return the status with which a proxy answers to a name."""
    host = origin.partition("://")[2]
    connection = http.client.HTTPConnection("127.0.0.1", int(host.rpartition(":")[2]), timeout=5)
    with closing(connection):
        connection.request("GET", "/", headers={"Host": host})
        return connection.getresponse().status


def test_traefik_reads_an_output_of_its_format(
    checkouts: tuple[Path, Path], tmp_path: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    """Its file provider watches the folder: a checkout that is gone has no route any more."""
    program = needs.program("traefik")
    folder = tmp_path / "dynamic"
    folder.mkdir()
    write = ("names", "--format", "traefik", "-o", str(folder / "routes.yaml"))
    assert portman(*write, cwd=checkouts[0]).code == 0
    origins = [origin_of(portman, one) for one in checkouts]
    port = origins[0].rpartition(":")[2]
    started(
        program,
        f"--entrypoints.web.address=127.0.0.1:{port}",
        f"--providers.file.directory={folder}",
        "--providers.file.watch=true",
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
        cwd=tmp_path,
    )
    for origin, one in zip(origins, checkouts, strict=True):
        assert title(at_loopback(origin), host=origin.partition("://")[2]) == one.name
        assert websocket(origin) == one.name
    portman("down", cwd=checkouts[1])
    assert portman(*write, cwd=checkouts[0]).code == 0
    until = time.monotonic() + 20
    while status_of(origins[1]) != 404:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert status_of(origins[0]) == 200


def test_portless_takes_the_commands_of_its_format(
    checkouts: tuple[Path, Path],
    tmp_path: Path,
    portman: Portman,
    started: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its proxy on a port of ours, its state in a folder of this test; nothing of the system."""
    program = needs.program("portless")
    for name, value in (("STATE_DIR", str(tmp_path / "portless")), ("SYNC_HOSTS", "0")):
        monkeypatch.setenv(f"PORTLESS_{name}", value)
    origins = [origin_of(portman, one) for one in checkouts]
    port = origins[0].rpartition(":")[2]
    proxy = started(
        *(program, "proxy", "start", "--foreground", "--no-tls", "-p", port),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    )
    for line in proxy.stdout:
        if "listening on 127.0.0.1" in line:
            break
    file = tmp_path / "routes.sh"
    assert portman("names", "--format", "portless", "-o", str(file), cwd=checkouts[0]).code == 0
    subprocess.run(["sh", str(file)], check=True, capture_output=True, timeout=60)
    for origin, one in zip(origins, checkouts, strict=True):
        assert title(at_loopback(origin), host=origin.partition("://")[2]) == one.name
        assert websocket(origin) == one.name


def test_nginx_reads_an_output_of_its_format(
    checkouts: tuple[Path, Path], tmp_path: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    program = needs.program("nginx", "/usr/sbin/nginx")
    first, second = checkouts
    more = '[[output]]\npath = ".env"\n[[output]]\npath = "routes.conf"\nformat = "nginx"\n'
    for folder in checkouts:
        (folder / "ports.toml").write_text(MANIFEST + more)
        assert portman("up", cwd=folder).code == 0
    includes = "".join(f"include {folder}/routes.conf; " for folder in checkouts)
    (tmp_path / "nginx.conf").write_text(
        "daemon off; error_log stderr; pid nginx.pid; events {}\n"
        f"http {{ access_log off; client_body_temp_path tmp; {includes} }}\n"
    )
    started(program, "-p", f"{tmp_path}/", "-c", "nginx.conf", cwd=tmp_path)
    for folder in (first, second):
        origin = origin_of(portman, folder)
        assert title(at_loopback(origin), host=origin.partition("://")[2]) == folder.name
        assert websocket(origin) == folder.name


def test_a_file_of_routes_follows_the_leases(
    checkouts: tuple[Path, Path], tmp_path: Path, portman: Portman, started: Callable[..., Any]
) -> None:
    first, second = checkouts
    file = tmp_path / "routes.caddy"
    argv = ["names", "--format", "caddy", "-o", str(file), "--follow"]
    process = begin(started, first, *argv)
    assert process.stdout.readline() == f"written: {file} (2 routes)\n"
    assert "web.fix.shop.localhost" in file.read_text()
    portman("down", cwd=second)
    assert process.stdout.readline() == f"{file}: 1 route\n"
    assert "web.fix.shop.localhost" not in file.read_text()


def test_what_another_wrote_is_never_replaced(
    checkouts: tuple[Path, Path], tmp_path: Path, portman: Portman
) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text("my own\n")
    done = portman("names", "--format", "caddy", "-o", str(file), cwd=checkouts[0])
    assert done.code == 5
    assert "was not written by portman, which left it unchanged" in done.err
    assert file.read_text() == "my own\n"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--format", "apache"], "known are caddy, traefik, nginx, portless"),
        (["--output", "x"], "a format is needed"),
        (["--format", "caddy", "--follow"], "needs --output FILE"),
        (["--serve", "--format", "nginx"], "goes alone"),
        (["--serve", "--json"], "goes alone"),
    ],
)
def test_misuse_is_told(
    checkouts: tuple[Path, Path], portman: Portman, argv: list[str], said: str
) -> None:
    done = portman("names", *argv, cwd=checkouts[0])
    assert done.code == 2
    assert said in done.err + done.out


def test_without_caddy_the_other_ways_are_named(
    checkouts: tuple[Path, Path], portman: Portman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = portman("names", "--serve", cwd=checkouts[0])
    assert done.code == 5
    assert "portman names --format nginx" in done.err


def test_a_state_folder_that_cannot_be_written_is_named(
    tmp_path: Path, own_state: Path, portman: Portman
) -> None:
    """A file in the place of the folder: no bug report, and the next command."""
    (tmp_path / "ports.toml").write_text('[services]\nweb = "auto"\n')
    assert portman("up", cwd=tmp_path).code == 0
    (own_state / "names").write_text("in the way")
    done = portman("names", cwd=tmp_path)
    assert done.code == 5
    assert f"The file {own_state}/names/ports.toml cannot be written" in done.err


def test_the_routes_of_the_machine_have_the_names_of_the_env_files(
    checkouts: tuple[Path, Path], portman: Portman
) -> None:
    """Also after the project got another name, which the ledger learns with its next lease."""
    first, _ = checkouts
    (first / "ports.toml").write_text(MANIFEST.replace("shop", "store"))
    origin = origin_of(portman, first)
    assert origin.startswith("http://web.store.localhost:")
    assert f"{origin} {{" in portman("names", "--format", "caddy", cwd=first).out
