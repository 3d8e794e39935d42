"""What `portman init` reads out of code: the port that a server listens on. Pure."""

from __future__ import annotations

import re

from portman.base.programs import port_number
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
    from portman.init.findings import Found

# Code: a literal beside the name of a variable, or a listen on a literal.

_PORT_NAME = r"([A-Z][A-Z0-9_]*_PORT|PORT)"
#: Languages by the ending of a file: how a default stands beside a variable, how a literal listens.
_CODE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "js": (
        (
            (
                rf"(?:process|Bun|import\.meta|Deno)\.env(?:\.get)?[.(\[]+[\"']?{_PORT_NAME}[\"'\])]*"
                r"(?:\s+as\s+\w+)?[^\n;]{0,20}?(?:\|\||\?\?|,(?!\s*10\b))\s*[\"']?(\d{2,5})"
            ),
            rf"\.get(?:<\w+>)?\(\s*[\"']{_PORT_NAME}[\"']\s*(?:,|\)\s*(?:\|\||\?\?))\s*[\"']?(\d{{2,5}})",
            # PORT: z.coerce.number().default(3030), of zod, envalid, Joi
            (
                rf"\b{_PORT_NAME}\s*:\s*(?:z|v|num|port|[Jj]oi|yup|t|Type)\b"
                r"(?:(?!\b[A-Z][A-Z0-9_]+\s*:)[\s\S]){0,400}?default\b[(:\s\"']{1,4}(\d{2,5})"
            ),
        ),
        (
            r"\.listen\(\s*(?:\{[^}]{0,400}?\bport\s*:\s*)?(\d{2,5})\b",
            r"\b(?:Bun|Deno)\.serve\(\s*\{[^}]{0,400}?\bport\s*:\s*(\d{2,5})\b",
            r"\bserve\(\s*\{[^}]{0,400}?\bport\s*:\s*(\d{2,5})\b",
        ),
    ),
    "go": (
        (
            rf"[Ee]nv\w*\(\s*\"{_PORT_NAME}\"\s*,\s*\"?:?(\d{{2,5}})\"?",
            rf"env(?:config)?:\"{_PORT_NAME}[^`\n]{{0,200}}?[Dd]efault(?::\"|=):?(\d{{2,5}})\"",
        ),
        (
            r"(?:ListenAndServe(?:TLS)?|\.Listen|\.Run|Start)\(\s*(?:\"tcp\",\s*)?\"[^\"]*:(\d{2,5})\"",
            (
                r"(?:Int|IntP|SetDefault|IntVar|String|StringVar)\([^\n]{0,200}?"
                r"\"(?:port|addr|listen|server\.port)\"(?:\s*,\s*\"\w\")?\s*,\s*\"?"
                r"(?:[A-Za-z][\w.]*)?:?(\d{2,5})\b"
            ),
            r"\bAddr:\s*\"[^\"]*:(\d{2,5})\"",
        ),
    ),
    "py": (
        (
            rf"(?:getenv|environ\.get|config|env\w*)\(\s*[\"']{_PORT_NAME}[\"']\s*,[^\n]{{0,12}}?(\d{{2,5}})",
            rf"(?m)^[ \t]+{_PORT_NAME}\s*:\s*int\s*=\s*(?:Field\([^\n]{{0,60}}?)?(\d{{2,5}})",
        ),
        (
            (
                r"\b(?:uvicorn\.run|app\.run|run_app|socketio\.run|ui\.run|serve|launch|run_simple)"
                r"\([^)]{0,400}?\b(?:server_)?port\s*=\s*(\d{2,5})\b"
            ),
            r"HTTPServer\(\s*\(\s*[\"'][^\"']*[\"']\s*,\s*(\d{2,5})",
        ),
    ),
    "rb": (
        (rf"ENV(?:\.fetch)?[\[(]\s*[\"']{_PORT_NAME}[\"']\]?\s*(?:,|\|\|)\s*[\"']?(\d{{2,5}})",),
        (r"TCPServer\.(?:new|open)\([^)\n]{0,80}?(\d{2,5})\)", r"\bset\s+:port,\s*(\d{2,5})"),
    ),
    "rs": (
        (rf"\"{_PORT_NAME}\"[^;]{{0,120}}?\"?(?<![\w.])(\d{{2,5}})(?![\w.])",),
        (
            r"(?:bind|serve)\(\s*&?\"[^\"]*:(\d{2,5})\"",
            r"bind\(\s*\(\s*\"[^\"]*\"\s*,\s*(\d{2,5})",
            r"SocketAddr::from\(\(\s*\[[^\]]*\]\s*,\s*(\d{2,5})",
        ),
    ),
}
_CODE |= {"ts": _CODE["js"], "mjs": _CODE["js"], "cjs": _CODE["js"], "mts": _CODE["js"]}


