"""The whole adoption of a project: what is done for each service, and what the manifest needs."""

from __future__ import annotations

import re

from portman.adopt.addresses import LOADERS, lead_addresses, lead_recipes
from portman.adopt.by_hand import by_hand
from portman.adopt.commands import runs_portman
from portman.adopt.compose import HostPort, adopt_compose, is_foreign
from portman.adopt.dotnet import adopt_dotnet
from portman.adopt.notes import find_runners, guide
from portman.adopt.project import KEPT, Edit, Job, Left, Outcome, Project
from portman.adopt.recipes import adopt_recipe, recipe_of
from portman.adopt.scripts import adopt_alone, adopt_script, script_of
from portman.adopt.settings import adopt_literal, adopt_spring, adopt_wrappers
from portman.base.record import NamedTuple
from portman.init.findings import folder_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from portman.adopt.project import Way

_GENERATED = re.compile(r"@generated|DO NOT EDIT", re.IGNORECASE)


class AdoptionPlan(NamedTuple):
    """`outputs` are path -> variables of the files to write beside the project's own.

    `suffix`: containers are named by CONTAINER_SUFFIX. `variables` are what each service's program
    reads; `scoped` the env file of a service that must not share its variable.
    """

    edits: tuple[Edit, ...]
    left: tuple[Left, ...]
    outcomes: Mapping[str, Outcome]
    outputs: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, tuple[str, ...]]
    scoped: Mapping[str, str]
    suffix: bool = False

    @property
    def commands(self) -> dict[str, str]:
        """Return service -> what is typed; a program with two ports is started once."""
        found: dict[str, str] = {}
        known: set[str] = set()
        for name, one in self.outcomes.items():
            command = one.command.replace(f"--service {name} ", "")
            if one.command and command not in known:
                found[name] = one.command
            known.add(command)
        return found


def plan(project: Project) -> AdoptionPlan:
    """Work out everything: nothing is read but the project's texts, nothing written."""
    edits: list[Edit] = []
    left: list[Left] = []
    suffix = False
    project, renamed = _named(project)
    for path in project.compose_files:
        source = project.source(path)
        if source is not None:
            containers = [
                HostPort(one.name, one.compose, one.target, one.port, one.variables[0])
                for one in project.jobs
                if one.target is not None
            ]
            made = adopt_compose(source, containers, project.urls(), _scripts(project))
            edits += made.edits
            left += made.left
            suffix |= made.suffixed
    outcomes: dict[str, Outcome] = {}
    for job in project.jobs:
        outcomes[job.name] = _program(job, project) if job.target is None else Outcome("compose")
    wrapped, more = adopt_wrappers(project)
    edits += wrapped
    left += more
    outputs: dict[str, list[str]] = {}
    variables: dict[str, tuple[str, ...]] = dict(renamed)
    scoped: dict[str, str] = {}
    for job in project.jobs:
        if job.target is None:
            outcome = _placed(job, project, outcomes[job.name], outputs, scoped)
        else:
            outcome = _container(job, project, outputs)
        outcomes[job.name] = outcome
        edits += outcome.edits
        left += outcome.left
        if job.target is None and outcome.variable and job.name not in scoped:
            named = [one for one in job.variables if one != "PORT"] if outcome.way == "run" else ()
            known = (outcome.variable, *named, job.own)
            variables[job.name] = tuple(dict.fromkeys(known))
    led = lead_addresses(project, scoped)
    edits += led.edits
    for path, names in led.outputs.items():
        outputs.setdefault(path, []).extend(names)
    outputs = _beside(outputs, project.beside, edits)
    paths = (*outputs, *scoped.values(), *project.beside)
    edits += lead_recipes(project, outcomes, {one.rpartition("/")[0] for one in paths} - {""})
    said = AdoptionPlan((), (), outcomes, {}, {}, {}).commands
    edits += guide(project.texts, said)
    left += find_runners(project)
    kept, refused = _safe(edits, project)
    return AdoptionPlan(
        tuple(kept),
        tuple(one for one in (*left, *refused) if not _is_kept(one, project)),
        outcomes,
        {path: tuple(dict.fromkeys(names)) for path, names in outputs.items()},
        variables,
        scoped,
        suffix,
    )


