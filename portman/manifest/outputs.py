"""`[[output]]` and `[compose]`: which files are written and read, all of them in the checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from portman.base.values import FORMATS as FORMATS
from portman.base.values import TEMPLATE, Link, Output
from portman.manifest.document import Fault, quoted, shown
from portman.manifest.services import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping

    from portman.manifest.locate import KeyPath

OUTPUT_KEYS = ("path", "format", "only", "quote", "template")
#: Endings of a template that its output goes without, where `path` is left out.
TEMPLATE_ENDINGS = (".in", ".tmpl", ".template")
COMPOSE_KEYS = ("file", "override")
QUOTES = ("none", "single")
DEFAULT_OUTPUTS = (Output(".env"),)
_MANIFESTS = (["ports.toml"], ["ports.local.toml"])
LONGEST_PATH, MOST_OUTPUTS = 1024, 1000
_FORMAT_SYNONYMS: Final = {
    **dict.fromkeys((".env", "env", "env-file"), "dotenv"),
    **dict.fromkeys(("sh", "bash", "zsh", "posix", "export"), "shell"),
    **dict.fromkeys(("makefile", "mk", "gnumake"), "make"),
    **dict.fromkeys(("pwsh", "ps1", "ps"), "powershell"),
    **dict.fromkeys(("gha", "actions", "github-actions", "ci"), "github"),
}
_KEY_SYNONYMS: Final = {
    **dict.fromkeys(("file", "filename", "name", "to", "target"), "path"),
    **dict.fromkeys(("type", "kind", "as"), "format"),
    **dict.fromkeys(("keys", "names", "vars", "variables", "include", "env", "services"), "only"),
    **dict.fromkeys(("quotes", "quoting", "style"), "quote"),
    **dict.fromkeys(("source", "src", "from", "input", "tmpl"), "template"),
}


def read_outputs(
    value: object, variables: Collection[str], faults: list[Fault]
) -> tuple[Output, ...]:
    """Return the outputs; `variables` are all names that `only` may choose from."""
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
            found.append(_output(index, table, variables, faults))
        else:
            hint = f"write [[output]] and path = {shown(table)}" if isinstance(table, str) else ""
            said = f"must be a table, not {shown(table)}"
            faults.append(Fault(("output", index), said, hint))
    _check_twins(found, faults)
    return tuple(output for _, output in found)


def read_compose(
    value: object, outputs: Collection[Output], faults: list[Fault]
) -> tuple[tuple[str, ...], str | None]:
    """Return the Compose files to read and the override to write, if they are named."""
    if not isinstance(value, dict):
        hint = 'write [compose] on a line of its own, and file = "compose.yaml" under it'
        faults.append(Fault(("compose",), f"must be a table, not {shown(value)}", hint))
        return (), None
    for key in value:
        if key not in COMPOSE_KEYS:
            said = "is no key of [compose]"
            faults.append(Fault(("compose", key), said, word=key, choices=COMPOSE_KEYS))
    files = _compose_files(value.get("file", []), faults)
    override = value.get("override")
    if override is None:
        return files, None
    path = relative_path(override, ("compose", "override"), faults)
    if path is not None and path.casefold() in {one.path.casefold() for one in outputs}:
        said = f"is {quoted(path)}, and so is the path of an output"
        faults.append(Fault(("compose", "override"), said))
    if path is not None and path in files:
        said = f"is {quoted(path)}, a file of your own that compose.file names"
        faults.append(Fault(("compose", "override"), said, "name a file that portman may write"))
    return files, path


def relative_path(value: object, at: KeyPath, faults: list[Fault]) -> str | None:
    """Return a path inside the checkout, without `.` and doubled `/`; None after a fault.

    Both POSIX and Windows spellings of an absolute path are refused, as the file is shared.
    """
    if not isinstance(value, str):
        faults.append(Fault(at, f"must be a path in quotes, not {shown(value)}"))
        return None
    parts = [part for part in value.split("/") if part not in ("", ".")]
    wrong = _wrong_path(value, parts)
    if wrong is None:
        return "/".join(parts)
    said, hint = wrong
    faults.append(Fault(at, f"is {quoted(value)}, {said}", hint))
    return None


def _wrong_path(value: str, parts: list[str]) -> tuple[str, str] | None:
    """Return what is wrong with a path, and the hint; None for one that may be written."""
    inside = "write a path relative to the folder of ports.toml, and inside it"
    drive = len(value) > 1 and value[1] == ":" and value[0].isalpha()
    folded = [part.casefold() for part in parts]
    rules = (
        (not value.isprintable(), "which has control characters in it", ""),
        (len(value) > LONGEST_PATH, f"which is longer than {LONGEST_PATH} characters", ""),
        ("\\" in value, "which has a backslash in it", "write / between folders"),
        (drive or value.startswith(("/", "~")), "which is not relative", inside),
        (".." in parts, "which leads out of the checkout", inside),
        (not parts or value.endswith(("/", "/.")), "which names no file", 'write ".env", say'),
        (".git" in folded, "which lies in git's own folder", inside),
        (folded in _MANIFESTS, "the manifest itself", "name a file that portman may write"),
    )
    return next(((said, hint) for broken, said, hint in rules if broken), None)


def _output(
    index: int, table: Mapping[str, object], variables: Collection[str], faults: list[Fault]
) -> tuple[int, Output]:
    path: KeyPath = ("output", index)
    for key in table:
        if key in OUTPUT_KEYS:
            continue
        said = "is no key of an output"
        if key in _KEY_SYNONYMS:
            faults.append(Fault((*path, key), said, f'did you mean "{_KEY_SYNONYMS[key]}"?'))
        else:
            faults.append(Fault((*path, key), said, word=key, choices=OUTPUT_KEYS))
    if "template" in table:
        return index, _from_template(table, path, faults)
    where = None
    if "path" in table:
        where = relative_path(table["path"], (*path, "path"), faults)
    else:
        said = "is missing: the file to write, relative to the folder of ports.toml"
        faults.append(Fault((*path, "path"), said, 'write path = ".env"'))
    style = _format(table.get("format", "dotenv"), (*path, "format"), faults)
    quote = _quote(table.get("quote", "none"), style, (*path, "quote"), faults)
    only = table.get("only")
    if only is not None:
        only = _only(only, (*path, "only"), variables, faults)
    return index, Output(where or "", style, only, quote)


def _from_template(table: Mapping[str, object], path: KeyPath, faults: list[Fault]) -> Output:
    """Return an output made from a template, after which it is called if it has no `path`."""
    for key in ("format", "only", "quote"):
        if key in table:
            said = "is of no use here: the template says how the file looks"
            faults.append(Fault((*path, key), said, f"leave {key} out"))
    source = relative_path(table["template"], (*path, "template"), faults)
    if "path" in table:
        where = relative_path(table["path"], (*path, "path"), faults)
    else:
        where = _without_ending(source or ".in")
        if where is None:
            said = "is missing: the file to write from the template"
            hint = f"write path, or let the template's name end in {TEMPLATE_ENDINGS[0]}"
            faults.append(Fault((*path, "path"), said, hint))
    if where and source and where.casefold() == source.casefold():
        said = f"is {quoted(where)}, the template itself"
        faults.append(Fault((*path, "path"), said, "name another file for portman to write"))
    return Output(where or "", TEMPLATE, template=source or "")


def _without_ending(source: str) -> str | None:
    ending = next((one for one in TEMPLATE_ENDINGS if source.endswith(one)), None)
    return None if ending is None else source.removesuffix(ending)


def _format(value: object, path: KeyPath, faults: list[Fault]) -> str:
    if isinstance(value, str) and value in FORMATS:
        return value
    said = f"must be one of {', '.join(FORMATS)}, not {shown(value)}"
    word = value if isinstance(value, str) else None
    meant = _FORMAT_SYNONYMS.get(word.casefold()) if word else None
    if meant:
        faults.append(Fault(path, said, f'did you mean "{meant}"?'))
    else:
        faults.append(Fault(path, said, "the default is dotenv", word, FORMATS))
    return "dotenv"


def _quote(
    value: object, style: str, path: KeyPath, faults: list[Fault]
) -> Literal["none", "single"]:
    if value == "single" and style != "dotenv":
        said = f"is of no use here: a file of format {style} has its own quoting"
        faults.append(Fault(path, said, "leave quote out"))
    if value == "single":
        return "single"
    if value != "none":
        said = f'must be "none" or "single", not {shown(value)}'
        word = value if isinstance(value, str) else None
        faults.append(Fault(path, said, word=word, choices=QUOTES))
    return "none"


def _only(
    value: object, path: KeyPath, variables: Collection[str], faults: list[Fault]
) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        said = f'must be a list of variable names such as ["API_PORT"], not {_listed(value)}'
        faults.append(Fault(path, said))
        return ()
    for index, name in enumerate(value):
        if not isinstance(name, str):
            said = f"must be a variable name, not {shown(name)}"
            faults.append(Fault((*path, index), said))
        elif name not in variables:
            said = f"is {quoted(name)}, but no service and no [env] makes that variable"
            faults.append(Fault((*path, index), said, "", name, variables))
    return tuple(dict.fromkeys(name for name in value if isinstance(name, str)))


def _listed(value: object) -> str:
    return "an empty list" if value == [] else shown(value)


def _compose_files(value: object, faults: list[Fault]) -> tuple[str, ...]:
    several = isinstance(value, list)
    found = []
    for index, name in enumerate(value if isinstance(value, list) else [value]):
        path: KeyPath = ("compose", "file", index) if several else ("compose", "file")
        where = relative_path(name, path, faults)
        if where is not None:
            found.append(where)
    return tuple(found)


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


# `[links]`: other projects whose leases `[env]` may name, by where their checkouts lie.

LINK_KEYS = ("path", "instance")
MOST_LINKS, LONGEST_INSTANCE = 100, 64


def read_links(
    value: object,
    services: Container[str],
    others: tuple[Container[str], object],
    faults: list[Fault],
) -> tuple[Link, ...]:
    """Return the links. `others`: the services' variables, and the `[env]` table as it stands.

    A link's name may be neither a service's nor a variable's, as `{name}` would mean two things.
    """
    if not isinstance(value, dict):
        hint = 'write [links] on a line of its own, and accounts = "../accounts" under it'
        faults.append(Fault(("links",), f"must be a table, not {shown(value)}", hint))
        return ()
    if len(value) > MOST_LINKS:
        said = f"has {len(value):,} entries; at most {MOST_LINKS} are read"
        faults.append(Fault(("links",), said))
        return ()
    variables, env = others
    env_names = env if isinstance(env, dict) else {}
    for name in value:
        if name in services:
            said = "has the name of a service of this project"
            faults.append(Fault(("links", name), said, "give the link another name"))
        elif name in variables or name in env_names:
            said = "has the name of a variable of this project"
            faults.append(Fault(("links", name), said, "give the link another name"))
        elif not _is_name(name):
            said = f"is no name: a letter, then letters, digits, - and _ (at most {LONGEST_NAME})"
            faults.append(Fault(("links", name), said))
    return tuple(_link(name, entry, faults) for name, entry in value.items())


def _is_name(name: str) -> bool:
    plain = name.replace("-", "a").replace("_", "a")
    return plain.isascii() and plain.isalnum() and name[0].isalpha() and len(name) <= LONGEST_NAME


def _link(name: str, entry: object, faults: list[Fault]) -> Link:
    at: KeyPath = ("links", name)
    if isinstance(entry, str):
        return Link(name, _path(entry, at, faults))
    if not isinstance(entry, dict):
        said = f"must be a path in quotes, not {shown(entry)}"
        faults.append(Fault(at, said, f'write {name} = "../{name}"'))
        return Link(name, "")
    said = "is no key of a link"
    unknown = (key for key in entry if key not in LINK_KEYS)
    faults += [Fault((*at, key), said, word=key, choices=LINK_KEYS) for key in unknown]
    if "path" not in entry:
        said = "is missing: the folder of the other project's ports.toml"
        faults.append(Fault((*at, "path"), said, f'write path = "../{name}"'))
        return Link(name, "")
    path = _path(entry["path"], (*at, "path"), faults)
    return Link(name, path, _instance(entry, (*at, "instance"), faults))


def _path(value: object, at: KeyPath, faults: list[Fault]) -> str:
    """Return where the other checkout is. It may lie anywhere: nothing is written there."""
    if not isinstance(value, str):
        faults.append(Fault(at, f"must be a path in quotes, not {shown(value)}"))
        return ""
    if not value.strip() or not value.isprintable():
        faults.append(Fault(at, f"is {quoted(value)}, which names no folder"))
    elif len(value) > LONGEST_PATH:
        faults.append(Fault(at, f"has more than {LONGEST_PATH} characters"))
    elif "\\" in value:
        faults.append(Fault(at, f"is {quoted(value)}, which has a backslash in it", "write /"))
    elif value.strip("./") == "" and not value.startswith(("/", "..")):
        faults.append(Fault(at, "is this checkout itself", "a service of your own is {name}"))
    return value


def _instance(entry: Mapping[str, object], at: KeyPath, faults: list[Fault]) -> str:
    value = entry.get("instance", "")
    if isinstance(value, str):
        plain = value.replace("-", "a").replace("_", "a").replace(".", "a")
        if not value or (plain.isascii() and plain.isalnum() and len(plain) <= LONGEST_INSTANCE):
            return value
    said = f"must be the name of an instance, not {shown(value)}"
    faults.append(Fault(at, said, "letters, digits, - and _ and ."))
    return ""
