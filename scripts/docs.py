"""Remake the generated documents, or check that they are up to date and that links lead somewhere.

Use: python scripts/docs.py [--check]
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.picture import picture  # noqa: E402 - found by the path above

NOTE = "<!-- Made by scripts/docs.py from the program itself; edit it there. -->\n\n"


def commands_page() -> str:
    """Return docs/commands.md: every command's help as the program prints it."""
    import typer

    from portman.cli.main import app

    group = typer.main.get_command(app)
    context = group.make_context("portman", [], resilient_parsing=True)
    context.max_content_width = context.terminal_width = 78
    pages = [f"# Commands\n\n{NOTE}```text\n{group.get_help(context)}\n```\n"]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        with command.make_context(name, [], parent=context, resilient_parsing=True) as own:
            own.max_content_width = own.terminal_width = 78
            pages.append(f"## portman {name}\n\n```text\n{command.get_help(own)}\n```\n")
    return "\n".join(pages)


def errors_page() -> str:
    """Return docs/errors.md: every code with its exit code and meaning."""
    from portman.base.errors import CODES

    meanings = {
        0: "a warning; the command did what it should",
        1: "the answer is no",
        2: "the command line is wrong",
        3: "a bug of portman",
        4: "the manifest is wrong",
        5: "ledger, engine or file system unusable",
        130: "interrupted",
    }
    rows = sorted(CODES.items(), key=lambda row: (row[1][0], row[0]))
    lines = [f"| `{code}` | {exit_code} | {meaning} |" for code, (exit_code, meaning) in rows]
    exits = [f"| {number} | {meaning} |" for number, meaning in meanings.items()]
    return "\n".join(
        [
            "# Codes",
            "",
            NOTE.strip(),
            "",
            "Scripts may rely on these; `--json` carries them in `errors` and `warnings`. With",
            "several errors the exit code is the largest of theirs. `portman run` gives the exit",
            "code of the program it became.",
            "",
            "| exit | means |",
            "|---|---|",
            *exits,
            "",
            "| code | exit | means |",
            "|---|---|---|",
            *lines,
            "",
        ]
    )


def schemas() -> dict[str, str]:
    """Return the schema files of the schema/ folder."""
    from portman.commands.validate import envelope_schema
    from portman.manifest.schema import manifest_schema

    made = {"ports.schema.json": manifest_schema(), "envelope.schema.json": envelope_schema()}
    return {
        f"schema/{name}": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in made.items()
    }


def manifest_page() -> str:
    """Return docs/manifest.md with the key tables between its markers made again."""
    from portman.manifest.schema import key_table

    def table(found: re.Match[str]) -> str:
        return f"{found[1]}\n{key_table(found[2], leave_out=found[3] or '')}{found[4]}"

    marked = r"(<!-- keys of ([^>]+?)(?: without those of ([^>]+?))? -->)\n.*?(<!-- end -->)"
    text = (ROOT / "docs" / "manifest.md").read_text("utf-8")
    return re.sub(marked, table, text, flags=re.DOTALL)


def frameworks_page() -> str:
    """Return docs/frameworks.md with the tables of programs and of wrappers made again."""
    from portman.base.programs import Program, programs

    def code(*words: str) -> str:
        return ", ".join(f"`{word}`" for word in words if word)

    def program(one: Program) -> str:
        more = [f"{x.title} {'+' if x.relative else ''}{x.port}" for x in one.others]
        strict = {"always": "always", "given": "if the port is given", "": "no"}
        cells = (
            code(one.words[0]),
            str(one.port or "none"),
            code(one.flag.replace("{host}", "127.0.0.1").replace("{}", "PORT")),
            code(*one.variables),
            code(*(file.replace("^", "") for file in one.dotenv)),
            code(*one.config),
            strict.get(one.strict) or code(one.strict),
            one.listens,
            ", ".join(more),
            one.measured,
        )
        return f"| {' | '.join(cells)} |"

    def wrapper(one: Program) -> str:
        return f"| {code(*one.words)} | {one.passes} | {one.remedy} | {one.measured} |"

    tables = {
        "programs": [program(one) for one in programs() if not one.passes],
        "wrappers": [wrapper(one) for one in programs() if one.passes],
    }
    text = (ROOT / "docs" / "frameworks.md").read_text("utf-8")
    for name, rows in tables.items():
        marked = rf"(<!-- {name} -->\n\|.*?\n\|[-| ]+\n).*?(<!-- end -->)"
        body = "\n".join(rows)
        text = re.sub(
            marked, lambda found, b=body: f"{found[1]}{b}\n{found[2]}", text, flags=re.DOTALL
        )
    return text


def pages() -> dict[str, str]:
    """Return every generated file by its path."""
    made = {"docs/commands.md": commands_page(), "docs/errors.md": errors_page()}
    made["docs/frameworks.md"] = frameworks_page()
    made["docs/terminal.svg"] = picture()
    return {**made, "docs/manifest.md": manifest_page(), **schemas()}


def broken_links() -> list[str]:
    """Return the links of all Markdown files that lead to no file of this repository."""
    broken = []
    for page in sorted(
        [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/*.md")]
    ):
        text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:|#", target):
                continue
            if not (page.parent / target.split("#")[0]).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    return broken


def main(*, check: bool) -> int:
    """Write the pages, or return 1 after naming those that are out of date."""
    stale = []
    for name, text in pages().items():
        path = ROOT / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, "utf-8")
    wrong = [f"out of date: {name} (python scripts/docs.py)" for name in stale] if check else stale
    wrong += [f"broken link: {link}" for link in broken_links()]
    print("\n".join(wrong) or "docs are up to date")
    return 1 if check and wrong else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
