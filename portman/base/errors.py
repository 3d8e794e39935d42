"""The one exception root, and the one table of codes that users and scripts may rely on."""

from __future__ import annotations

from typing import NamedTuple

OK, NEGATIVE, USAGE, BUG, MANIFEST, UNUSABLE = 0, 1, 2, 3, 4, 5
INTERRUPTED = 130

#: code -> (exit code, what it means). docs/errors.md is made from this table.
CODES: dict[str, tuple[int, str]] = {
    # 0: worth knowing; these stand in `warnings`
    "usual-taken": (OK, "A first allocation could not have its usual port and took another."),
    "port-moved": (OK, "A service has another port than before."),
    "pool-overflow": (OK, "The pool is full; ports of the next band were handed out."),
    "output-not-ignored": (OK, "git does not ignore an output that was just written."),
    "env-shadowed": (OK, "A variable of the environment has another value than this checkout's."),
    "output-shadowed": (OK, "A line outside our block sets the same name."),
    "lingering": (OK, "Closed connections keep a server without SO_REUSEADDR away for a minute."),
    "not-up": (OK, "A service does not listen yet."),
    "not-held": (OK, "A port cannot be held while its service starts; what that means."),
    "held-outside": (OK, "A command may have failed to bind a port that an outer command holds."),
    "started-again": (OK, "A command could not bind its port while it was held; started again."),
    "still-running": (OK, "A service runs on a port whose lease was given back."),
    "process-hidden": (OK, "Another user's process; only root sees which one it is."),
    "port-lingering": (OK, "Remains of closed connections are on a port that was freed."),
    "port-elsewhere": (OK, "The freed address is free; another program is on the same number."),
    "port-not-pid": (OK, "The number is also the pid of a process, which was left alone."),
    "ledger-unread": (OK, "The ledger could not be read, so nothing is said of leases."),
    "port-claimed": (
        OK,
        "A stopped container is bound to a leased port; who starts second fails.",
    ),
    "engine-unseen": (OK, "The container engine could not be asked; what it was to say is named."),
    "compose-unclear": (OK, "Something in a Compose file could not be understood; it is named."),
    "compose-unread": (OK, "Compose would not read, or not obey, what portman writes for it."),
    "compose-shadowed": (OK, "A variable of the shell hides what portman writes for Compose."),
    "compose-mismatch": (OK, "Compose, asked, would publish another port than the one leased."),
    # 1: the answer is no
    "port-idle": (NEGATIVE, "Nobody is on the port."),
    "free-refused": (NEGATIVE, "Portman will not stop what has the port; the message says why."),
    "free-unconfirmed": (NEGATIVE, "Stopping it was not confirmed: answer y, or give --yes."),
    "free-failed": (NEGATIVE, "The port is still taken after what was done."),
    "port-taken": (NEGATIVE, "A leased port is taken by a stranger: another checkout or program."),
    "port-leased": (NEGATIVE, "A fixed port is leased to another checkout."),
    "port-unusable": (NEGATIVE, "The system refuses this port (privileged, or excluded by it)."),
    "target-missing": (NEGATIVE, "A service is no container, so it has no port inside one."),
    "service-unknown": (NEGATIVE, "The manifest has no service of that name."),
    "service-exists": (NEGATIVE, "The manifest already has a service of that name."),
    "service-running": (NEGATIVE, "A running service is neither moved nor started again."),
    "manifest-exists": (NEGATIVE, "There is a ports.toml here already; it is never overwritten."),
    "output-stale": (NEGATIVE, "An output does not say what the ledger says."),
    "lease-missing": (NEGATIVE, "A service of the manifest has no lease yet."),
    "check-failed": (NEGATIVE, "A check of `portman doctor` failed."),
    "pool-exhausted": (NEGATIVE, "No port is left in any band of the pool."),
    "integrate-by-hand": (NEGATIVE, "A file was left alone: what it needs is put in by hand."),
    "integrate-unconfirmed": (NEGATIVE, "Writing was not confirmed: answer y, or give --yes."),
    "link-missing": (NEGATIVE, "A project of [links] is not there, or has no such service."),
    "link-unleased": (NEGATIVE, "A service of a project of [links] has no port yet."),
    "not-listening": (NEGATIVE, "A service did not listen in time."),
    # 2: usage
    "usage": (USAGE, "The command line is wrong."),
    # 3: ours
    "bug": (BUG, "A bug in portman; the log file has the details."),
    # 4: the manifest
    "manifest-missing": (MANIFEST, "No ports.toml here or in any folder above."),
    "manifest-unreadable": (MANIFEST, "ports.toml cannot be read as a text file."),
    "manifest-invalid": (MANIFEST, "ports.toml says something portman does not accept."),
    "template-unreadable": (MANIFEST, "The template of an output cannot be read as text."),
    "template-invalid": (MANIFEST, "The template of an output asks for what there is not."),
    "value-unquotable": (
        MANIFEST,
        "A value of [env] cannot be written so that every reader of the format agrees.",
    ),
    # 126, 127: `run`, as a shell says it
    "command-refused": (126, "The command of `run` is there, but the system will not start it."),
    "command-missing": (127, "There is no such command to run."),
    # 130: stopped
    "interrupted": (INTERRUPTED, "Stopped with Ctrl-C."),
    # 5: ledger, engine or file system
    "probe-failed": (UNUSABLE, "The system cannot tell whether a port is free."),
    "ledger-unusable": (UNUSABLE, "The ledger cannot be opened or written."),
    "ledger-damaged": (UNUSABLE, "The ledger is damaged."),
    "ledger-newer": (UNUSABLE, "The ledger was written by a newer portman."),
    "ledger-foreign": (UNUSABLE, "The state folder belongs to another user."),
    "ledger-busy": (UNUSABLE, "Another process has held the ledger for too long."),
    "compose-old": (UNUSABLE, "This Compose is older than 2.24.4 and cannot replace ports."),
    "output-tracked": (UNUSABLE, "An output is tracked by git, so portman will not write it."),
    "output-outside": (UNUSABLE, "An output would be written outside the checkout."),
    "output-damaged": (UNUSABLE, "The portman markers in an output are not one whole block."),
    "output-foreign": (UNUSABLE, "A file that portman did not write stands where an output goes."),
    "output-unwritable": (UNUSABLE, "An output cannot be written."),
}


