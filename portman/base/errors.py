"""The one exception root, and the one table of codes that users and scripts may rely on."""

from __future__ import annotations

from portman.base.record import NamedTuple

OK, NEGATIVE, USAGE, BUG, MANIFEST, UNUSABLE = 0, 1, 2, 3, 4, 5
INTERRUPTED = 130

#: exit code -> code -> what it means.
_MEANINGS: dict[int, dict[str, str]] = {
    OK: {  # worth knowing; reported in `warnings`
        "usual-taken": "A service got another port than its usual one, which is taken.",
        "port-moved": "A service moved to another port.",
        "port-handed-on": "A service got the port of one that ports.toml no longer has.",
        "pool-overflow": "The pool is full; the port comes from the next band.",
        "output-not-ignored": "git does not ignore an output that was just written.",
        "env-shadowed": "A variable of the environment differs from this checkout's value.",
        "output-shadowed": "A line outside the portman block, or in a file read later, sets the "
        "same variable.",
        "output-copied": "An output had the ports of another checkout: it was copied from there.",
        "output-dropped": "A file is not an output any more; portman's text was taken out.",
        "output-in-place": "An output is a mount of its own, and was written in place.",
        "lingering": "Closed connections block a server without SO_REUSEADDR for a minute.",
        "options-added": "`run` gave a program the options or variables that it lacked.",
        "options-unreached": "A program lacks an option for its port, and none reaches it.",
        "variables-dropped": "A wrapper does not pass on the variables of `run`.",
        "env-file-wins": "A wrapper takes ports from .env instead of the instance's own.",
        "manifest-proposed": "`run` leased a port in a folder without ports.toml.",
        "not-up": "A service does not listen yet.",
        "not-held": "A port cannot be held while its service starts.",
        "still-running": "A service still runs on a port whose lease was given back.",
        "instance-kept": "Another instance of the checkout keeps its ports.",
        "containers-left": "Containers of this checkout still exist; portman stops none.",
        "owner-unknown": "The system did not say who has a port, so it has no verdict; the "
        "message says why.",
        "process-hidden": "Which process has the port cannot be seen; the message says why.",
        "not-accepting": "A service listens but does not accept connections.",
        "wrong-port": "A program of the checkout listens on a port that is not its own.",
        "port-joinable": "A program keeps the port bound, and servers can start all the same.",
        "port-lingering": "Closed connections (TIME_WAIT) remain on a port that was freed.",
        "port-held": "A port is held without a listener, and a server can start there.",
        "port-elsewhere": "The address is free; another program has the same port on another "
        "address.",
        "port-not-pid": "The number is also the pid of a process, which was not stopped.",
        "ledger-unread": "The ledger could not be read, so leases are not shown.",
        "ledger-offline": "The ledger server did not answer; the message says what goes on, or is "
        "sent later.",
        "ledger-unvouched": "The ledger server has not vouched for leases in time; others may "
        "have got their ports.",
        "ledger-lost": "A port was given to another machine after its time; the service moved.",
        "port-claimed": "A stopped container reserves a leased port; whichever starts second "
        "fails.",
        "names-left-out": "A checkout's manifest cannot be read, so its names have no routes.",
        "engine-unseen": "The container engine did not answer; the message names what is unknown.",
        "compose-unclear": "A part of a Compose file could not be understood; the message names "
        "it.",
        "compose-unread": "Compose would ignore the file that portman writes for it.",
        "compose-shadowed": "A variable of the shell overrides what portman writes for Compose.",
        "compose-bypassed": "A command of the project starts Compose so that it ignores what "
        "portman writes.",
        "state-closed": "The group could write in the state folder; portman took that right away.",
        "ledger-moved": "The ledger lay where an earlier version kept it; it was moved.",
        "compose-mismatch": "Compose would publish another port than the leased one.",
        "compose-isolated": "A name that a Compose file fixes is another one in this checkout; "
        "the message names both.",
        "compose-url": "A Compose file has a usual port in a text; here the service has another.",
        "compose-fixed": "Compose files publish ports that every checkout has; no entry leases "
        "them.",
        "compose-shared": "This checkout's containers use something of the first checkout's.",
        "address-kept": "init: an address keeps its number in every checkout; the message says "
        "where.",
        "name-shared": "init: a container has the same name in every checkout.",
        "output-elsewhere": "init: git tracks .env, so the proposal writes another file.",
        "adopt-by-hand": "adopt: a place that is not changed safely; the message says where.",
        "detail-dropped": "init: a detail is left out of the proposal; ports.toml cannot hold it.",
        "bind-denied": "A sandbox denies binding ports; the kernel's tables answered instead.",
    },
    NEGATIVE: {  # the answer is no
        "nothing-found": "init: no file names a port, so nothing was written.",
        "folder-refused": "init: a home folder or / gets no ports.toml.",
        "port-idle": "Nothing has the port.",
        "free-refused": "portman does not stop what has the port; the message gives the reason.",
        "free-unconfirmed": "Stopping was not confirmed: answer y, or give --yes.",
        "free-failed": "The port is still taken after the plan was carried out.",
        "port-taken": "Another checkout or program has a leased port.",
        "wrong-address": "A service listens, but not on the address that the manifest gives it.",
        "port-leased": "A fixed port is leased to another checkout.",
        "port-unusable": "The system refuses the port: it is privileged or excluded.",
        "target-missing": "The service is not a container, so it has no port inside one.",
        "service-unknown": "The manifest has no service of that name.",
        "service-exists": "The manifest already has a service of that name.",
        "service-running": "A running service is not moved or started again.",
        "url-unopened": "A browser opens HTTP only; the service has another protocol.",
        "move-unknown": "The log has no move of this checkout that can be taken back.",
        "manifest-exists": "A ports.toml exists here; it is never overwritten.",
        "output-stale": "An output differs from the ledger.",
        "lease-missing": "A service of the manifest has no lease yet.",
        "hold-unavailable": "This system lets no service bind a port that is held.",
        "check-failed": "A check of `portman doctor` failed.",
        "pool-exhausted": "No port is left in any band of the pool.",
        "integrate-by-hand": "A file was not changed; the message shows the text to insert by "
        "hand.",
        "integrate-unconfirmed": "Writing was not confirmed: answer y, or give --yes.",
        "uninstall-unconfirmed": "Removing was not confirmed: answer y, or give --yes.",
        "adopt-unconfirmed": "Adopting was not confirmed: answer y, or give --yes.",
        "undo-unknown": "--undo: nothing that was written here is recorded.",
        "undo-changed": "--undo: a file was changed since, so none was put back.",
        "adopt-changed": "adopt: a file was changed since, so it is left unchanged.",
        "port-literal": "adopt: a port in a file would collide in a second checkout.",
        "link-missing": "A project of [links] does not exist, or has no such service.",
        "link-unleased": "A service of a project of [links] has no port yet.",
        "not-listening": "A service did not listen in time.",
        "not-answering": "A service listens, but did not accept or answer in time.",
    },
    USAGE: {
        "usage": "The command line is wrong.",
        "outside-roots": "mcp: the path is not below a folder that the client has opened.",
        "extra-missing": "The command needs packages of an extra that is not installed.",
    },
    UNUSABLE: {  # ledger, engine or file system
        "remote-failed": "`forward`: ssh or the portman of the other host failed.",
        "proxy-missing": "`names --serve` starts Caddy, which is not installed.",
        "probe-failed": "The system does not report whether a port is idle.",
        "system-limit": "The system lets portman open no more files.",
        "ledger-unusable": "The ledger cannot be opened or written.",
        "ledger-damaged": "The ledger is damaged.",
        "ledger-newer": "The ledger was written by a newer portman.",
        "ledger-foreign": "The state folder belongs to another user.",
        "ledger-unreachable": "The ledger server does not answer, and only it may give a port of "
        "a shared space.",
        "ledger-space": "A port space has two names, or two port spaces have one.",
        "ledger-older": "The ledger server has lost changes that it once confirmed.",
        "ledger-busy": "Another process kept the ledger locked for too long.",
        "compose-project": "A command that passes portman by would take another checkout's "
        "Compose project, or write to its data.",
        "compose-name": "Compose would take another checkout's project, and no file gives it "
        "another name.",
        "compose-refused": "Compose would refuse the project with what portman would write, so it "
        "was not written.",
        "compose-old": "This Compose is older than 2.24.4 (podman-compose: 1.4) and cannot replace "
        "ports.",
        "output-tracked": "git tracks an output, so portman does not write it.",
        "output-outside": "An output would be written outside the checkout.",
        "output-damaged": "The portman markers in an output do not enclose one block.",
        "output-clash": "Two outputs are one file, or an output is a file of another use.",
        "output-foreign": "A file that portman did not write has the path of an output.",
        "output-unwritable": "An output cannot be written.",
    },
    BUG: {  # ours
        "bug": "A bug in portman; the log file has the details.",
    },
    MANIFEST: {
        "manifest-missing": "No ports.toml in this folder or above.",
        "manifest-unreadable": "ports.toml cannot be read as a text file.",
        "manifest-invalid": "ports.toml has an invalid value, or an unknown key.",
        "template-unreadable": "The template of an output cannot be read as text.",
        "template-invalid": "The template of an output uses an unknown variable.",
        "value-unquotable": "A value of [env] has no spelling that all readers of the format "
        "agree on.",
    },
    126: {  # `run`, as in a shell
        "command-refused": "The command of `run` exists, but the system cannot start it.",
    },
    127: {
        "command-missing": "The command of `run` does not exist.",
    },
    INTERRUPTED: {  # stopped
        "interrupted": "Stopped with Ctrl-C.",
    },
}
#: code -> (exit code, what it means). docs/errors.md is made from this table.
CODES: dict[str, tuple[int, str]] = {
    code: (exit_code, meaning)
    for exit_code, rows in _MEANINGS.items()
    for code, meaning in rows.items()
}