def _beside(
    outputs: Mapping[str, list[str]], known: Collection[str], edits: Iterable[Edit]
) -> dict[str, list[str]]:
    """Take the .env that a folder has already for its .env.local: its programs read both.

    dotenv-cli reads only the file that it is told.
    """
    told = any(".env.local" in one.new for one in edits if one.kind == "wrapper")
    found: dict[str, list[str]] = {}
    for path, names in outputs.items():
        plain = path.removesuffix(".local")
        better = plain in known and path not in known and not told
        found.setdefault(plain if better else path, []).extend(names)
    return found


def start_command(job: Job, project: Project) -> str:
    known = recipe_of(job, project) or script_of(job, project)
    if known:
        return known
    command = by_hand(job, project).command
    return command.replace(f"portman run --service {job.name} -- ", "")


def _named(project: Project) -> tuple[Project, dict[str, tuple[str, ...]]]:
    """Give a container another variable where Compose uses its own for something else."""
    texts = "\n".join(project.texts.get(one, "") for one in project.compose_files)
    renamed: dict[str, tuple[str, ...]] = {}
    jobs = []
    for job in project.jobs:
        stem = job.own.removesuffix("_PORT")
        if job.target is not None and is_foreign(texts, job.variables[0]):
            free = (one for one in (job.own, f"{stem}_HOST_PORT") if not is_foreign(texts, one))
            if (name := next(free, "")) != "":
                job = job._replace(variables=(name,))  # noqa: PLW2901
                renamed[job.name] = (name,)
        jobs.append(job)
    return project._replace(jobs=tuple(jobs)), renamed


def _container(job: Job, project: Project, outputs: dict[str, list[str]]) -> Outcome:
    """Compose reads .env and no other file: where git tracks that, `portman run` starts Compose.

    An app that is also started as a program takes the container's variable, or `portman run`: a
    variable of the program's own, as PORT, could reach the image through the same env file.
    """
    command = "portman run -- docker compose up -d" if project.tracked and job.compose else ""
    made = Outcome("compose", variable=job.variables[0], command=command)
    if not job.hosted:
        return made
    places = tuple(one for one in job.places if one.path not in project.compose_files)
    host = job._replace(target=None, places=places)
    outcome = _program(host, project)
    if outcome.way in ("edited", "reads") and outcome.variable in job.variables:
        outcome = _placed(host, project, outcome, outputs, {})
        return outcome._replace(way="compose", variable=job.variables[0], host=outcome.way)
    typed = outcome.command or _through_run(host, project)
    way: Way = "run" if typed or outcome.way == "run" else "unknown"
    edits = outcome.edits if outcome.way == "run" else ()  # they read the container's variable too
    return made._replace(command=typed or command, host=way, edits=edits)


def _through_run(job: Job, project: Project) -> str:
    """Return the project's own start command, through `portman run`; "" if none is known."""
    start = start_command(job, project)
    if runs_portman(start, job.name):
        return ""
    folder, inside, rest = start.rpartition(" && ") if start.startswith("cd ") else ("", "", start)
    return f"{folder}{inside}portman run --service {job.name} -- {rest}" if rest else ""


def _program(job: Job, project: Project) -> Outcome:
    """Return what is done for a program: every place that starts it, the surest way first."""
    found = [
        one
        for one in (
            adopt_recipe(job, project),
            adopt_script(job, project),
            adopt_alone(job, project),
            adopt_spring(job, project),
            adopt_literal(job, project),
            adopt_dotnet(job, project),
            _reading(job, project),
        )
        if one is not None
    ]
    if not found:
        return by_hand(job, project)
    order = ("edited", "reads", "run", "unknown")
    first = min(found, key=lambda one: order.index(one.way))
    edits = tuple(edit for one in found for edit in one.edits)
    left = tuple(one for outcome in found for one in outcome.left)
    names = tuple(name for one in found for name in one.names)
    return first._replace(edits=edits, left=left, names=names)


