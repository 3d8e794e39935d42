"""What `portman init` reads out of settings: a port, its name, where it is set. Pure.

Each reader takes the text and the path of a file; the table of all kinds of files is in
detect.py, readers of commands and of code are in sources.py.
"""

from __future__ import annotations

import json
import re
import tomllib
from itertools import islice

from portman.base.programs import port_number
from portman.init.findings import (
    Detected,
    DetectedAddress,
    Found,
    assignments,
    folder_name,
    folder_of,
    is_client,
    line_of,
    ports_of,
    service_name,
)

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

# Settings of programs: `role` "config" says more about the command that is found beside it.


#: `server: {`, `devServer = {`, `server: ServerOptions = {`
_SERVER = r"\b(?:server|devServer)\s*(?::|(?::\s*[\w.]+\s*)?=)\s*\{"


def js_config(text: str, where: str) -> list[Found]:
    """`server: { port: Number(process.env.PORT) || 3001 }` of Vite, Astro, Nuxt, webpack."""
    for match in islice(re.finditer(_SERVER, text), 20):
        inside = _flat(text[match.end() :])
        port = re.search(r"(?<![\w.])port\s*:\s*(.+)", inside)
        value = _expression(port[1]) if port else ""
        if port is None and re.search(r"(?:^|[\s,])port\s*(?:,|\s*$)", inside):
            value = "port"  # server: { port }
        if re.fullmatch(r"[A-Za-z_$][\w$]*", value):
            named = re.search(rf"\b(?:const|let|var)\s+{re.escape(value)}\s*=\s*(.+)", text)
            value = named[1] if named else ""
        number, variable = literal(value)
        if number or variable:
            at = f"{where}:{line_of(text, text.find(port[0][:20], match.end()) if port else 0)}"
            said = f"sets its port: {value[:60]}"
            return [_config(where, number, at, said, variable)]
    return []


def literal(value: str) -> tuple[int | None, str]:
    """Read `Number(process.env.PORT) || 3001`: the number, and the variable that goes before it."""
    name = re.search(r"\b(?:[A-Z][A-Z0-9_]*_PORT|PORT)\b", value)
    bare = re.sub(r"\b[A-Za-z_]\w*\b", "", value)
    numbers = re.findall(r"(?<![\w.])\d{2,5}(?![\w.])", bare)
    usual = next((one for one in numbers if one != "10"), "")
    return port_number(usual), name[0] if name else ""


def _flat(text: str) -> str:
    """Return the inside of a block, nested blocks taken out, up to its closing brace."""
    depth, kept = 1, []
    for char in text[:20_000]:
        depth += (char in "{[") - (char in "}]")
        if depth == 0:
            break
        if depth == 1 and char not in "}]":
            kept.append(char)
    return "".join(kept)


def _expression(text: str) -> str:
    """Return what stands before the comma that ends it."""
    depth = 0
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth <= 0:
            return text[:place].strip()
    return text.strip()


def _config(where: str, port: int | None, at: str, what: str, variable: str = "") -> Detected:
    return Detected(
        *(folder_name(where), port, at, what),
        variable=variable, folder=folder_of(where), role="config", own=bool(variable),
    )  # fmt: skip


def angular(text: str, where: str) -> list[Found]:
    """`projects.NAME.architect.serve.options.port` of angular.json."""
    found: list[Found] = []
    projects = table(read_json(text), "projects")
    served = [one for one in projects.values() if "dev-server" in str(_serve(one).get("builder"))]
    for name, project in projects.items():
        for key in ("architect", "targets"):
            port = table(project, key, "serve", "options").get("port")
            if port is None and served == [project] and table(project, key, "serve"):
                port = 4200
            if isinstance(port, int):
                what = f"serves {name}; ng serve takes another by --port"
                found.append(
                    _config(where, port, at_line(text, where, port), what)._replace(
                        name=service_name(name)
                    )
                )
    return found


def _serve(project: object) -> dict[str, Any]:
    return table(project, "architect", "serve") or table(project, "targets", "serve")


