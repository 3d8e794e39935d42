"""`portman env`, `port`, `url`, `open` and `publish`: bare data, as for `$(...)`."""

from __future__ import annotations

from portman import commands
from portman.base.errors import PortmanError, Report
from portman.base.values import FORMATS
from portman.cli import OutputOptions
from portman.cli.parameters import SERVICE, Parameter, Verb, service_names
from portman.cli.render import Style

TYPE_CHECKING = False

if TYPE_CHECKING:
    from portman.cli.render import Data


def _env(options: OutputOptions, form: str, service: str | None) -> Report:
    if form not in FORMATS:
        raise PortmanError(
            "usage",
            f"--format: unknown format {form!r}; known are {', '.join(FORMATS)}",
            hint="portman env --help",
        )
    return commands.env.env(
        options.start, instance=options.instance, form=form, service=service or ""
    )


def view_env(data: Data, _style: Style) -> list[str]:
    text: str = data["text"]
    return text.removesuffix("\n").split("\n") if text else []


VERBS = {
    "env": Verb(
        _env,
        view_env,
        """
        Leases missing ports first, and writes no file. In the folder of a service (`dir`)
        the variables that are its own are among them.

        Example: eval "$(portman env --format shell)"
        """,
        form=Parameter(
            ("--format",),
            metavar="FORMAT",
            help=f"One of: {', '.join(FORMATS)}.",
            default="dotenv",
            complete=lambda _start: [(one, "") for one in FORMATS],
        ),
        service=Parameter(
            ("--service",),
            metavar="NAME",
            help="With what `run --service NAME` sets: PORT, HOST, its own variables.",
            complete=service_names,
        ),
    ),
    "port": Verb(
        lambda options, name: commands.env.port(options.start, name, instance=options.instance),
        lambda data, _style: [str(number) for number in data["ports"]],
        """
        Leases the port first if the service has none.

        Example: psql -h 127.0.0.1 -p "$(portman port db)"
        """,
        name=SERVICE,
    ),
    "url": Verb(
        lambda options, name: commands.env.url(options.start, name, instance=options.instance),
        lambda data, _style: [data["url"]],
        """
        Leases the port first if the service has none.

        Example: curl "$(portman url web)/health"
        """,
        name=SERVICE,
    ),
    "open": Verb(
        lambda options, name: commands.env.open_service(
            options.start, name, instance=options.instance
        ),
        lambda data, _style: [f"opened {data['url']}" if data["opened"] else data["url"]],
        """
        Prints the URL where no browser can be started.

        Example: portman open web
        """,
        name=SERVICE,
    ),
    "publish": Verb(
        lambda options, name: commands.env.publish(options.start, name, instance=options.instance),
        lambda data, _style: [" ".join(data["arguments"])],
        """
        Prints -p and the label by which portman recognises the container, for containers
        that Compose does not start. NAME is a [containers.*] entry, or the `service` that
        several of them share. Leases the port first if there is none; starts nothing.

        Example: docker run -d $(portman publish cache) redis
        """,
        name=SERVICE,
    ),
}
