"""portman: every service of every checkout on this machine has its own port.

The Python API (`portman.up`, `portman.ports`, `portman.hold`, `portman.check`, ...) lives in
portman/api.py and is loaded when it is first asked for: `import portman` itself costs nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portman._version import __version__ as __version__
    from portman.api import Check as Check
    from portman.api import Hold as Hold
    from portman.api import Port as Port
    from portman.api import Services as Services
    from portman.api import UnknownServiceError as UnknownServiceError
    from portman.api import Up as Up
    from portman.api import check as check
    from portman.api import env as env
    from portman.api import hold as hold
    from portman.api import ports as ports
    from portman.api import up as up
    from portman.base.errors import PortmanError as PortmanError
    from portman.base.errors import Problem as Problem

_API = ["Check", "Hold", "Port", "PortmanError", "Problem", "Services"]
_API += ["UnknownServiceError", "Up"]
_API += ["check", "env", "hold", "ports", "up"]


def __getattr__(name):  # type: ignore[no-untyped-def]
    """Load the API when one of its names is first used (PEP 562)."""
    if name == "__version__":
        from portman._version import __version__

        return __version__
    if name == "main":  # what the command of the distribution `portman` asks for
        from portman.base.neighbours import refuse

        return refuse
    if name not in _API:
        raise AttributeError(f"module 'portman' has no attribute {name!r}")
    from portman import api

    found = globals()[name] = getattr(api, name)
    return found


def __dir__():  # type: ignore[no-untyped-def]
    """Return the names of the API besides those that are loaded."""
    return sorted({*globals(), *_API, "__version__"})
