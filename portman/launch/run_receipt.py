"""All that `run` needs, from a receipt: the usual case, in little more than Python's own start."""

from __future__ import annotations

from portman.launch.facts import Launch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman.launch.facts import Wish


def remembered(wish: Wish) -> Launch | None:
    """Take all from a receipt, if nothing has changed and every port can be held at once.

    Holding is a plain bind first (launch/hold_linux.py), so it proves that the port was free:
    exactly what `up` would have found.
    """
    if wish.ephemeral or not wish.hold:
        return None
    from portman.launch.hold import take
    from portman.launch.launch import room
    from portman.launch.launch_facts import decode
    from portman.state.receipts import repeat

    found = repeat(wish.start, wish.instance, "run", _rows)
    if found is None:
        return None
    try:
        facts = decode(found[1])
    except Exception:  # noqa: BLE001 - any doubt is a miss; the long way reports what is wrong
        return None
    spot = facts.spot(wish.service) if facts is not None and wish.service else None
    if facts is None or (wish.service and spot is None) or (spot is not None and spot.activation):
        return None
    launch, most = Launch(facts, spot, wish.argv), room()
    for one in facts.spots:
        for protocol, port in one.keys():
            descriptors = take(port, protocol)
            if not descriptors:
                launch.release(list(launch.held))
                return None
            launch.held[protocol, port] = descriptors
            if len(launch.held) > most:  # taken and let go, it is still proven free
                launch.release([(protocol, port)])
    _keep_only_own(launch)
    return launch


def _rows(state: str, checkout: str, instance: str) -> str:
    from portman.ledger.fast_read import rows

    return rows(state, checkout, instance)


def _keep_only_own(launch: Launch) -> None:
    """Let go of the other services' ports: each is for the command of that service to hold."""
    if launch.spot is not None:
        own = set(launch.own_keys())
        launch.release([key for key in launch.held if key not in own])
