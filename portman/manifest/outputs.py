"""`[[output]]`, `[compose]` and `[links]`: the files to write and read, and other projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.base.values import TEMPLATE, Link, Output
from portman.manifest.document import Fault, quoted, shown
from portman.manifest.keys import MOST_LINKS, MOST_OUTPUTS, TEMPLATE_ENDINGS
from portman.manifest.names import LONGEST_SERVICE, is_service_name
from portman.manifest.shapes import OTHER_FILE, not_a_table, read_folder, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping

    from portman.manifest.locate import KeyPath


def read_outputs(
    value: object, variables: Collection[str], faults: list[Fault]
) -> tuple[Output, ...]:
    """Read all outputs; `variables` are all names that `only` may choose from."""
    if not isinstance(value, list):
        hint = "write [[output]], with two brackets on each side" if isinstance(value, dict) else ""
        said = f"must be a list of tables, not {shown(value)}"
        faults.append(Fault(("output",), said, hint or 'write [[output]] and path = ".env"'))
        return ()
    if len(value) > MOST_OUTPUTS:
        said = f"has {len(value):,} entries; at most {MOST_OUTPUTS:,} files are written"
        faults.append(Fault(("output",), said))
        return ()
    found = []
    for index, table in enumerate(value):
        if isinstance(table, dict):
            found.append((index, _output(table, ("output", index), variables, faults)))
        else:
            hint = f"write [[output]] and path = {shown(table)}" if isinstance(table, str) else ""
            said = f"must be a table, not {shown(table)}"
            faults.append(Fault(("output", index), said, hint))
    _check_twins(found, faults)
    return tuple(output for _, output in found)


def _output(
    table: Mapping[str, object], at: KeyPath, variables: Collection[str], faults: list[Fault]
) -> Output:
    values = read_table("an output", table, at, faults)
    if "template" in table:
        return _from_template(table, values, at, faults)
    if "path" not in table:
        said = "is missing: the file to write, relative to the folder of ports.toml"
        faults.append(Fault((*at, "path"), said, 'write path = ".env"'))
    values["path"] = values.get("path") or ""
    style = values.get("format", "dotenv")
    if values.get("quote") == "single" and style != "dotenv":
        said = f"has no effect here: a file of format {style} has its own quoting"
        faults.append(Fault((*at, "quote"), said, "leave quote out"))
    if values.get("only"):
        listed = table["only"]
        for index, name in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(name, str) and name not in variables:
                said = f"is {quoted(name)}, but no service and no [env] makes that variable"
                faults.append(Fault((*at, "only", index), said, "", name, variables))
    return Output(**values)


def _from_template(
    table: Mapping[str, object], values: Mapping[str, str | None], at: KeyPath, faults: list[Fault]
) -> Output:
    """Build the output of a template, which gives it its name if it has no `path`."""
    for key in ("format", "only", "quote"):
        if key in table:
            said = "has no effect here: the template determines how the file looks"
            faults.append(Fault((*at, key), said, f"leave {key} out"))
    source = values["template"]
    where = values.get("path")
    if "path" not in table:
        name = source or ".in"
        ending = next((one for one in TEMPLATE_ENDINGS if name.endswith(one)), None)
        where = None if ending is None else name.removesuffix(ending)
        if ending is None:
            said = "is missing: the file to write from the template"
            hint = f"write path, or let the template's name end in {TEMPLATE_ENDINGS[0]}"
            faults.append(Fault((*at, "path"), said, hint))
    if where and source and where.casefold() == source.casefold():
        said = f"is {quoted(where)}, the template itself"
        faults.append(Fault((*at, "path"), said, "name another file for portman to write"))
    return Output(where or "", TEMPLATE, template=source or "")


def _check_twins(found: list[tuple[int, Output]], faults: list[Fault]) -> None:
    """Refuse two outputs on one path; `.env` and `.ENV` are one file on macOS and Windows."""
    seen: dict[str, int] = {}
    sources = {output.template.casefold() for _, output in found if output.template}
    for index, output in found:
        own = (output.template or "").casefold()
        if output.path.casefold() in sources - {own}:
            said = f"is {quoted(output.path)}, which is the template of an output"
            faults.append(Fault(("output", index, "path"), said, "give them different names"))
        if not output.path:
            continue
        first = seen.setdefault(output.path.casefold(), index)
        if first != index:
            said = f"is {quoted(output.path)}, the file that output[{first}] writes"
            faults.append(Fault(("output", index, "path"), said, "give each output its own file"))


def read_compose(
    value: object, outputs: Collection[Output], faults: list[Fault]
) -> tuple[tuple[str, ...], str | None]:
    at = ("compose", "override")
    if not isinstance(value, dict):
        faults.append(not_a_table(("compose",), value, 'file = "compose.yaml"'))
        return (), None
    values = read_table("[compose]", value, ("compose",), faults)
    files, override = values.get("file", ()), values.get("override")
    if override is None:
        return files, None
    if override.casefold() in {one.path.casefold() for one in outputs}:
        said = f"is {quoted(override)}, and so is the path of an output"
        faults.append(Fault(at, said))
    if override in files:
        said = f"is {quoted(override)}, a file of your own that compose.file names"
        faults.append(Fault(at, said, OTHER_FILE))
    return files, override


def read_links(
    value: object,
    services: Container[str],
    others: tuple[Container[str], object],
    faults: list[Fault],
) -> tuple[Link, ...]:
    """Read the links. `others`: the services' variables, and the `[env]` table unread.

    A link's name may be neither a service's nor a variable's, as `{name}` would mean two things.
    """
    if not isinstance(value, dict):
        faults.append(not_a_table(("links",), value, 'accounts = "../accounts"'))
        return ()
    if len(value) > MOST_LINKS:
        said = f"has {len(value):,} entries; at most {MOST_LINKS} are read"
        faults.append(Fault(("links",), said))
        return ()
    variables, env = others
    for name in value:
        if name in services:
            said = "has the name of a service of this project"
            faults.append(Fault(("links", name), said, "give the link another name"))
        elif name in variables or (isinstance(env, dict) and name in env):
            said = "has the name of a variable of this project"
            faults.append(Fault(("links", name), said, "give the link another name"))
        elif not is_service_name(name):
            rule = f"a letter, then letters, digits, - and _ (at most {LONGEST_SERVICE})"
            faults.append(Fault(("links", name), f"is not a link name: expected {rule}"))
    return tuple(_link(name, entry, faults) for name, entry in value.items())


def _link(name: str, entry: object, faults: list[Fault]) -> Link:
    at: KeyPath = ("links", name)
    if isinstance(entry, str):
        return Link(name, read_folder(entry, at, faults))
    if not isinstance(entry, dict):
        said = f"must be a path in quotes, not {shown(entry)}"
        faults.append(Fault(at, said, f'write {name} = "../{name}"'))
        return Link(name, "")
    values = read_table("a link", entry, at, faults)
    if "path" not in entry:
        said = "is missing: the folder of the other project's ports.toml"
        faults.append(Fault((*at, "path"), said, f'write path = "../{name}"'))
    return Link(name, values.get("path", ""), values.get("instance", ""))
