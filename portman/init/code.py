"""What `portman init` reads out of code: the port that a server listens on. Pure."""

from __future__ import annotations

import re

from portman.base.programs import port_number
from portman.init.code_patterns import (
    BARE,
    CODE,
    GO_FLAG,
    GO_SERVES,
    OPTION,
    PORT_NAME,
    UNASKED,
)
from portman.init.findings import (
    Detected,
    DetectedAddress,
    folder_name,
    folder_of,
    is_client,
    line_of,
    service_name,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.init.findings import Found


def code(text: str, where: str) -> list[Found]:
    """A server's port in code: the default of a variable goes before a literal."""
    language = "js" if where.endswith("bin/www") else where.rpartition(".")[2]
    defaults, literals = CODE.get(language, ((), ()))
    found: list[Detected] = []
    if addressed := _address(text, where):
        return addressed
    for pattern in defaults:
        for match in re.finditer(pattern, text):
            name, number = match[1], match[2]
            if "number" in match.re.groupindex:
                name, number = match[2], match[1]
            if not is_client(name) and all(one.port != int(number) for one in found):
                found.append(_in_code(where, match, int(number), name))
    if not found:
        found += [one for pattern in literals for one in _literals(pattern, text, where)][:1]
    return [
        *(
            found
            or _settings_class(text, where)
            or _option(text, where, language)
            or _go_flag(text, where)
            or _constant(text, where)
            or _unasked(text, where, language)
            or _bare(text, where, language)
        )
    ]


def _settings_class(text: str, where: str) -> list[Detected]:
    """`port: int = 8040` of a pydantic settings class: the variable is PORT behind its prefix."""
    if not where.endswith(".py") or "BaseSettings" not in text:
        return []
    match = re.search(
        r"(?m)^[ \t]+((?:[a-z]+_)?port)\s*:\s*int\s*=\s*(?:Field\([^\n]{0,60}?)?(\d{2,5})", text
    )
    prefix = re.search(r"\benv_prefix\s*=\s*[\"'](\w*)[\"']", text)
    variable = f"{prefix[1] if prefix else ''}{match[1]}".upper() if match else ""
    if not match or not port_number(match[2]) or is_client(variable):
        return []
    return [_in_code(where, match, int(match[2]), variable)]


def _option(text: str, where: str, language: str) -> list[Detected]:
    """`--port` with its default, in a file that serves."""
    if not re.search(
        r"\b(?:uvicorn|hypercorn|[Ss]erve\w*|listen|bind|run_app|HTTPServer)\b|\.run\(", text
    ):
        return []
    for pattern in OPTION.get(language, ()):
        match = re.search(pattern, text)
        if match and port_number(match[2]):
            way = f"its option --{match[1]} takes another"
            return [_in_code(where, match, int(match[2]), way=way)]
    return []


def _bare(text: str, where: str, language: str) -> list[Detected]:
    """`listen(process.env.PORT)`: a server without a usual number."""
    match = re.search(BARE[language], text) if language in BARE else None
    if match is None or is_client(match[1]):
        return []
    return [_in_code(where, match, None, match[1])]


def _go_flag(text: str, where: str) -> list[Detected]:
    """`flag.Int("port", 8080, "...")` of a Go server: only the option moves it."""
    if not where.endswith(".go") or not re.search(GO_SERVES, text):
        return []
    for match in re.finditer(GO_FLAG, text):
        name = match["name"]
        connects = re.search(r"(?i)connect|client|upstream|target|remote", match["use"])
        short = name == "p" and not re.search(r"(?i)port|listen|address", match["use"])
        if port_number(match["port"]) and not connects and not short:
            way = f"its flag --{name} takes another"
            return [_in_code(where, match, int(match["port"]), way=way)]
    return []


def _unasked(text: str, where: str, language: str) -> list[Detected]:
    """Return the number that a framework takes where its call names none."""
    for one in UNASKED.get(language, ()):
        match = re.search(one.call, text) if re.search(one.shows, text) else None
        if match is None:
            continue
        given = _call(text[match.end() :]) if match[0].endswith("(") else ""
        plain = not given if language == "go" else not re.search(r"(?i)port|addr|\*\*", given)
        if plain:
            return [_in_code(where, match, one.port, one.variable)]
    return []


def _call(text: str) -> str:
    depth = 1
    for place, char in enumerate(text[:2000]):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return text[:place].strip()
    return text[:2000].strip()


def is_settings(path: str) -> bool:
    """Return whether a file of code only holds settings: what starts is another one."""
    stem = path.rpartition("/")[2].partition(".")[0]
    return stem in ("config", "configuration", "settings", "env", "environment")


#: `env("API_ADDR", ":8080")`: an address with a default, as Go's servers take it.
_ADDRESSED = re.compile(
    r"[Ee]nv\w*\(\s*\"((?:[A-Z][A-Z0-9_]*_)?(?:ADDR|ADDRESS|LISTEN|BIND))\"\s*,\s*"
    r"\"(?:localhost|127\.0\.0\.1|0\.0\.0\.0)?:(\d{2,5})\""
    # a table of options: "LISTEN_ADDR": {..., "127.0.0.1:8080"}
    r"|\"((?:[A-Z][A-Z0-9_]*_)?LISTEN_ADDR(?:ESS)?)\":\s*\{[^}]{0,200}?\"[\w.]*:(\d{2,5})\""
)


def _address(text: str, where: str) -> list[Found]:
    """A variable that takes a whole address: its value follows the port of the service."""
    match = _ADDRESSED.search(text) if re.search(r"\bpackage main\b|[Ll]isten", text) else None
    name, number = (match[1] or match[3], match[2] or match[4]) if match else ("", "")
    if match is None or not port_number(number) or is_client(name):
        return []
    found = _in_code(where, match, int(number))
    found = found._replace(what=f"listens on {number}; {name} moves it")
    return [found, DetectedAddress(name, f"127.0.0.1:{number}", found.where, found.folder)]


def _literals(pattern: str, text: str, where: str) -> list[Detected]:
    every = [
        _in_code(where, match, int(match[1]))
        for match in re.finditer(pattern, text)
        if port_number(match[1])
    ]
    return every[:1]


def _constant(text: str, where: str) -> list[Detected]:
    """`const port = "8080"`, and PORT read near it: two statements that belong together."""
    constant = r"(?im)^[ \t]{0,40}(?:(?:pub[ \t]+)?(?:const|let|var|static)[ \t]+)?"
    constant += r"(?:default|http|server)?_?port[ \t]*(?::[ \t]*\w+[ \t]*)?:?=[ \t]*"
    constant += r"[\"':]*(\d{4,5})\b"
    match = re.search(constant, text)
    listens = re.search(r"[Ll]isten|\b(?:serve|bind)\b|\.run\(|Run\(", text)
    if not match or not listens:
        return []
    variable = re.search(rf"[Ee]nv\w*[.(\[]+[\"']?{PORT_NAME}\b", text)
    name = variable[1] if variable and not is_client(variable[1]) else ""
    return [_in_code(where, match, int(match[1]), name)]


def _in_code(
    where: str, match: re.Match[str], port: int | None, variable: str = "", way: str = ""
) -> Detected:
    at = f"{where}:{line_of(match.string, match.start())}"
    way = f"it takes {variable}" if variable else way or "no variable moves it"
    name = folder_name(where, "api" if where.endswith(".go") else "web")
    if is_settings(where) and variable.endswith("_PORT"):
        name = service_name(variable.removesuffix("_PORT"), name)
    return Detected(
        *(name, port, at, f"listens on {port or 'its port'}; {way}"), variable=variable,
        folder=folder_of(where), role="code", own=bool(variable),
    )  # fmt: skip


def dotnet_code(text: str, where: str) -> list[Found]:
    """`app.Run("http://localhost:5077")` and UseUrls of Program.cs; `Url` of appsettings.json."""
    kept: Mapping[str, str] = {
        ".cs": r"(?:\.Run(?:Async)?|UseUrls|Urls\.Add)\(\s*\"(https?)://[^\"/:]*:(\d{2,5})",
        ".json": r"\"(?:Url|[Uu]rls)\"\s*:\s*\"(https?)://[^\"/:]*:(\d{2,5})",
    }
    pattern = kept[where[where.rindex(".") :]]
    found: list[Found] = []
    for match in re.finditer(pattern, text):
        name = service_name(folder_of(where).rpartition("/")[2])
        name = f"{name}-https" if match[1] == "https" and found else name
        at = f"{where}:{line_of(text, match.start())}"
        what = f"listens on {match[2]}; it takes another by --urls http://localhost:{{{name}}}"
        if port_number(match[2]):
            found.append(
                Detected(name, int(match[2]), at, what, folder=folder_of(where), role="code")
            )
    return [*found, *(_aspire(text, where) if "DistributedApplication" in text else ())]


#: A number of the host in an Aspire AppHost: of a container, of its console, of a program.
FIXED = re.compile(
    r"\b(?:With(?:Http|Https)?Endpoint\([^;]{0,80}?\bport:\s*|WithHostPort\((?:port:\s*)?|"
    r"[a-z]\w*\.Port\s*=\s*|Add\w+\(\s*\"[\w-]+\"[^;()]{0,80}?\bport:\s*)(?P<port>\d{2,5})\b"
)
_RESOURCE = re.compile(
    r"\bAdd(?P<kind>\w+)(?:<[^>]*>)?\(\s*(?:\$?\"(?P<name>[^\"\n]+)\"|[\w.]*\b(?P<constant>\w+)\b)"
)


def _aspire(text: str, where: str) -> list[Detected]:
    """A program that the AppHost starts has files of its own, so its number is a hint here."""
    found: list[Detected] = []
    for match in FIXED.finditer(text):
        named = [*_RESOURCE.finditer(text, 0, match.end())]
        one = named[-1] if named else None
        plain = re.sub(r"\{[^}]*\}-?", "", one["name"] or one["constant"]) if one else ""
        title = service_name(plain, folder_name(where))
        name = f"{title}-{match['port']}" if title in {x.name for x in found} else title
        program = one is not None and one["kind"].endswith(("App", "Project", "Executable"))
        what = f"the AppHost {'starts' if program else 'publishes'} {title} on it"
        at = f"{where}:{line_of(text, match.start('port'))}"
        if port_number(match["port"]):
            found.append(
                Detected(
                    *(name, int(match["port"]), at, what), folder=folder_of(where), weak=program,
                    role="hint" if program else "sure",
                )
            )  # fmt: skip
    return found
