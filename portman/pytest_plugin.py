"""pytest plugin: `ports` (the checkout's leases), `free_port` and `free_ports` (for one test).

    def test_web(free_port):            # an int, and more: free_port.url, .address
        server = create_server(("127.0.0.1", free_port))

A free port is leased in the machine's ledger for the life of the test, so that no other test,
xdist worker, run or checkout is given it; and it is taken by a socket until the test binds it.
A bind in the test's own process lets go of the hold just before it happens, whatever options it
has. A server in another process binds under the hold if it sets SO_REUSEADDR, as nearly all do;
for one that does not, call `free_port.release()` first. Where no server can bind under a hold
(all systems but Linux) starting any process lets go; then the lease alone keeps portman's users
apart.

Everything goes when the test ends, also on Ctrl-C; what a killed run leaves is reclaimed by the
next allocation on this machine.
"""

from __future__ import annotations

import os
import sys

import pytest

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from portman.api import Port
    from portman.launch.free_ports import FreePorts

#: Audit events at which a hold that would be in a server's way has to go.
_STARTS = frozenset({"subprocess.Popen", "os.posix_spawn", "os.fork", "os.forkpty", "os.exec"})
_PICKER = pytest.StashKey["FreePorts"]()


class FreePort(int):
    """A port for this test: an int with `release`, `url` and `address`."""

    _picker: FreePorts

    def release(self) -> bool:
        """Let go of the socket that holds the port, which stays leased; tell if it was held."""
        return self._picker.release(int(self))

    @property
    def url(self) -> str:
        return f"http://localhost:{int(self)}"

    @property
    def address(self) -> tuple[str, int]:
        """Return ("127.0.0.1", PORT), as `socket` takes it."""
        return "127.0.0.1", int(self)


@pytest.fixture(scope="session")
def ports(pytestconfig: pytest.Config) -> Mapping[str, Port]:
    """Every service's port of this checkout, by name: ports["web"].port, .url, .host.

    Without a ports.toml the test fails with that sentence and the next step.
    """
    from portman.api import ports as work
    from portman.base.errors import PortmanError

    said = ""
    try:
        return work(str(pytestconfig.rootpath))
    except PortmanError as error:
        said = f"{error.message}\n{error.hint}"
    pytest.fail(said, pytrace=False)  # outside of `except`: pytest prints no cause


@pytest.fixture
def free_ports(pytestconfig: pytest.Config) -> Iterator[Callable[[int], list[FreePort]]]:
    """Return a function: three ports, leased and held for this test, for the number 3."""
    picker = _picker_of(pytestconfig)
    given: list[int] = []

    def pick(count: int) -> list[FreePort]:
        found = [_free_port(number, picker) for number in picker.pick(count)]
        given.extend(found)
        return found

    yield pick
    picker.give_back(given)


@pytest.fixture
def free_port(free_ports: Callable[[int], list[FreePort]]) -> FreePort:
    """One port, leased and held for this test."""
    return free_ports(1)[0]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Give back what this process still has, before xdist hears that its worker has finished."""
    _end(session.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give it back also where the session did not come to its end."""
    _end(config)


def _end(config: pytest.Config) -> None:
    picker = config.stash.get(_PICKER, None)
    if picker is not None:
        del config.stash[_PICKER]
        _release_on_bind.discard(picker)
        picker.close()


def _free_port(number: int, picker: FreePorts) -> FreePort:
    port = FreePort(number)
    port._picker = picker  # noqa: SLF001 - an int takes no further argument
    return port


def _picker_of(config: pytest.Config) -> FreePorts:
    """Return this process's ports, made when the first test asks."""
    picker = config.stash.get(_PICKER, None)
    if picker is None:
        from portman.launch.free_ports import FreePorts

        worker = getattr(config, "workerinput", {}).get("workerid", "")
        label = f"pytest-{worker}" if worker else "pytest"
        picker = config.stash[_PICKER] = FreePorts(str(config.rootpath), label)
        _watch(picker)
    return picker


#: The pickers whose holds the audit hook lets go of. A hook cannot be removed, so there is one.
_release_on_bind: set[FreePorts] = set()
_hooked: list[bool] = []


def _watch(picker: FreePorts) -> None:
    from portman.launch.hold import OUTLASTS_START

    _release_on_bind.add(picker)
    if _hooked:
        return
    _hooked.append(True)
    starts: frozenset[str] = frozenset() if OUTLASTS_START else _STARTS

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.bind" and _release_on_bind:
            port = _port_bound(arguments)
            for one in _release_on_bind if port else ():
                one.release(port)
        elif event in starts:
            for one in _release_on_bind:
                one.release_all()

    sys.addaudithook(hook)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget)


def _forget() -> None:
    """Close a forked child's copies of the holds: they are its parent's to keep or let go."""
    for one in _release_on_bind:
        one.forget()


def _port_bound(arguments: tuple[object, ...]) -> int:
    """Return the TCP port that a bind asks for, 0 for any other bind."""
    import socket

    asked, address = arguments
    if not isinstance(address, tuple) or len(address) < 2 or not isinstance(address[1], int):
        return 0
    kind = getattr(asked, "type", None)
    return 0 if kind == socket.SOCK_DGRAM else address[1]