class Problem(NamedTuple):
    """One thing wrong or worth knowing, in the shape it has in JSON."""

    code: str
    message: str
    hint: str = ""
    service: str | None = None
    file: str | None = None
    line: int | None = None
    key: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the fields that are set; code, message and hint always."""
        optional = {name: getattr(self, name) for name in ("service", "file", "line", "key")}
        told = {name: value for name, value in optional.items() if value is not None}
        return {"code": self.code, "message": self.message, "hint": self.hint, **told}


class PortmanError(Exception):
    """Root of all errors that portman raises on purpose.

    `code` is a key of CODES and decides `exit_code`; `hint` is the next command to type.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        service: str | None = None,
        file: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.exit_code = CODES[code][0]
        self.hint = hint
        self.problems: tuple[Problem, ...] = (
            Problem(code, message, hint, service=service, file=file),
        )


class ProblemsError(PortmanError):
    """Several problems found in one look, reported together (at least one)."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        super().__init__(first.code, first.message, hint=first.hint)
        self.problems = problems


# What an operation answers: data, errors, warnings. It prints nothing.


class Report(NamedTuple):
    """The result of one command, in the shape of the JSON envelope."""

    command: str
    data: dict[str, object]
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    #: Files the answer was made from, besides the manifest and git's: a receipt's evidence.
    evidence: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """Return 0, or the gravest exit code among the errors."""
        return max((CODES[error.code][0] for error in self.errors), default=OK)


def failed(command: str, error: PortmanError) -> Report:
    """Return the report of a command that could not even start."""
    return Report(command, {}, error.problems)
