"""Where a command works: the manifest, the checkout it belongs to, the ledger of this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from portman.base.errors import PortmanError
from portman.checkout.ownership import instance_of

if TYPE_CHECKING:
    from portman.base.values import Checkout, Manifest
    from portman.ledger.protocol import Ledger
    from portman.ledger.sqlite import SqliteLedger


class Workspace(NamedTuple):
    """Everything a command needs to know about where it was called."""

    manifest_path: str
    manifest: Manifest
    checkout: Checkout
    ledger: Ledger
    #: Set while an ephemeral instance is used: the process its leases end with (machine/processes/life.py).
    owner: str = ""


def open_workspace(start: str, instance: str = "") -> Workspace:
    """Find and read the manifest above `start`; open the ledger.

    Without an instance it is the one that PORTMAN_CHECKOUT names, if it names this checkout:
    what `run --instance ci` starts asks for the ports of that instance.

    Raises PortmanError: manifest-missing, manifest-unreadable, manifest-invalid, ledger-*, usage.
    """
    from portman.checkout.git import identify
    from portman.manifest.file import find_manifest, read_manifest

    check_instance(instance)
    manifest_path = find_manifest(start)
    manifest = read_manifest(manifest_path)
    folder = os.path.dirname(manifest_path)
    instance = instance or instance_of(os.environ.get("PORTMAN_CHECKOUT", ""), folder)
    checkout = identify(folder, instance)
    if manifest.name:
        checkout = checkout._replace(project=manifest.name)
    return Workspace(manifest_path, manifest, checkout, open_ledger())


def open_ledger() -> Ledger:
    """Open the ledger of this user, which need not exist yet."""
    from portman.ledger.sqlite import SqliteLedger
    from portman.state import state_folder

    ledger = SqliteLedger(state_folder())
    if _watched:
        from _thread import get_ident

        _watched.get(get_ident(), []).append(ledger)
    return ledger


#: By thread: the ledgers to close at the end of a call that a longer program made.
_watched: dict[int, list[SqliteLedger]] = {}


class LedgersClosed:
    """`with LedgersClosed():` closes every ledger that this thread opens inside.

    A command's process ends and closes its own; the Python API and the pytest plugin live on.
    """

    def __enter__(self) -> None:
        from _thread import get_ident

        self._ident = get_ident()
        self._outer = _watched.get(self._ident)
        self._mine: list[SqliteLedger] = []
        _watched[self._ident] = self._mine

    def __exit__(self, *_: object) -> None:
        for ledger in self._mine:
            ledger.close()
        if self._outer is None:
            del _watched[self._ident]
        else:
            _watched[self._ident] = self._outer


def check_instance(instance: str) -> None:
    """Refuse an instance name that could not be part of a file name.

    Raises PortmanError "usage".
    """
    plain = instance.replace("-", "").replace("_", "").replace(".", "")
    if instance and (not plain.isalnum() or not plain.isascii() or len(instance) > 64):
        raise PortmanError(
            "usage",
            f"--instance {instance!r} is not a name: letters, digits, '-', '_', '.' (at most 64)",
            hint="portman up --instance ci",
        )


# Instances that end with the processes that use them, also after kill -9.
#
# The ledger keeps who uses such an instance (number, start and boot of each process). Nobody has to
# give anything back: the next allocation of any checkout, and `portman gc`, reclaim an instance
# whose processes have all ended. Its values reach programs through the environment alone; no
# file is written that could outlive them.


def ephemeral_workspace(start: str, instance: str, *, always: bool) -> Workspace:
    """Open the workspace of an instance that ends with this process, and with what it becomes.

    Without a name it gets one that nobody else has. A named instance that `up` made stays what
    it is: lasting. Raises PortmanError "usage" if it is asked to be ephemeral all the same.
    """
    from portman.base.errors import PortmanError
    from portman.machine.processes.life import token_of

    name = instance or f"run-{os.urandom(5).hex()}"
    workspace = open_workspace(start, name)
    key = (workspace.checkout.path, name)
    if workspace.ledger.record(*key) is not None and key not in workspace.ledger.owners():
        if always:
            raise PortmanError(
                "usage",
                f"--ephemeral: `portman up` made instance {name}, and it is to stay",
                hint=f"leave out --ephemeral, or first: portman --instance {name} down",
            )
        return workspace
    workspace = workspace._replace(owner=token_of(os.getpid()))
    join(workspace)
    return workspace


def join(workspace: Workspace) -> None:
    """Let a known ephemeral instance also belong to this process, before its others end."""
    path, instance = workspace.checkout.path, workspace.checkout.instance
    if workspace.ledger.record(path, instance) is None:
        return  # its first leases will come with the owner
    with workspace.ledger.writing() as writer:
        if (path, instance) in writer.owners():
            writer.own(path, instance, workspace.owner)


def owned(workspace: Workspace) -> Workspace:
    """Return the workspace as it is, or with this process as an owner if its instance has owners."""
    from portman.machine.processes.life import token_of

    key = (workspace.checkout.path, workspace.checkout.instance)
    if key not in workspace.ledger.owners():
        return workspace
    return workspace._replace(owner=token_of(os.getpid()))
