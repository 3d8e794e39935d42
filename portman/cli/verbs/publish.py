"""`portman publish`: arguments for a shell's `$(...)`, so on one line and not quoted."""

from __future__ import annotations

from portman.cli.parameters import SERVICE, Verb
from portman.commands.publish import publish

VERBS = {
    "publish": Verb(
        lambda options, name: publish(options.start, name, instance=options.instance),
        lambda data, _style: [" ".join(data["arguments"])],
        """
        Prints -p and the label by which portman recognises the container, for containers
        that Compose does not start. NAME is a [containers.*] entry, or the `service` that
        several of them share. Leases the port first if there is none; starts nothing.

        Example: docker run -d $(portman publish cache) redis
        """,
        name=SERVICE,
    )
}
