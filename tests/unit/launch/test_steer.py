"""What a known program of a service gets: rules of launch/chain.py and launch/steer.py."""

from __future__ import annotations

import pytest

from portman.base.programs import commands
from portman.launch.chain import follow
from portman.launch.steer import Steered, Wanted, steer

SCRIPTS = {
    "dev": "vite",
    "next": "next dev -p 3000",
    "astro": "astro dev --port 4321",
    "checked": "tsc --noEmit && vite",
    "eaten": "tsc && npm run dev",
    "handed": "tsc && npm run dev --",
    "piped": "vite | tee log",
    "env": "dotenv -e .env -- vite",
    "two": 'concurrently "vite" "npm:api"',
    "api": "uvicorn app:app",
    "loop": "npm run loop",
}
VITE = "--port 61000 --strictPort --host 127.0.0.1"


def scripts(folder: str, package: str) -> tuple[str, dict[str, str]]:
    """Stand in for package.json: one package."""
    return folder, {} if package == "none" else SCRIPTS


def steered(command: str, host: str = "127.0.0.1", **env: str) -> Steered:
    argv = commands(command)[0]
    wanted = Wanted("web", 61000, host, usual=3000)
    return steer(argv, follow(argv, scripts), wanted, {"PORT": "61000", **env})


@pytest.mark.parametrize(
    ("command", "added"),
    [
        ("vite", VITE),
        ("npx vite", VITE),
        ("uv run vite", VITE),
        ("sudo -E vite", VITE),
        ("vite --host", "--port 61000 --strictPort"),
        ("vite --port 61000", "--strictPort --host 127.0.0.1"),
        ("vite --port 61000 --strictPort --host 0.0.0.0", ""),
        ("vite build", ""),
        ("next dev", ""),
        ("gunicorn app:app", "-b 127.0.0.1:61000"),
        ("gunicorn app:app -b 127.0.0.1:61000", ""),
        ("python manage.py runserver", "127.0.0.1:61000"),
        ("python -m http.server", "61000"),
        ("storybook dev", "-p 61000 --exact-port"),
        ("hypercorn app:app", "-b 127.0.0.1:61000"),
        ("npm run dev", f"-- {VITE}"),
        ("npm run dev -- --host", "--port 61000 --strictPort"),
        ("pnpm dev", VITE),
        ("pnpm --filter web dev", VITE),
        ("pnpm --filter none dev", ""),
        ("yarn run dev", VITE),
        ("yarn workspace web dev", VITE),
        ("bun run dev", VITE),
        ("npm run checked", f"-- {VITE}"),
        ("npm run env", f"-- {VITE}"),
        ("npm run handed", f"-- {VITE}"),
        ("npm run next", "-- -p 61000"),
        ("npm run loop", ""),
        ("node server.js", ""),
        ("echo vite", ""),
    ],
)
def test_options_that_are_added(command: str, added: str) -> None:
    """At the end of the command, where they reach the program."""
    done = steered(command)
    assert " ".join(done.argv) == f"{command} {added}".strip()
    assert [one.code for one in done.notes] == (["options-added"] if added else [])


@pytest.mark.parametrize(
    ("host", "command", "added"),
    [
        ("0.0.0.0", "vite", "--port 61000 --strictPort --host 0.0.0.0"),
        ("localhost", "vite", "--port 61000 --strictPort"),
        ("::1", "gunicorn a:b", "-b [::1]:61000"),
        ("127.0.0.2", "next dev", "-H 127.0.0.2"),
    ],
)
def test_the_address_of_the_manifest_is_asked_for(host: str, command: str, added: str) -> None:
    """Only where the program would not answer there."""
    assert " ".join(steered(command, host).argv) == f"{command} {added}"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("npm run eaten", "no option of this command reaches it"),
        ("npm run piped", "no option of this command reaches it"),
        ("npm run astro", 'script "astro" starts astro dev on 4321, not on 61000'),
        ("npm run two", "starts vite dev and uvicorn"),
        ("astro dev --port 4321", "starts astro dev on 4321"),
    ],
)
def test_what_cannot_be_reached_is_said(command: str, said: str) -> None:
    """The command starts unchanged."""
    done = steered(command)
    assert " ".join(done.argv) == command.replace('"', "")
    assert [one.code for one in done.notes] == ["options-unreached"]
    assert said in done.notes[0].message


def test_the_usual_number_in_the_command_gives_way() -> None:
    """A person who copies the line of the README means the service, not the number."""
    assert steered("next dev -p 3000").argv == ("next", "dev", "-p", "61000")
    assert steered("next dev --port=4000").argv == ("next", "dev", "--port=4000")


@pytest.mark.parametrize(
    ("command", "added"),
    [
        ("wrangler dev", "--port 61000 --inspector-port 61001"),
        ("wrangler dev --inspector-port=9300", "--port 61000"),
        ("nest start", ""),
    ],
)
def test_a_port_beside_its_own_that_has_a_service(command: str, added: str) -> None:
    """`web-inspector` is the inspector of web."""
    argv = commands(command)[0]
    wanted = Wanted("web", 61000, others=(("inspector", 61001), ("debug", 61002)))
    done = steer(argv, follow(argv, scripts), wanted, {"PORT": "61000"})
    assert " ".join(done.argv[len(argv) :]) == added


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("uvicorn app:app", "UVICORN_PORT"),
        ("npm run api", "UVICORN_PORT"),
        ("flask --app x run", "FLASK_RUN_PORT"),
        ("vite --port $SHOP_PORT", "SHOP_PORT"),
    ],
)
def test_a_variable_of_its_own_is_set(command: str, name: str) -> None:
    """Unless it has the number already."""
    done = steered(command)
    assert done.env[name] == "61000"
    assert name in done.notes[0].message
    assert name not in "".join(one.message for one in steered(command, **{name: "61000"}).notes)
