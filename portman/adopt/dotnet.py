"""Projects of .NET: a launch profile that takes the ports, and the endpoints of an Aspire AppHost.

`dotnet run` sets the variables of its launch profile over those of the environment, and expands
`%NAME%` in their values, on every system (the SDK's RunCommand). `applicationUrl` is a number that
nothing moves, so the profiles that are there stay, and one of its own is added for `portman run`.
"""

from __future__ import annotations

import re

from portman.adopt.project import Left, Outcome
from portman.base.record import NamedTuple
from portman.base.system_commands import word
from portman.init.code import FIXED
from portman.integrations.js_text import closing, indent, member, members

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portman.adopt.project import Edit, FileText, Job, Place, Project
    from portman.integrations.js_text import Member

PROFILE = "portman"
_SETTINGS = "Properties/launchSettings.json"
_URL = re.compile(r"(https?)://([\w.*+-]+|\[[^\]]*\]):(\d{2,5})")
_URLS = "ASPNETCORE_URLS"
#: What a job of a variable of the dashboard is called, behind the name of its project.
_TITLES = ("-https", "-otlp", "-resource-service")


class Profile(NamedTuple):
    """A launch profile in the file: the member of `profiles`, and its addresses."""

    member: Member
    urls: tuple[re.Match[str], ...]


def adopt_dotnet(job: Job, project: Project) -> Outcome | None:
    """Return what is done for a project with launch settings: its profile, or its AppHost's."""
    place = next((x for x in job.places if x.path.endswith(_SETTINGS)), None)
    if place is None:
        fixed = [x for x in job.places if x.what.startswith("the AppHost ")]
        made = [one for x in fixed if (one := _fixed(job, project, x)) is not None]
        edits = tuple(edit for one in made for edit in one.edits)
        return made[0]._replace(edits=edits) if made else None
    host = _host_of(job, project)
    if host is not None:
        return _endpoint(job, project, place, host)
    source = project.source(place.path)
    if source is None:
        return None
    group = {x.port: x for x in project.jobs if x.port and _settings_of(x) == place.path}
    edit = _profile(source, group)
    if edit is None and not _profile_there(source.text):
        if job.name.endswith(_TITLES[1:]):
            said = f"{job.name} is set in environmentVariables, which go before the environment"
            return Outcome("unknown", left=(Left(place.path, place.line, said, job.name),))
        return Outcome("run", variable=job.own, command=_command(job, place.path, group))
    command = _command(job, place.path, group, f" --launch-profile {PROFILE}")
    return Outcome("run", (edit,) if edit else (), variable=job.own, command=command)


def _settings_of(job: Job) -> str:
    return next((x.path for x in job.places if x.path.endswith(_SETTINGS)), "")


def _command(job: Job, path: str, group: Mapping[int, Job], profile: str = "") -> str:
    """Return the command to type; without a profile of its own, --urls beats the one there is."""
    folder = path.removesuffix(_SETTINGS).rstrip("/")
    where = f" --project {word(folder)}" if folder else ""
    name = job.name
    for title in _TITLES:
        name = name.removesuffix(title)
    first = next((one for one in group.values() if one.name == name), job)
    if not profile and {first.name, f"{first.name}-https"} <= {one.name for one in group.values()}:
        where += (
            f' --urls "http://localhost:{{{first.name}}};https://localhost:{{{first.name}-https}}"'
        )
    return f"portman run --service {first.name} -- dotnet run{where}{profile}"


def _profile_there(text: str) -> bool:
    listed = _profiles(text)
    return any(one.key == PROFILE and "%" in text[one.value : one.end] for one in listed)


def _profiles(text: str) -> list[Member]:
    brace = text.find("{")
    found = member(text, brace, "profiles") if brace >= 0 else None
    return members(text, found.value) if found and text[found.value] == "{" else []


