"""What ports.toml needs for the edits: variables, env files; as a proposal, or lines to append."""

from __future__ import annotations

import re

from portman.adopt.project import Edit, FileText, Left

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portman.adopt.plan import AdoptionPlan
    from portman.base.values import Manifest, Output, Service
    from portman.init.proposal import Proposal, ProposedEntry, ProposedValue


def with_plan(proposal: Proposal, plan: AdoptionPlan) -> Proposal:
    """Return a proposal with the variables and files that the edits read."""
    entries = tuple(_entry(one, plan, proposal.values) for one in proposal.entries)
    known = dict(proposal.outputs)
    if plan.outputs and not known:
        known[".env"] = ()
    for path, names in plan.outputs.items():
        had = known.get(path)
        more = (*(had or ()), *names, *_asked(proposal.values, path))
        known[path] = () if had == () else tuple(dict.fromkeys(more))
    return proposal._replace(entries=entries, outputs=tuple(known.items()))


def _asked(values: Sequence[ProposedValue], path: str) -> list[str]:
    """Return the values that code below the folder of an env file asks for."""
    folder = path.rpartition("/")[0]
    return [one.name for one in values if folder and f"{one.folder}/".startswith(f"{folder}/")]


def _entry(
    entry: ProposedEntry, plan: AdoptionPlan, values: Sequence[ProposedValue]
) -> ProposedEntry:
    variables = plan.variables.get(entry.name, entry.variables)
    outcome, path = plan.outcomes.get(entry.name), plan.scoped.get(entry.name)
    if outcome is not None and (outcome.edits or outcome.way in ("edited", "reads")):
        entry = entry._replace(notes=tuple(_settled(one) for one in entry.notes))
    if outcome is None or path is None:
        return entry._replace(variables=variables)
    only = entry.env_only if path == entry.env_file else ()
    if asked := _asked(values, path):
        only = tuple(dict.fromkeys((*(only or (outcome.variable,)), *asked)))
    return entry._replace(variables=(outcome.variable,), env_file=path, env_only=only)


def _settled(note: str) -> str:
    """Return a note without what was to be done, which adopt has done."""
    for end in (", which fixes", "; no variable moves it", "; "):
        note = note.partition(end)[0]
    return note


def appended(
    source: FileText, manifest: Manifest, plan: AdoptionPlan
) -> tuple[list[Edit], list[Left]]:
    """Return what an existing ports.toml lacks: outputs are added at its end, the rest is named."""
    left: list[Left] = []
    known = {one.path: one for one in manifest.outputs}
    lines: list[str] = []
    for path, names in plan.outputs.items():
        if path not in known:
            lines.append(_output(path, names))
            continue
        only = known[path].only
        missing = [] if only is None else [one for one in names if one not in only]
        if missing:
            said = f"the output {path} needs {', '.join(missing)} in its only"
            left.append(Left(source.path, _line(source, path), said))
    for name, path in plan.scoped.items():
        service, wanted = manifest.service(name), plan.outcomes[name].variable
        if service is None or (path in known and _carries(known[path], service, wanted)):
            continue
        if path in known:
            said = f'{name} needs env_file = "{path}" and env = "{wanted}"'
            left.append(Left(source.path, _line(source, name), said, name))
            continue
        lines.append(
            _output(path, service.env[:1], f'rename = {{ {wanted} = "{service.env[0]}" }}\n')
        )
    if lines and not re.search(r"(?m)^\s*\[\[output\]\]", source.text):
        lines.insert(0, '[[output]]\npath = ".env"\n')
    for name, variables in plan.variables.items():
        service = manifest.service(name)
        first = variables[0]
        if service is not None and first not in (*service.env, *service.own):
            said = f'{name} needs env = "{first}", which its program reads'
            left.append(Left(source.path, _line(source, name), said, name))
    if not lines:
        return [], left
    before = "\n" if source.text.endswith("\n") else "\n\n"
    at = len(source.text)
    why = "the files that the programs read"
    return [source.edit(at, at, before + "\n".join(lines), "manifest", why)], left


def _output(path: str, only: Sequence[str], more: str = "") -> str:
    quoted = ", ".join(f'"{one}"' for one in only)
    return f'[[output]]\npath = "{path}"\nonly = [{quoted}]\n{more}'


def _carries(output: Output, service: Service, variable: str) -> bool:
    """Return whether a file has a service's port under the name that its program reads."""
    if service.name in output.services:
        return variable in (service.own or service.env)
    return variable in dict(output.rename) or (
        variable in service.env and (output.only is None or variable in output.only)
    )


def _line(source: FileText, name: str) -> int:
    match = re.search(rf"(?m)^.*\b{re.escape(name)}\b", source.text)
    return source.line(match.start()) if match else 1