def code(text: str, where: str) -> list[Found]:
    """A server's port in code: the default of a variable goes before a literal."""
    defaults, literals = _CODE.get(where.rpartition(".")[2], ((), ()))
    found: list[Detected] = []
    if addressed := _address(text, where):
        return addressed
    for pattern in defaults:
        for match in re.finditer(pattern, text):
            if not is_client(match[1]) and all(one.port != int(match[2]) for one in found):
                found.append(_in_code(text, where, match, int(match[2]), match[1]))
    if not found:
        found += [one for pattern in literals for one in _literals(pattern, text, where)][:1]
    return [*(found or _constant(text, where))]


def is_settings(path: str) -> bool:
    """Return whether a file of code only holds settings: what starts is another one."""
    stem = path.rpartition("/")[2].partition(".")[0]
    return stem in ("config", "configuration", "settings", "env", "environment")


#: `env("API_ADDR", ":8080")`: an address with a default, as Go's servers take it.
_ADDRESSED = re.compile(
    r"[Ee]nv\w*\(\s*\"((?:[A-Z][A-Z0-9_]*_)?(?:ADDR|ADDRESS|LISTEN|BIND))\"\s*,\s*"
    r"\"(?:localhost|127\.0\.0\.1|0\.0\.0\.0)?:(\d{2,5})\""
)


def _address(text: str, where: str) -> list[Found]:
    """A variable that takes a whole address: its value follows the port of the service."""
    match = _ADDRESSED.search(text) if re.search(r"\bpackage main\b|[Ll]isten", text) else None
    if match is None or not port_number(match[2]) or is_client(match[1]):
        return []
    found = _in_code(text, where, match, int(match[2]))
    found = found._replace(what=f"listens on {match[2]}; {match[1]} moves it")
    return [found, DetectedAddress(match[1], f"127.0.0.1:{match[2]}", found.where, found.folder)]


def _literals(pattern: str, text: str, where: str) -> list[Detected]:
    every = [
        _in_code(text, where, match, int(match[1]))
        for match in re.finditer(pattern, text)
        if port_number(match[1])
    ]
    return every[:1]


def _constant(text: str, where: str) -> list[Detected]:
    """`const port = "8080"`, and PORT read near it: two statements that belong together."""
    constant = r"(?im)^[ \t]{0,40}(?:(?:const|let|var)[ \t]+)?(?:default)?_?port[ \t]*:?=[ \t]*"
    constant += r"[\"':]*(\d{4,5})\b"
    match = re.search(constant, text)
    listens = re.search(r"[Ll]isten|\bserve\b|\.run\(|Run\(", text)
    if not match or not listens:
        return []
    variable = re.search(rf"[Ee]nv\w*[.(\[]+[\"']?{_PORT_NAME}\b", text)
    name = variable[1] if variable and not is_client(variable[1]) else ""
    return [_in_code(text, where, match, int(match[1]), name)]


def _in_code(
    text: str, where: str, match: re.Match[str], port: int, variable: str = ""
) -> Detected:
    at = f"{where}:{line_of(text, match.start())}"
    flag = re.search(r"(?:Int|IntP|IntVar|String)\([^\n]{0,200}?\"port\"", match[0])
    what = f"listens on {port}; " + (
        f"it takes {variable}"
        if variable
        else "its flag --port takes another"
        if flag
        else "no variable moves it"
    )
    name = folder_name(where, "api" if where.endswith(".go") else "web")
    if is_settings(where) and variable.endswith("_PORT"):
        name = service_name(variable.removesuffix("_PORT"), name)
    return Detected(
        *(name, port, at, what), variable=variable, folder=folder_of(where), role="code",
        own=bool(variable),
    )  # fmt: skip