def nx_project(text: str, where: str) -> list[Found]:
    """`targets.serve` of an Nx project.json; its dev servers listen on 4200 unless told."""
    data = read_json(text)
    for target in ("serve", "dev"):
        serve = table(data, "targets", target)
        port = table(serve, "options").get("port")
        executor = str(serve.get("executor") or "")
        if not isinstance(port, int) and "dev-server" in executor and "vite" not in executor:
            port = 4200
        if isinstance(port, int):
            name = service_name(str(data.get("name") or "").rpartition("/")[2], folder_name(where))
            what = f"target {target}; nx {target} takes another by --port"
            return [
                _config(where, port, at_line(text, where, port), what)._replace(
                    name=name, role="sure"
                )
            ]
    return []


def launch_settings(text: str, where: str) -> list[Found]:
    """`applicationUrl` of the profiles that start a .NET project, plain HTTP first."""
    seen: dict[tuple[str, int], str] = {}
    for profile in table(read_json(text.removeprefix("\ufeff")), "profiles").values():
        if not isinstance(profile, dict) or profile.get("commandName", "Project") != "Project":
            continue
        for url in str(profile.get("applicationUrl") or "").split(";"):
            if match := re.match(r"(https?)://[^/]*:(\d{2,5})", url.strip()):
                seen.setdefault((match[1], int(match[2])), "")
        for key, value in table(profile, "environmentVariables").items():
            match = re.match(r"(https?)://localhost:(\d{2,5})", str(value))
            if match and key.endswith(("OTLP_ENDPOINT_URL", "RESOURCE_SERVICE_ENDPOINT_URL")):
                title = "otlp" if "OTLP" in key else "resource-service"
                if title not in seen.values():  # dotnet run takes the first profile
                    seen.setdefault((match[1], int(match[2])), title)
    name = folder_name(where)
    what = "applicationUrl; dotnet run takes another by --urls, or by ASPNETCORE_URLS with "
    what += "--no-launch-profile"
    found: list[Found] = []
    for (scheme, port), title in sorted(seen.items()):
        https = scheme == "https" and any(one == "http" for one, _ in seen)
        own = f"{name}-{title}" if title else f"{name}-https" if https else name
        found.append(
            Detected(own, port, at_line(text, where, port), what, folder=folder_of(where))
        )  # fmt: skip
    return found


def wrangler(text: str, where: str) -> list[Found]:
    """`dev.port` of wrangler.toml or wrangler.jsonc."""
    data = toml(text) if where.endswith(".toml") else read_json(text)
    port = table(data, "dev").get("port")
    return [_config(where, port, at_line(text, where, port), "dev.port")] if _is_port(port) else []


def flaskenv(text: str, where: str) -> list[Found]:
    """`FLASK_RUN_PORT=5001` of a .flaskenv, which `flask run` reads."""
    return [
        _config(where, port_number(value), f"{where}:{number}", f"sets {name}", name)._replace(
            role="sure", name=folder_name(where)
        )
        for number, name, value in assignments(text)
        if name in ("FLASK_RUN_PORT", "QUART_RUN_PORT") and port_number(value)
    ]


def vite_ruby(text: str, where: str) -> list[Found]:
    """`development.port` of config/vite.json."""
    port = table(read_json(text), "development").get("port")
    if not _is_port(port):
        return []
    what = "development.port; bin/vite takes another by VITE_RUBY_PORT"
    return [
        _config(where, port, at_line(text, where, port), what, "VITE_RUBY_PORT")._replace(
            name="vite"
        )
    ]