def _profile(source: FileText, group: Mapping[int, Job]) -> Edit | None:
    """Return the edit that adds a copy of the fullest profile, its numbers as variables."""
    text = source.text
    listed = _profiles(text)
    if not listed or any(one.key == PROFILE for one in listed):
        return None
    offers = [one for one in (_offered(text, one, group) for one in listed) if one is not None]
    if not offers:
        return None
    best = max(offers, key=lambda one: len(one.urls))
    body = _copied(text, best.member, group)
    if body is None:
        return None
    space = indent(text, listed[-1].begin)
    between = f",\n{space}" if "\n" in text[listed[0].begin - 8 : listed[0].begin] else ", "
    why = f'the profile "{PROFILE}" takes the ports that `portman run` sets; the others stay'
    at = listed[-1].end
    first = next(iter(group.values()))
    return source.edit(at, at, f'{between}"{PROFILE}": {body}', "profile", why, first.name)


def _offered(text: str, one: Member, group: Mapping[int, Job]) -> Profile | None:
    """Return a profile that starts the project and whose addresses all are jobs."""
    if text[one.value] != "{":
        return None
    inner = {x.key: text[x.value : x.end] for x in members(text, one.value)}
    if inner.get("commandName", '"Project"') != '"Project"':
        return None
    urls = tuple(_URL.finditer(inner.get("applicationUrl", "")))
    listed = inner.get("applicationUrl", '""').count(";") + 1
    every = bool(urls) and len(urls) == listed and all(int(x[3]) in group for x in urls)
    return Profile(one, urls) if every else None


def _copied(text: str, one: Member, group: Mapping[int, Job]) -> str | None:
    """Return a profile's text with variables for its numbers, and ASPNETCORE_URLS for its URL."""
    inner = members(text, one.value)
    url = next(x for x in inner if x.key == "applicationUrl")
    env = next((x for x in inner if x.key == "environmentVariables"), None)
    taken = _with_variables(text[url.value : url.end], group)
    spans = []
    if env is None:
        new = f'"environmentVariables": {{ "{_URLS}": {taken} }}'
        spans.append((url.begin, url.end, new))
    else:
        variables = members(text, env.value) if text[env.value] == "{" else []
        if not variables or any(x.key == _URLS for x in variables):
            return None
        place = inner.index(url)
        gap = (
            (url.begin, inner[place + 1].begin)
            if inner[place + 1 :]
            else (inner[place - 1].end, url.end)
        )
        first = variables[0].begin
        before = text[text.rfind("{", env.value, first) + 1 : first]
        spans += [(*gap, ""), (first, first, f'"{_URLS}": {taken},{before or " "}')]
        for x in variables:
            titled = _titled(x.key, group)
            value = text[x.value : x.end]
            new = (
                _URL.sub(rf"\1://\2:%{titled.own}%", value)
                if titled
                else _with_variables(value, group)
            )
            spans.append((x.value, x.end, new))
    result, at = [], one.value
    for begin, end, new in sorted(spans):
        result += [text[at:begin], new]
        at = end
    return "".join((*result, text[at : one.end])).replace("\r\n", "\n")


def _with_variables(value: str, group: Mapping[int, Job]) -> str:
    def named(match: re.Match[str]) -> str:
        job = group.get(int(match[3]))
        return f"{match[1]}://{match[2]}:%{job.own}%" if job else match[0]

    return _URL.sub(named, value)


def _titled(variable: str, group: Mapping[int, Job]) -> Job | None:
    """Return the job of a variable of Aspire's dashboard, of which each profile has a number."""
    for part, title in (
        ("OTLP_ENDPOINT_URL", "-otlp"),
        ("RESOURCE_SERVICE_ENDPOINT_URL", "-resource-service"),
    ):
        if variable.endswith(part) and not variable.endswith(f"HTTP_{part}"):
            return next((x for x in group.values() if x.name.endswith(title)), None)
    return None


class AppHost(NamedTuple):
    """The Aspire project that starts another: its folder, and the name of the other in its code."""

    folder: str
    project: str