class Problem(NamedTuple):
    """One thing wrong or worth knowing. Each line of `hint` is a next step (base/hints.py)."""

    code: str
    message: str
    hint: str = ""
    service: str | None = None
    file: str | None = None
    line: int | None = None
    key: str | None = None

    def as_json(self) -> dict[str, object]:
        from portman.base.hints import hints_json

        optional = {name: getattr(self, name) for name in ("service", "file", "line", "key")}
        given = {name: value for name, value in optional.items() if value is not None}
        hints = self.hint and hints_json(self.hint)
        return {"code": self.code, "message": self.message, "hints": hints or [], **given}


#: Version of the envelope; changes when a key changes its meaning or goes.
ENVELOPE = 1
#: What this process has to say besides the answer of a command: told with its next report.
pending: list[Problem] = []


class PortmanError(Exception):
    """Root of all errors that portman raises on purpose.

    `code` is a key of CODES and decides `exit_code`; each line of `hint` is a next step: a
    sentence, a command, or `label: command`, the safest first.
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

    def __str__(self) -> str:
        """Return the messages, and each next step on a line of its own."""
        lines: dict[str, None] = {}
        for one in self.problems:
            lines[one.message] = None
            lines.update((f"  {line}", None) for line in one.hint.split("\n") if line)
        return "\n".join(lines)

    @property
    def message(self) -> str:
        return self.problems[0].message


class ServerError(PortmanError):
    """The ledger server does not answer, or refuses; leases it vouches for may go on."""


class ProblemsError(PortmanError):
    """Several problems, at least one, reported together."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        super().__init__(first.code, first.message, hint=first.hint)
        self.problems = problems


class Report(NamedTuple):
    """The result of one command, in the shape of the JSON envelope. A command prints nothing."""

    command: str
    data: dict[str, object]
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    #: Files the answer was made from, besides the manifest and git's: a receipt's evidence.
    evidence: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        return max((CODES[error.code][0] for error in self.errors), default=OK)

    def envelope(self) -> dict[str, object]:
        """Return the report in the shape of `--json`, with what this process has to say besides."""
        told = (*self.warnings, *pending)
        pending.clear()
        return {
            "portman": ENVELOPE,
            "command": self.command,
            "status": "error" if self.errors else "ok",
            "exit_code": self.exit_code,
            "data": self.data,
            "errors": [error.as_json() for error in self.errors],
            "warnings": [warning.as_json() for warning in told],
        }


def failed(command: str, error: PortmanError) -> Report:
    return Report(command, {}, error.problems)
