"""One file per verb: gather facts, apply the rules, return a report. Nothing here prints.

A verb's file is loaded when it is first asked for (PEP 562), so that a declaration can be read, for
help and completion, without what it runs: `from portman import commands`, then `commands.up.up()`.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.commands import edit, env, explain, free, init, up, validate, wait, who

    __all__ = ["edit", "env", "explain", "free", "init", "up", "validate", "wait", "who"]
else:

    def __getattr__(name: str) -> object:
        try:
            return __import__(f"{__name__}.{name}", fromlist=["_"])
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
            raise AttributeError(name) from None