def spring(text: str, where: str) -> list[Found]:
    """`server.port` in application*.properties or .yml, and local addresses that are defaults."""
    profile = re.search(r"application-([\w-]+)\.", where)
    own = profile is None or profile[1] in ("dev", "development", "local", "default")
    folder = where.partition("/src/")[0] if "/src/" in where else ""
    name = service_name(folder.rpartition("/")[2] or "web")
    found: list[Found] = []
    for key, variable, program in (
        ("server.port", "SERVER_PORT", "Spring Boot"),
        ("quarkus.http.port", "QUARKUS_HTTP_PORT", "Quarkus"),
        ("micronaut.server.port", "MICRONAUT_SERVER_PORT", "Micronaut"),
    ):
        head, _, tail = key.rpartition(".")
        number = r"[\"']?(?:\$\{([\w.-]+):)?(\d{2,5})"
        match = re.search(rf"(?m)^[ \t]*(?:%dev\.)?{re.escape(key)}[ \t]*[=:][ \t]*{number}", text)
        match = match or under(text, head, rf"{tail}:\s*{number}")
        if match and own:
            named = match[1] if match[1] and match[1].isidentifier() else ""
            what = f"says {key}; {program} takes {named or variable}"
            at = f"{where}:{line_of(text, match.start(2))}"
            found.append(
                Detected(
                    *(name, int(match[2]), at, what), variable=named or variable,
                    folder=folder, own=bool(named),
                )
            )  # fmt: skip
    for match in re.finditer(r"\$\{([A-Z][A-Z0-9_]*):([^}\s]*)\}", text):
        if ports_of(match[2]):
            at = f"{where}:{line_of(text, match.start())}"
            found.append(DetectedAddress(match[1], match[2], at, folder))
    return found


def under(text: str, keys: str, wanted: str) -> re.Match[str] | None:
    """Find a pattern at the beginning of a direct child of a key of YAML, `a.b` from the top.

    Line by line: one pattern over the whole block would try each indentation again and again.
    """
    start, end, indent = 0, len(text), ""
    for key in keys.split(".") if keys else ():
        head = re.compile(rf"(?m)^{indent}{re.escape(key)}:[ \t]*(?:#.*)?\r?\n").search(
            text, start, end
        )
        if head is None:
            return None
        start = head.end()
        after = re.compile(rf"(?m)^(?!{indent}[ \t])[^\n]*[^\s#]").search(text, start, end)
        end = after.start() if after else end
        child = re.compile(r"(?m)^([ \t]+)(?=[^\s#])").search(text, start, end)
        if child is None:
            return None
        indent = child[1]
    return re.compile(rf"(?m)^{indent}{wanted}").search(text, start, end)


def symfony(text: str, where: str) -> list[Found]:
    """`http: port:` of .symfony.local.yaml."""
    match = under(text, "http", r"port:\s*(\d{2,5})")
    if not match:
        return []
    at = f"{where}:{line_of(text, match.start(1))}"
    what = "http.port; symfony server:start takes another by --port"
    return [_config(where, int(match[1]), at, what)._replace(role="sure")]


def phoenix(text: str, where: str) -> list[Found]:
    """`http: [port: 4000]` and `iframe_port: 4001` of config/dev.exs or runtime.exs."""
    found = _endpoint(text, where)
    for match in re.finditer(r"(?m)^(?![ \t]*#).*?\b([a-z]\w*)_port:\s*(\d{4,5})\b", text):
        if not is_client(f"{match[1]}_PORT".upper()):
            at = f"{where}:{line_of(text, match.start(2))}"
            one = _config(where, int(match[2]), at, f"sets {match[1]}_port")
            found.append(one._replace(role="sure", name=service_name(match[1])))
    return found


def _endpoint(text: str, where: str) -> list[Found]:
    match = re.search(r"\bhttp:\s*\[[^\]]{0,400}?\bport:\s*([^\]\n]+)", text)
    number, variable = literal(match[1]) if match else (None, "")
    if not match or not number:
        return []
    at = f"{where}:{line_of(text, match.start(1))}"
    what = "port of the endpoint" + (f"; it takes {variable}" if variable else "")
    return [_config(where, number, at, what, variable)._replace(role="sure")]


def puma(text: str, where: str) -> list[Found]:
    """`port ENV.fetch("PORT") { 3000 }` of config/puma.rb, or `bind "tcp://...:#{...}"`."""
    match = re.search(r"(?m)^[ \t]*(?:port\b[ \t(]*|bind[ \t(]+[\"']tcp://.*:)([#\dE(\"'].*)", text)
    number, variable = literal(match[1]) if match else (None, "")
    if not match or not (number or variable):
        return []
    at = f"{where}:{line_of(text, match.start(1))}"
    what = f"sets Puma's port; it takes {variable}" if variable else "sets Puma's port"
    return [_config(where, number or 3000, at, what, variable)]


