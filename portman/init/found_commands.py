"""Which port a command line serves on: what it says, else what the program does unasked. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from portman.init.readers import port_number

#: Program (as it stands in a command) -> (usual port, name, how it takes another one).
#: Sources: research/ecosystem 2.3 and each program's own manual.
PROGRAMS: dict[str, tuple[int, str, str]] = {
    "vite": (5173, "web", "vite --port $PORT --strictPort"),
    "next": (3000, "web", "next dev -p $PORT"),
    "nuxt": (3000, "web", "PORT"),
    "nuxi": (3000, "web", "PORT"),
    "astro": (4321, "web", "astro dev --port $PORT"),
    "ng serve": (4200, "web", "ng serve --port $PORT"),
    "react-scripts": (3000, "web", "PORT"),
    "react-router dev": (5173, "web", "--port $PORT"),
    "remix": (3000, "web", "PORT"),
    "gatsby": (8000, "web", "gatsby develop -p $PORT"),
    "vue-cli-service serve": (8080, "web", "--port $PORT"),
    "webpack serve": (8080, "web", "--port $PORT"),
    "webpack-dev-server": (8080, "web", "--port $PORT"),
    "parcel": (1234, "web", "-p $PORT"),
    "storybook": (6006, "storybook", "-p $PORT"),
    "start-storybook": (6006, "storybook", "-p $PORT"),
    "wrangler dev": (8787, "worker", "--port $PORT"),
    "nest start": (3000, "api", "PORT"),
    "docusaurus start": (3000, "docs", "--port $PORT"),
    "vitepress dev": (5173, "docs", "--port $PORT"),
    "expo start": (8081, "app", "--port $PORT"),
    "prisma studio": (5555, "studio", "--port $PORT"),
    "http-server": (8080, "web", "-p $PORT"),
    "json-server": (3000, "api", "--port $PORT"),
    "rails server": (3000, "web", "PORT"),
    "rails s": (3000, "web", "PORT"),
    "bin/vite": (3036, "vite", "VITE_RUBY_PORT"),
    "puma": (9292, "web", "-p $PORT"),
    "runserver": (8000, "web", "runserver $PORT"),
    "uvicorn": (8000, "web", "UVICORN_PORT"),
    "fastapi": (8000, "web", "--port $PORT"),
    "hypercorn": (8000, "web", "-b 127.0.0.1:$PORT"),
    "gunicorn": (8000, "web", "-b 127.0.0.1:$PORT"),
    "flask run": (5000, "web", "FLASK_RUN_PORT"),
    "flower": (5555, "flower", "--port=$PORT"),
    "streamlit run": (8501, "web", "--server.port $PORT"),
    "jupyter": (8888, "notebook", "--port $PORT"),
    "mkdocs serve": (8000, "docs", "-a localhost:$PORT"),
    "artisan serve": (8000, "web", "--port=$PORT"),
    "mix phx.server": (4000, "web", "PORT"),
    "hugo server": (1313, "web", "-p $PORT"),
    "jekyll serve": (4000, "web", "-P $PORT"),
    "spring-boot:run": (8080, "web", "SERVER_PORT"),
    "bootRun": (8080, "web", "SERVER_PORT"),
    "mailpit": (8025, "mail", "--listen :$PORT"),
    "redis-server": (6379, "redis", "--port $PORT"),
}
_SAID = (
    r"(?:--port|--http-port|--server\.port|--listen-port)[= ]+(\d{2,5})\b",
    r"(?<![\w-])-[pP][= ]?(\d{2,5})\b(?!:)",
    r"(?:-b|--bind|-a|--addr|--address|-tcp|-l|--listen)[= ]+\S*?:(\d{2,5})\b",
    r"\brunserver\s+(?:\S+:)?(\d{2,5})\b",
    r"-S\s+\S+:(\d{2,5})\b",
    r"\bhttp\.server\s+(\d{2,5})\b",
)
_ASSIGNED = re.compile(r"(?:^|\s)(?:cross-env\s+)?([A-Z][A-Z0-9_]*PORT|PORT)=(\d{2,5})\b")
_DEFAULTED = re.compile(r"\$\{([A-Z][A-Z0-9_]*PORT|PORT):?-(\d{2,5})\}")
_TAKES = re.compile(r"\$\{?([A-Z][A-Z0-9_]*PORT|PORT)\b")


class Served(NamedTuple):
    """A port, the name the program suggests, the variable it is taken by, and how to set it."""

    port: int | None
    name: str = "web"
    variable: str = ""
    what: str = ""


def served(command: str) -> Served | None:
    """Return the port a command serves on; None if nothing tells that it serves at all."""
    program, usual = _program(command)
    name = usual[1] if usual else "web"
    way = f"{program} takes it by {usual[2]}" if usual else ""
    for pattern in (_DEFAULTED, _ASSIGNED):
        match = pattern.search(command)
        if match:
            return Served(port_number(match[2]), name, match[1])
    takes = _TAKES.search(command)
    for said in _SAID:
        match = re.search(said, command)
        if match and port_number(match[1]):
            return Served(port_number(match[1]), name, takes[1] if takes else "", way)
    if takes:
        return Served(usual[0] if usual else None, name, takes[1])
    return Served(usual[0], name, "", way) if usual else None


def _program(command: str) -> tuple[str, tuple[int, str, str] | None]:
    """Return the first program of the table in the command, the longest name that fits."""
    best: tuple[int, int, str] | None = None
    for program in PROGRAMS:
        match = re.search(rf"(?:^|[\s/&;|(]){re.escape(program)}(?=$|[\s.:;&|)])", command)
        if match and not _only_builds(command[match.end() :]):
            offer = (match.start(), -len(program), program)
            best = offer if best is None or offer < best else best
    return (best[2], PROGRAMS[best[2]]) if best else ("", None)


def _only_builds(rest: str) -> bool:
    first = rest.split()[:1]
    return bool(first) and first[0] in {
        *("build", "lint", "test", "info", "check", "export", "generate", "migrate", "prepare"),
        *("sync", "telemetry", "typegen", "optimize", "studio", "db", "analyze"),
    }
