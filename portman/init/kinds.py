"""The kinds of files that `portman init` reads: a row for each, names -> reader. Data."""

from __future__ import annotations

import re
from fnmatch import translate

from portman.init import code, readers, sources, tasks
from portman.init.findings import EXAMPLE_WORDS, env_example

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from portman.init.findings import Found

    Reader = Callable[[str, str], list[Found]]

JS = ("js", "ts", "mjs", "mts", "cjs")
#: Files whose name says that they hold an example of .env, or the values of development.
EXAMPLES = tuple(
    form.replace("WORD", word)
    for word in EXAMPLE_WORDS
    for form in (
        *("*env[._-]WORD", "*env[._-]*[._-]WORD", ".env[._-]WORD[._-]*", "*envrc[._-]WORD"),
        *("WORD.env", ".WORD.env", "*[._-]WORD.env", "WORD.env.local"),
    )
)
#: Kind of file -> its reader, in the order in which their finds are believed. A pattern with "/"
#: is about the end of the path, another about the name.
READERS: tuple[tuple[tuple[str, ...], Reader], ...] = (
    (("Procfile.dev", "Procfile", "Procfile.*"), tasks.procfile),
    (("package.json",), sources.package_json),
    (("composer.json",), sources.composer_json),
    (("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", ".justfile"), tasks.recipes),
    (("Taskfile.yml", "Taskfile.yaml", "taskfile.yml"), tasks.taskfile),
    (
        ("pyproject.toml", "Pipfile", "mise.toml", ".mise.toml", "pixi.toml"),
        tasks.toml_tasks,
    ),
    (("deno.json", "deno.jsonc"), tasks.deno_json),
    (("mprocs.yaml", "process-compose.yaml", "process-compose.yml"), tasks.processes),
    (("tasks.py",), tasks.invoke),
    (("ecosystem.config.*",), tasks.pm2),
    (("Cargo.toml",), tasks.leptos),
    (("netlify.toml", "redwood.toml"), tasks.sections),
    (("Tiltfile",), tasks.tiltfile),
    (("Properties/launchSettings.json",), readers.launch_settings),
    (("angular.json",), readers.angular),
    (("project.json",), readers.nx_project),
    (("project.json",), sources.nx_commands),
    (("wrangler.toml", "wrangler.jsonc", "wrangler.json"), readers.wrangler),
    (
        tuple(
            f"{name}.{ending}"
            for name in (
                *("vite.config", "nuxt.config", "astro.config", "rsbuild.config"),
                *("webpack.config", "vue.config", "rspack.config"),
                *("electron.vite.config", "quasar.config"),
            )
            for ending in JS
        ),
        readers.js_config,
    ),
    ((".flaskenv",), readers.flaskenv),
    (("config/vite.json",), readers.vite_ruby),
    (("config/dev.exs", "config/runtime.exs"), readers.phoenix),
    (("config/puma.rb",), readers.puma),
    ((".symfony.local.yaml",), readers.symfony),
    (("application.conf",), tasks.ktor),
    (("application*.properties", "application*.yml", "application*.yaml"), readers.spring),
    ((".streamlit/config.toml",), readers.streamlit),
    (
        ("Trunk.toml", "Rocket.toml", "_config.yml", "mkdocs.yml", "gunicorn.conf.py"),
        tasks.keyed,
    ),
    (("firebase.json",), readers.firebase),
    (("supabase/config.toml",), readers.supabase),
    (
        (
            *(f"{name}.{end}" for name in ("index", "server", "app", "main", "api") for end in JS),
            *(f"{name}.{end}" for name in ("env", "environment", "config") for end in JS),
            *("main.go", "server.go", "app.go", "config.go", "env.go", "settings.go"),
            *("app.py", "main.py", "server.py", "wsgi.py", "run.py", "api.py", "__main__.py"),
            *("config.py", "settings.py"),
            *("main.rs", "config.rs", "configuration.rs", "server.rs", "startup.rs", "app.rs"),
            *("http/mod.rs", "server/mod.rs", "http.rs", "web.rs"),
            *("server.rb", "app.rb", "main.rb", "config.ru", "bin/www"),
            *("Main.java", "App.java", "Server.java", "Main.kt", "App.kt", "Application.kt"),
            *("bin/server.dart", "application.ex"),
            *("serve.go", "root.go", "run.go", "start.go", "flags.go", "options.go"),
        ),
        code.code,
    ),
    *(
        (
            tuple(
                f"{folder}/{name}.{end}"
                for folder in ("configuration", "config", "settings", "conf")
                for name in names
                for end in ("yaml", "yml", "toml", "json")
            ),
            tasks.app_settings,
        )
        for names in (("local", "development", "dev"), ("default", "base", "config", "app"))
    ),
    (("config.default.toml", "config.example.toml", "config.sample.toml"), tasks.app_settings),
    (
        ("Program.cs", "AppHost.cs", "appsettings.json", "appsettings.Development.json"),
        code.dotnet_code,
    ),
    (EXAMPLES, env_example),
    (("devcontainer.json", ".devcontainer.json"), readers.devcontainer),
    ((".vscode/launch.json",), sources.launch_json),
    (("Dockerfile", "Containerfile"), readers.dockerfile),
)
#: Files that only name others, or show a framework by being there.
MARKS = (
    *("manage.py", "pom.xml", "build.gradle", "build.gradle.kts", ".env", "*.csproj"),
    *(
        "Package.swift",
        "build.sbt",
        "tauri.conf.json",
        "proxy.conf.*",
        "next.config.*",
        *("AppHost.cs", "hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"),
    ),
)
TELLING = ("README*", "CONTRIBUTING*", "AGENTS.md", "CLAUDE.md", "DEVELOP*.md", "*.sh")


def matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a test for paths: the name, or the end of the path where the pattern has a "/"."""
    names = re.compile("|".join(translate(one) for one in patterns if "/" not in one) or r"(?!)")
    tails = tuple(f"/{one}" for one in patterns if "/" in one)

    def matches(path: str) -> bool:
        name = path.rpartition("/")[2]
        return names.match(name) is not None or f"/{path}".endswith(tails)

    return matches