def _host_of(job: Job, project: Project) -> AppHost | None:
    own = re.escape(job.folder.rpartition("/")[2])
    for path in sorted(project.texts):
        text = project.texts.get(path) or "" if path.endswith(".csproj") else ""
        if "Aspire.AppHost" in text and own:
            found = re.search(rf"ProjectReference[^>]*[\\/]{own}[\\/]([^\"\\/]+)\.csproj\"", text)
            if found:
                return AppHost(path.rpartition("/")[0], re.sub(r"\W", "_", found[1]))
    return None


def _started(folder: str, job: Job, project: Project) -> str:
    """Return what starts the AppHost in a folder, with the profile that adopt adds to it."""
    path = f"{folder}/{_SETTINGS}".lstrip("/")
    group = {x.port: x for x in project.jobs if x.port and _settings_of(x) == path}
    source = project.source(path)
    if source is not None and (_profile(source, group) or _profile_there(source.text)):
        first = next(iter(group.values()), job)
        return _command(first, path, group, f" --launch-profile {PROFILE}")
    where = f" --project {word(folder)}" if folder else ""
    return f"portman run -- dotnet run{where}"


def _fixed(job: Job, project: Project, place: Place) -> Outcome | None:
    """Let a number that the AppHost publishes come from the variable: its own stays the default."""
    source = project.source(place.path)
    if source is None or not place.line:
        return None
    if "starts" in place.what:
        said = f"the AppHost starts {job.name} on {job.port} in every checkout"
        return Outcome("unknown", left=(Left(place.path, place.line, said, job.name),))
    made = Outcome("run", variable=job.own, command=_started(job.folder, job, project))
    if f'"{job.own}"' in source.text:
        return made
    found = [
        one
        for one in FIXED.finditer(source.text)
        if one["port"] == str(job.port) and source.line(one.start("port")) == place.line
    ]
    if len(found) != 1:
        return None
    new = f'int.Parse(Environment.GetEnvironmentVariable("{job.own}") ?? "{job.port}")'
    why = f"the AppHost publishes {job.name} on {job.own}, and on {job.port} without it"
    edit = source.edit(*found[0].span("port"), new, "apphost", why, job.name)
    return made._replace(edits=(edit,))


def _endpoint(job: Job, project: Project, place: Place, host: AppHost) -> Outcome:
    """Let the AppHost's code give an endpoint the variable's number: its own stays the default."""
    inside = f"{host.folder}/" if host.folder else ""
    made = Outcome("run", variable=job.own, command=_started(host.folder, job, project))
    scheme = "https" if job.name.endswith("-https") else "http"
    new = f'.WithEndpoint("{scheme}", e => e.Port = int.Parse(Environment.GetEnvironmentVariable'
    new += f'("{job.own}") ?? "{job.port}"), createIfNotExists: false)'
    for name in ("Program.cs", "AppHost.cs"):
        source = project.source(f"{inside}{name}")
        if source is None:
            continue
        if f'"{job.own}"' in source.text:
            return made
        calls = list(
            re.finditer(rf"\bAddProject\s*<\s*Projects\.{host.project}\s*>\s*\(", source.text)
        )
        if len(calls) == 1 and not _several(project, place.path, scheme):
            at = closing(source.text, calls[0].end() - 1) + 1
            space = re.compile(r"[ \t]*\r?\n([ \t]+)(?=\.)").match(source.text, at)
            deep = space[1] if space else indent(source.text, calls[0].start()) + "    "
            why = f"the AppHost gives {job.name} the port of {job.own}, {job.port} without it"
            edit = source.edit(at, at, f"\n{deep}{new}", "apphost", why, job.name)
            return made._replace(edits=(edit,))
    said = f"{host.folder or 'the AppHost'} starts {job.name} on {job.port}; "
    said += f"its code needs: {new}"
    return Outcome("unknown", (), (Left(place.path, place.line, said, job.name),))


def _several(project: Project, path: str, scheme: str) -> bool:
    """Return whether a profile has two addresses of one scheme: their endpoints are numbered."""
    text = project.texts.get(path) or ""
    return any(
        sum(url[1] == scheme for url in _URL.finditer(line)) > 1
        for line in re.findall(r'"applicationUrl"\s*:\s*"([^"]*)"', text)
    )
