"""What can be known of a firewall, in words all platforms share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from portman.diagnose.firewall.packet_filter import Chain


class Frontend(NamedTuple):
    """A firewall that people switch on and off. `active` is None where it cannot be told."""

    name: str
    active: bool | None
    detail: str = ""


class Filters(NamedTuple):
    """The rules that were seen, and what could not be looked at ("not looked at: no nft here")."""

    chains: tuple[Chain, ...] = ()
    unseen: tuple[str, ...] = ()
    #: Rules of systems whose filter is not modelled, as they are spelt (pf, Windows).
    spelt: tuple[str, ...] = ()