def streamlit(text: str, where: str) -> list[Found]:
    """`[server] port` of .streamlit/config.toml."""
    port = table(toml(text), "server").get("port")
    if not _is_port(port):
        return []
    folder = where.removesuffix(".streamlit/config.toml").rstrip("/")
    name = service_name(folder.rpartition("/")[2])
    what = "server.port; streamlit takes another by STREAMLIT_SERVER_PORT"
    one = _config(where, port, at_line(text, where, port), what, "STREAMLIT_SERVER_PORT")
    return [one._replace(name=name, folder=folder, own=False)]


def firebase(text: str, where: str) -> list[Found]:
    """The ports of `emulators` in firebase.json."""
    what = "an emulator; it takes a number only, so make the file an [[output]] template"
    return [
        Detected(
            service_name(f"firebase-{name}"), one["port"], at_line(text, where, one["port"]), what
        )
        for name, one in table(read_json(text), "emulators").items()
        if isinstance(one, dict) and _is_port(one.get("port"))
    ]


def supabase(text: str, where: str) -> list[Found]:
    """Read the ports of supabase/config.toml."""
    data = toml(text)
    found: list[Found] = []
    for section, key in (
        *(("api", "port"), ("db", "port"), ("db", "shadow_port"), ("studio", "port")),
        *(("inbucket", "port"), ("analytics", "port")),
    ):
        port = table(data, section).get(key)
        if _is_port(port):
            name = f"supabase-{section}" + ("-shadow" if key == "shadow_port" else "")
            what = f"[{section}] {key}; it takes a number only, so make it an [[output]] template"
            found.append(Detected(name, port, at_line(text, where, port), what))
    return found


def dockerfile(text: str, where: str) -> list[Found]:
    """`EXPOSE 8000` (only a note of the image's maker: it publishes nothing)."""
    found: list[Found] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].upper() != "EXPOSE" or ".devcontainer/" in where:
            continue
        for word in words[1:]:
            port, _, protocol = word.partition("/")
            target = port_number(port)
            if target:
                found.append(
                    Detected(
                        *(folder_name(where, "app"), target, f"{where}:{number}", f"EXPOSE {word}"),
                        *("container", target, protocol.lower() or "tcp"), weak=True, role="hint",
                    )
                )  # fmt: skip
    return found


def devcontainer(text: str, where: str) -> list[Found]:
    """`forwardPorts` and `appPort` with the labels of `portsAttributes`, and these alone."""
    data = read_json(text)
    labels = table(data, "portsAttributes")
    listed: list[object] = []
    for key in ("forwardPorts", "appPort"):
        value = data.get(key)
        listed += value if isinstance(value, list) else [] if value is None else [value]
    known = {str(one).rpartition(":")[2] for one in listed}
    listed += [one for one in labels if str(one).rpartition(":")[2] not in known]
    found: list[Found] = []
    for entry in listed:
        owner, _, text_port = str(entry).rpartition(":")
        port = port_number(owner) or port_number(text_port)  # appPort "8080:80" is 8080 here
        if port is None or port < 1024:
            continue
        label = labels.get(str(entry)) or labels.get(str(port)) or {}
        title = label.get("label") if isinstance(label, dict) else ""
        name = service_name(str(title or (owner if not owner.isdigit() else "") or f"port-{port}"))
        found.append(
            Detected(name, port, where, f"forwards {entry}", weak=True, role="hint")
        )  # fmt: skip
    return found


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536


def at_line(text: str, where: str, port: object) -> str:
    """Return file and line of a number that was read from parsed data."""
    match = re.search(rf"(?<!\d){port}(?!\d)", text)
    return f"{where}:{line_of(text, match.start())}" if match else where


def table(data: object, *keys: str) -> dict[str, Any]:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def read_json(text: str) -> dict[str, Any]:
    for attempt in (str, without_comments):
        try:
            data = json.loads(attempt(text))
        except (ValueError, RecursionError):
            continue
        return data if isinstance(data, dict) else {}
    return {}


def without_comments(text: str) -> str:
    bare = re.sub(
        r'("(?:\\.|[^"\\])*(?:"|\\?\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)',
        lambda match: match[1] or "",
        text,
        flags=re.DOTALL,
    )
    return re.sub(r",(\s*[\]}])", r"\1", bare)


def toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return {}