def _reading(job: Job, project: Project) -> Outcome | None:
    """Code that reads its variable, and the env file itself."""
    for place in job.places:
        text = project.texts.get(place.path, "")
        if place.role != "code" or place.path.endswith((".js", ".ts", ".mjs", ".cjs", ".mts")):
            continue
        variable = next((one for one in job.variables if one in text), "")
        folder = folder_of(place.path)
        if variable and LOADERS.search(text) and (not folder or folder == job.folder):
            return Outcome("reads", (), (), variable, f"{folder}/.env" if folder else "")
    example = _from_example(job, project)
    if example is not None:
        return example
    program = job.program
    if program is not None and program.package == "laravel/framework":
        return Outcome("reads", (), (), "SERVER_PORT", job.inside(".env") if job.folder else "")
    return None


def _from_example(job: Job, project: Project) -> Outcome | None:
    """A package that loads an env file, and an example of it that alone says the port."""
    hints = [one for one in job.places if one.role == "hint" and "env" in one.path]
    if not hints or any(one.role not in ("hint", "code") for one in job.places):
        return None
    folder = hints[0].path.rpartition("/")[0]
    variable = next((one for one in job.variables if one in hints[0].what), "")
    package = project.texts.get(f"{folder}/package.json") or "" if folder else ""
    if variable and re.search(r"--env-file|\bdotenv\b", package):
        return Outcome("reads", (), (), variable, f"{folder}/.env")
    return None


def _placed(
    job: Job,
    project: Project,
    outcome: Outcome,
    outputs: dict[str, list[str]],
    scoped: dict[str, str],
) -> Outcome:
    """Choose the env file that carries a service's variable: the project's own, or one of its own.

    A variable that others take too goes only into a file that the service has for itself.
    """
    if job.target is not None or outcome.way not in ("edited", "reads"):
        return outcome
    foreign = outcome.variable != job.own
    inside = foreign and (outcome.path or project.env_file) in project.inside
    shared = inside or (foreign and project.others_read(job, outcome.variable))
    if not outcome.path or inside:
        if not shared:
            return outcome
        file = outcome.path or project.env_file
        said = f"{outcome.variable} in {file} would move other programs too"
        if command := _through_run(job, project):
            return Outcome("run", variable=job.own, command=command)
        return Outcome("unknown", left=(Left(*_first(job), said, job.name),))
    if outcome.variable != job.own:
        scoped[job.name] = outcome.path
        return outcome
    outputs.setdefault(outcome.path, []).extend((outcome.variable, *outcome.names))
    return outcome


def _first(job: Job) -> tuple[str, int]:
    place = job.places[0] if job.places else None
    return (place.path, place.line) if place else ("ports.toml", 1)


def _scripts(project: Project) -> str:
    names = ("package.json", "Makefile", "justfile", "Taskfile.yml", "README.md")
    shells = [
        text for path in project.texts if path.endswith(".sh") and (text := project.texts.get(path))
    ]
    return "\n".join([*(project.texts.get(one) or "" for one in names), *shells])


def _safe(edits: Iterable[Edit], project: Project) -> tuple[list[Edit], list[Left]]:
    kept, refused = [], {}
    for one in edits:
        text = project.texts.get(one.file) or ""
        line = text.split("\n")[one.line - 1] if text else ""
        if KEPT in line:
            continue
        if re.search(r"(?m)^<{7} ", text) or _GENERATED.search(text[:400]):
            why = "is generated" if _GENERATED.search(text[:400]) else "has an unsettled merge"
            refused[one.file] = Left(one.file, one.line, f"the file {why}", one.service)
        else:
            kept.append(one)
    return kept, list(refused.values())


def _is_kept(one: Left, project: Project) -> bool:
    lines = (project.texts.get(one.file) or "").split("\n")
    return one.line <= len(lines) and KEPT in lines[one.line - 1]
