"""Frameworks that are known by a file which names no port. Pure."""

from __future__ import annotations

import re

from portman.base.record import NamedTuple
from portman.init.findings import Detected, folder_of, line_of, service_name

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class FrameworkMark(NamedTuple):
    """A file that shows a framework: a pattern of its name, what stands in it, the usual port.

    `named`: the service is called after the file's folder, a site of documents beside the app.
    """

    file: str
    shows: str
    port: int
    what: str
    variable: str = ""
    named: bool = False


_MARKS = (
    FrameworkMark(
        r"manage\.py", "django", 8000, "is Django's; it takes a port by manage.py runserver PORT"
    ),
    FrameworkMark(
        *(r"Package\.swift", "vapor/vapor", 8080),
        "has Vapor, which takes --port of swift run App serve",
    ),
    FrameworkMark(
        *(r"build\.sbt", r"\bPlay(?:Scala|Java|Service)\b", 9000),
        "has Play, which takes another port by sbt 'run PORT'",
    ),
    FrameworkMark(
        *(r"hugo\.(?:toml|ya?ml|json)", r"(?i)\bbaseurl\b", 1313),
        *("is Hugo's; hugo server takes another port by -p PORT", "", True),
    ),
    FrameworkMark(
        *(r"Cargo\.toml", r"(?m)^rocket\s*=", 8000),
        *("has Rocket, which takes ROCKET_PORT", "ROCKET_PORT"),
    ),
    FrameworkMark(
        *(r"pom\.xml", r"\b(?:tomcat\d?|jetty)-maven-plugin\b", 8080),
        "has a Maven plugin that serves it: mvn tomcat7:run or mvn jetty:run",
    ),
)

_BUILDS = ("pom.xml", "build.gradle", "build.gradle.kts")
#: What a build file says of a framework, the plugin by which a module of several is started, and
#: the variable that takes its port.
_JAVA = (
    (r"spring-boot|org\.springframework\.boot", r"spring-boot-maven-plugin", "SERVER_PORT"),
    (
        r"quarkus(?:-maven)?-plugin|io\.quarkus[\"'.]",
        r"quarkus-maven-plugin|id\(?\s*[\"']io\.quarkus\b",
        "QUARKUS_HTTP_PORT",
    ),
)
_TITLES = {"SERVER_PORT": "Spring Boot", "QUARKUS_HTTP_PORT": "Quarkus"}


#: Python's applications that something else serves, with its usual port.
_SERVED = (
    (r"=\s*FastAPI\(", 8000, "an application of FastAPI; uvicorn serves it on 8000 by default"),
    (r"=\s*Flask\(", 5000, "an application of Flask; flask run takes another by FLASK_RUN_PORT"),
)
_PYTHON = frozenset(("main.py", "app.py", "server.py", "api.py", "wsgi.py"))


def _python(
    texts: Mapping[str, str], finds: list[Detected], contexts: Collection[str]
) -> list[Detected]:
    """Return an application that no command here starts, and no container is built of."""
    if any(x.program and x.program.listens and x.program.package in _ASGI for x in finds):
        return []
    for path in sorted(texts, key=_depth):
        folder = folder_of(path).removesuffix("/app").removesuffix("app")
        built = any(f"{folder}/".startswith(f"{one}/") or not one for one in contexts)
        known = any(x.folder in (folder, folder_of(path)) and x.kind == "service" for x in finds)
        if path.rpartition("/")[2] not in _PYTHON or built or known:
            continue
        for pattern, port, what in _SERVED:
            if match := re.search(pattern, texts[path]):
                at = f"{path}:{line_of(texts[path], match.start())}"
                name = service_name(folder.rpartition("/")[2])
                return [Detected(name, port, at, f"is {what}", folder=folder, role="hint")]
    return []


_ASGI = frozenset(("fastapi", "uvicorn", "gunicorn", "hypercorn", "granian", "flask"))


def by_mark(
    texts: Mapping[str, str], finds: list[Detected], contexts: Collection[str] = ()
) -> list[Detected]:
    """Return what a framework's file shows where no command was found for it.

    `contexts` are the folders that containers are built of. Java's modules listen on 8080 unless
    their settings say otherwise; a parent starts nothing.
    """
    found = []
    for mark in _MARKS:
        names = re.compile(rf"(?:^|/){mark.file}$")
        path = next((x for x in sorted(texts, key=_depth) if names.search(x)), "")
        if path and re.search(mark.shows, texts[path]):
            name = service_name(folder_of(path).rpartition("/")[2]) if mark.named else "web"
            found.append(
                Detected(
                    *(name, mark.port, path, mark.what), variable=mark.variable, weak=True,
                    folder=folder_of(path) if mark.named else "", role="hint",
                )
            )  # fmt: skip
    found += _java(texts, finds)
    found += _python(texts, finds, contexts)
    return found


def _java(texts: Mapping[str, str], finds: list[Detected]) -> list[Detected]:
    found: list[Detected] = []
    known = {one.variable for one in finds}
    folders = {one.folder for one in finds if one.variable in _TITLES}
    random = {
        path.partition("/src/")[0] if "/src/" in f"/{path}" else ""
        for path, text in texts.items()
        if _RANDOM.search(text) and path.rpartition("/")[2].startswith("application")
    }
    folders |= {"" if one.startswith("src") else one for one in random}
    for path in sorted((x for x in texts if x.rpartition("/")[2] in _BUILDS), key=_depth):
        folder, text = path.rpartition("/")[0], texts[path]
        for shows, starts, variable in _JAVA:
            if not folder:
                if variable in known or folder in folders or not re.search(shows, text) or found:
                    continue
            elif (
                folder in folders
                or not re.search(starts, text)
                or not any(x.startswith(f"{folder}/src/main/resources/application") for x in texts)
            ):
                continue
            name = service_name(folder.rpartition("/")[2])
            what = f"has {_TITLES[variable]}, which takes {variable}"
            found.append(
                Detected(
                    *(name, 8080, path, what), variable=variable, weak=not folder, folder=folder,
                    role="sure" if folder else "hint",
                )
            )  # fmt: skip
            folders.add(folder)
            break
    return found


#: `server.port=0` asks for any port: there is nothing to lease.
_RANDOM = re.compile(r"(?m)^[ \t]*(?:server\.)?port[ \t]*[=:][ \t]*(?:0|-1)[ \t]*\r?$")


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path
