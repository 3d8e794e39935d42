"""Instances that end with the processes that use them, also after kill -9.

The ledger keeps who uses such an instance (number, start and boot of each process). Nobody has to
give anything back: the next allocation of any checkout, and `portman gc`, reclaim an instance
whose processes have all ended. Its values reach programs through the environment alone; no
file is written that could outlive them.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.ports.workspace import Scene


def ephemeral_scene(start: str, instance: str, *, always: bool) -> Scene:
    """Open the scene of an instance that ends with this process, and with what it becomes.

    Without a name it gets one that nobody else has. A named instance that `up` made stays what
    it is: lasting. Raises PortmanError "usage" if it is asked to be ephemeral all the same.
    """
    from portman.base.errors import PortmanError
    from portman.machine.processes.life import token_of
    from portman.ports.workspace import open_scene

    name = instance or f"run-{os.urandom(5).hex()}"
    scene = open_scene(start, name)
    key = (scene.checkout.path, name)
    if scene.ledger.tenant(*key) is not None and key not in scene.ledger.owners():
        if always:
            raise PortmanError(
                "usage",
                f"--ephemeral: `portman up` made instance {name}, and it is to stay",
                hint=f"leave out --ephemeral, or first: portman --instance {name} down",
            )
        return scene
    scene = scene._replace(owner=token_of(os.getpid()))
    join(scene)
    return scene


def join(scene: Scene) -> None:
    """Let a known ephemeral instance also belong to this process, before its others end."""
    path, instance = scene.checkout.path, scene.checkout.instance
    if scene.ledger.tenant(path, instance) is None:
        return  # its first leases will come with the owner
    with scene.ledger.writing() as writer:
        if (path, instance) in writer.owners():
            writer.own(path, instance, scene.owner)


def owned(scene: Scene) -> Scene:
    """Return the scene as it is, or with this process as an owner if its instance has owners."""
    from portman.machine.processes.life import token_of

    key = (scene.checkout.path, scene.checkout.instance)
    if key not in scene.ledger.owners():
        return scene
    return scene._replace(owner=token_of(os.getpid()))
