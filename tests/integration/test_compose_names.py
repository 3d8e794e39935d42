"""Which checkout has which Compose project name: no engine is needed to decide it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.processes import PYTHON, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Result

    Portman = Callable[..., Result]

WEB = '[services]\nweb = "auto"\n'
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.org")
FILE = "name: acme\nservices:\n  web:\n    image: x\n    ports: ['26950:80']\n"
MANIFEST = "[containers.web]\ntarget = 80\nport = 26950\n"


def project(folder: Path, compose: str = FILE, manifest: str = MANIFEST) -> Path:
    """Write a project."""
    folder.mkdir(parents=True)
    (folder / "compose.yaml").write_text(compose)
    (folder / "ports.toml").write_text(manifest)
    return folder


def name(folder: Path) -> str | None:
    """Return the project name that portman gave the checkout, None if it gave none."""
    rows = (folder / ".env").read_text().splitlines()
    return dict(row.split("=", 1) for row in rows if "=" in row).get("COMPOSE_PROJECT_NAME")


def test_the_first_keeps_its_name_whatever_the_second_does(
    portman: Portman, tmp_path: Path
) -> None:
    """Also after `down`, as its containers may still run, until its folder is gone."""
    first, second = project(tmp_path / "a" / "shop"), project(tmp_path / "b" / "shop")
    for folder in (first, second):
        assert portman("up", cwd=folder).code == 0
    assert name(first) is None
    assert str(name(second)).startswith("acme-shop-")
    assert portman("down", cwd=first).code == 0
    assert portman("up", cwd=project(tmp_path / "c" / "shop")).code == 0
    assert name(tmp_path / "c" / "shop") is not None
    assert portman("up", cwd=first).code == 0
    assert name(first) is None
    assert portman("down", cwd=first).code == 0
    (tmp_path / "a").rename(tmp_path / "moved")
    fourth = project(tmp_path / "d" / "shop")
    assert portman("up", cwd=fourth).code == 0
    assert name(fourth) is None


def test_a_checkout_from_before_names_were_recorded_keeps_its_own(
    portman: Portman, own_state: Path, tmp_path: Path
) -> None:
    """What an older portman left has no names; what its files say counts."""
    first, second = project(tmp_path / "a" / "shop"), project(tmp_path / "b" / "shop")
    assert portman("up", cwd=first).code == 0
    with closing(sqlite3.connect(own_state / "ledger.db")) as ledger, ledger:
        ledger.execute("DELETE FROM engine_name")
    assert portman("up", cwd=second).code == 0
    assert name(second) is not None
    (first / ".env").unlink()
    assert portman("up", cwd=first).code == 0
    assert name(first) is None


def test_a_folder_that_gives_compose_no_name_gets_one(portman: Portman, tmp_path: Path) -> None:
    """Compose refuses an empty project name, and takes letters and digits of ASCII alone."""
    text = FILE.removeprefix("name: acme\n")
    folders = [project(tmp_path / one / "店", text, MANIFEST) for one in "ab"]
    for folder in folders:
        assert portman("up", cwd=folder).code == 0
    names = {name(one) for one in folders}
    assert None not in names
    assert len(names) == 2


@pytest.mark.parametrize("output", ["", '[[output]]\npath = "ports.json"\nformat = "json"\n'])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_lost_ledger_gives_no_one_anothers_data(
    portman: Portman, own_state: Path, tmp_path: Path, order: tuple[int, int], output: str
) -> None:
    """Whoever asks first afterwards: the block or the override says who had which name."""
    text = f"{FILE}volumes:\n  data:\n    name: acme-data\n"
    clones = [project(tmp_path / one / "shop", text, MANIFEST + output) for one in "ab"]
    for folder in clones:
        assert portman("up", cwd=folder).code == 0
    before = [files(one) for one in clones]
    assert before[0] != before[1]
    shutil.rmtree(own_state)
    for at in order:
        assert portman("up", cwd=clones[at]).code == 0
    assert [files(one) for one in clones] == before
    assert portman("up", cwd=project(tmp_path / "c" / "shop", text, MANIFEST + output)).code == 0
    assert files(tmp_path / "c" / "shop") not in before


@pytest.mark.parametrize(
    ("ports", "said"),
    [
        ('"26951:6379"', "26951 (cache)"),
        ('{target: 6379, published: 26951, host_ip: "::1"}', "26951 (cache)"),
        ('"${CACHE:-26951}:6379"', "26951 (cache)"),
        ('"26951-26952:6379-6380"', "26951 (cache), 26952 (cache)"),
        ('"${MINE:-26951}:6379"', ""),
        ('"6379"', ""),
    ],
)
def test_ports_that_no_entry_leases_are_named_in_a_further_checkout(
    portman: Portman, tmp_path: Path, ports: str, said: str
) -> None:
    """With containers in ports.toml or without: the first keeps them, the second cannot start.

    What a profile starts is named with it.
    """
    text = f"{FILE}  cache: {{image: x, ports: [{ports}]}}\n  odd:\n    image: x\n"
    text += "    profiles: [odd]\n    ports: ['26953:1']\n"
    for manifest in (MANIFEST, WEB):
        for place in ("a", "b"):
            own = text.replace("acme", f"acme-{len(manifest)}")
            folder = project(tmp_path / place / str(len(manifest)) / "shop", own, manifest)
            (folder / ".env").write_text(f"MINE={26951 if place == 'a' else 27951}\n")
            done = portman("up", "--json", cwd=folder)
            warned = [x for x in json.loads(done.out)["warnings"] if x["code"] == "compose-fixed"]
            every = ["26950 (web)"] * (manifest is WEB) + [said] * bool(said)
            named = [", ".join([*every, "26953 (odd in profile odd)"])] if place == "b" else []
            shown = [one["message"].split("publishes ")[1].split(" in every")[0] for one in warned]
            assert shown == named


@pytest.mark.root
@pytest.mark.skipif(sys.platform != "linux", reason="mounts the ledger read-only")
def test_a_name_that_cannot_be_recorded_is_not_written(
    portman: Portman, own_state: Path, tmp_path: Path
) -> None:
    """All or nothing: another checkout could take the name, and then the data, meanwhile.

    A project that needs nothing of portman's goes on.
    """
    first = project(tmp_path / "first", manifest=WEB)
    second, plain = (project(tmp_path / one, f"name: {one}\n", WEB) for one in ("b", "plain"))
    for folder in (first, second, plain):
        assert portman("up", cwd=folder).code == 0
    with closing(sqlite3.connect(own_state / "ledger.db")) as ledger, ledger:
        ledger.execute("DELETE FROM engine_name WHERE path = ?", (str(second),))
    (second / "compose.yaml").write_text(FILE)
    (plain / "compose.yaml").write_text(FILE.replace("acme", "other"))
    for folder, code in ((second, 5), (plain, 0)):
        files = (f"{own_state}/ledger.{one}" for one in ("db", "lock"))
        script = "".join(f"mount --bind {x} {x}; mount -o remount,ro,bind {x}; " for x in files)
        up = f"cd {folder}; {PYTHON} -m portman up"
        words = ["unshare", "-m", "--propagation", "private", "sh", "-c", script + up]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(words, env=environment, capture_output=True, text=True)
        assert done.returncode == code, done
        assert "PROJECT_NAME" not in (folder / ".env").read_text()
        assert not (folder / "compose.override.yaml").exists()
        assert (str(own_state) in done.stderr) is (code == 5)


def files(folder: Path) -> list[str]:
    """Return what Compose is told there: names, without ports."""
    lines = [
        line
        for name in (".env", "compose.override.yaml")
        if (folder / name).exists()
        for line in (folder / name).read_text().splitlines()
    ]
    return [one for one in lines if "NAME" in one or "name:" in one]


def test_a_worktree_that_has_leases_but_no_name_yet_is_no_rival(
    portman: Portman, own_state: Path, tmp_path: Path
) -> None:
    """It asks first, and is killed before its files are written: the primary keeps the name."""
    first = project(tmp_path / "shop")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", *IDENTITY, *words], cwd=first, check=True)
    subprocess.run(["git", "worktree", "add", "-q", "../fix"], cwd=first, check=True)
    assert portman("up", cwd=tmp_path / "fix").code == 0
    (tmp_path / "fix" / ".env").unlink()
    with closing(sqlite3.connect(own_state / "ledger.db")) as ledger, ledger:
        ledger.execute("DELETE FROM engine_name")
    assert portman("up", cwd=first).code == 0
    assert name(first) is None


@pytest.mark.parametrize("manifest", [MANIFEST, "[services]\nweb = 26951\n"])
def test_two_projects_in_folders_of_one_name(
    portman: Portman, tmp_path: Path, manifest: str
) -> None:
    """Different repositories, with containers or without: the second one gets its own."""
    text = FILE.removeprefix("name: acme\n")
    first = project(tmp_path / "a" / "shop", text, manifest)
    second = project(tmp_path / "b" / "shop", text.replace("web", "app"), manifest)
    for folder in (first, second):
        assert portman("up", cwd=folder).code == 0
    assert name(first) is None
    assert str(name(second)).startswith("shop-")


def test_without_a_place_for_the_name_nothing_is_written_for_compose(
    portman: Portman, tmp_path: Path
) -> None:
    """COMPOSE_PROJECT_NAME in a .env that is no output wins over an override's name."""
    manifest = MANIFEST + '[[output]]\npath = "ports.env"\n'
    folders = [project(tmp_path / one / "shop", FILE, manifest) for one in ("a", "b")]
    for folder in folders:
        (folder / ".env").write_text("COMPOSE_PROJECT_NAME=acme\n")
    assert portman("up", cwd=folders[0]).code == 0
    done = portman("up", cwd=folders[1])
    assert done.code == 5
    assert "the project acme of" in done.err
    assert not (folders[1] / "compose.override.yaml").exists()
    assert (folders[1] / ".env").read_text() == "COMPOSE_PROJECT_NAME=acme\n"


@pytest.mark.parametrize(
    "variable", [("COMPOSE_DISABLE_ENV_FILE", "1"), ("COMPOSE_ENV_FILES", "other.env")]
)
def test_where_compose_does_not_read_env_the_override_has_everything(
    portman: Portman, tmp_path: Path, variable: tuple[str, str]
) -> None:
    """Number and name are in the override; a variable in .env would not reach Compose."""
    text = FILE.replace("'26950:80'", "'${WEB_PORT:-26950}:80'")
    for one in ("a", "b"):
        project(tmp_path / one / "shop", text)
        (tmp_path / one / "shop" / "other.env").touch()
        done = portman("up", cwd=tmp_path / one / "shop", env=dict([variable]))
        assert done.code == 0, done.err
    made = (tmp_path / "b" / "shop" / "compose.override.yaml").read_text()
    assert 'name: "acme-shop-' in made
    assert ":80" in made
    assert "${" not in made


DEV = """services:
  db: {image: x, container_name: shop-db, ports: ["26950:5432"], volumes: ["data:/data"]}
volumes: {data: {name: shop-data}}
"""
#: What starts Compose, the file that it reads, and the .env that Compose reads there.
STARTED = {
    "other-name": ("docker compose -f dev.yml up -d", "dev.yml", ".env"),
    "below": ("docker compose -f docker/dev.yml up -d", "docker/dev.yml", "docker/.env"),
    "usual-folder": ("cd docker; docker compose up -d", "docker/compose.yaml", "docker/.env"),
    "folder": ("docker compose --project-directory infra up", "infra/compose.yaml", "infra/.env"),
    "env-file": ("docker compose --env-file dev.env -f dev.yml up", "dev.yml", "dev.env"),
    "dev-container": ("", ".devcontainer/compose.yml", ".env"),
    "told": ("docker compose -p shop -f dev.yml up", "dev.yml", ""),
    "shell": ("COMPOSE_PROJECT_NAME=shop docker compose up", "dev.yml", ""),
}


@pytest.mark.parametrize("besides", [False, True])
@pytest.mark.parametrize("kind", STARTED)
def test_a_project_that_only_a_command_names(
    portman: Portman, tmp_path: Path, kind: str, besides: bool
) -> None:
    """Not in ports.toml, alone or besides a compose.yaml: the second gets its own, or the reason.

    What its files fix, and no override changes, is named; for data that both would write it takes
    a word in ports.toml. `down` takes the name away again.
    """
    command, file, env = STARTED[kind]
    folders = [tmp_path / one / "shop" for one in "ab"]
    reports = []
    for folder in folders:
        (folder / file).parent.mkdir(parents=True)
        (folder / file).write_text(DEV)
        (folder / "ports.toml").write_text(WEB)
        (folder / "Makefile").write_text(f"up:\n\t{command}\n")
        if kind == "dev-container":
            text = '{"dockerComposeFile": "compose.yml", "service": "db"}'
            (folder / ".devcontainer" / "devcontainer.json").write_text(text)
        if besides:
            (folder / "compose.yaml").write_text("name: acme\nservices: {a: {image: x}}\n")
        done = portman("up", "--json", cwd=folder)
        reports.append(json.loads(done.out))
        assert portman("check", cwd=folder).code == done.code
    first, second = reports
    assert first["errors"] == []
    codes = {one["code"] for one in second["warnings"]}
    if not env:
        (error,) = second["errors"]
        assert error["code"] == "compose-project"
        assert error["message"].startswith(
            f"Makefile:2 starts the Compose project shop of {tmp_path}"
        )
        assert portman("run", "--", "true", cwd=folders[1]).code == 0
        more = '[compose]\nshare = ["project:shop"]\n'
        (folders[1] / "ports.toml").write_text(WEB + more)
        assert portman("up", cwd=folders[1]).code == 0
        return
    assert {"compose-shared", "compose-fixed"} <= codes
    (error,) = second["errors"]
    assert error["code"] == "compose-project"
    assert "another checkout has volume data too" in error["message"]
    more = '[compose]\nshare = ["volume:data"]\n'
    assert more.strip().replace("\n", " ") in str(error["hints"])
    (folders[1] / "ports.toml").write_text(WEB + more)
    assert portman("up", cwd=folders[1]).code == 0
    names = [
        [row for row in (one / env).read_text().splitlines() if "PROJECT_NAME" in row]
        if (one / env).exists()
        else []
        for one in folders
    ]
    assert names[0] == []
    assert len(names[1]) == 1
    assert portman("up", cwd=folders[1]).out.splitlines()[-1].startswith("unchanged")
    assert portman("down", cwd=folders[1]).code == 0
    assert not list(folders[1].rglob("*.env"))


def test_two_projects_of_a_checkout_that_one_name_would_join(
    portman: Portman, tmp_path: Path
) -> None:
    """`name` keeps dev and test apart; the checkout's own name in .env wins over both."""
    said = []
    for place in "ab":
        folder = project(tmp_path / place / "shop")
        (folder / "test.yml").write_text(
            FILE.replace("acme", "acme-test").replace("26950", "26951")
        )
        (folder / "Makefile").write_text("t:\n\tdocker compose -f test.yml up\n")
        done = json.loads(portman("up", "--json", cwd=folder).out)
        said.append([x for x in done["warnings"] if x["code"] == "compose-shared"])
    assert said[0] == []
    (note,) = said[1]
    assert note["message"].startswith("test.yml and compose.yaml are both the project acme-shop-")
    assert note["message"].endswith("each replaces the other's web")
    assert "docker compose -p acme-test-shop-" in str(note["hints"][0])


def test_a_name_that_git_tracks_is_a_reason_and_no_name(portman: Portman, tmp_path: Path) -> None:
    """The .env beside the file that -f names is the team's: nothing of Compose's is half done."""
    folders = [tmp_path / one / "shop" for one in "ab"]
    for folder in folders:
        (folder / "infra").mkdir(parents=True)
        (folder / "infra" / "dev.yml").write_text(DEV)
        (folder / "infra" / ".env").write_text("A=1\n")
        (folder / "ports.toml").write_text(WEB)
        (folder / "Makefile").write_text("up:\n\tdocker compose -f infra/dev.yml up\n")
        for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "x")):
            subprocess.run(["git", *IDENTITY, *words], cwd=folder, check=True)
    assert portman("up", cwd=folders[0]).code == 0
    done = portman("up", "--json", cwd=folders[1])
    assert [one["code"] for one in json.loads(done.out)["errors"]] == [
        "output-tracked",
        "compose-project",  # its volume would be the first one's
    ]
    assert (folders[1] / "infra" / ".env").read_text() == "A=1\n"


def test_without_a_place_for_the_list_of_files_run_is_the_way(
    portman: Portman, tmp_path: Path
) -> None:
    """A tracked .env and an override of the project's own: Compose finds ours by `run` alone."""
    folders = [project(tmp_path / one / "shop") for one in "ab"]
    reports = []
    for folder in folders:
        (folder / "ports.toml").write_text(MANIFEST + '[[output]]\npath = ".env.local"\n')
        (folder / "compose.override.yml").write_text("services: {web: {labels: {a: b}}}\n")
        reports.append(json.loads(portman("up", "--json", cwd=folder).out))
    said = "so it does not load compose.portman.yaml"
    assert [said in str(one["warnings"]) for one in reports] == [True, False]
    (error,) = reports[1]["errors"]
    assert error["code"] == "compose-project"
    assert error["hints"][0]["command"] == "portman run -- docker compose up -d"
    show = "echo $COMPOSE_PROJECT_NAME $COMPOSE_FILE"
    found = portman("run", "--", "sh", "-c", show, cwd=folders[1]).out
    assert found.startswith("acme-shop-")
    assert found.strip().endswith("compose.portman.yaml")


def test_a_compose_file_in_a_usual_folder_is_not_passed_over(
    portman: Portman, tmp_path: Path
) -> None:
    """With [containers] each checkout hears of the key that ports.toml lacks."""
    folder = tmp_path / "shop"
    (folder / "docker").mkdir(parents=True)
    (folder / "docker" / "compose.yaml").write_text(FILE.removeprefix("name: acme\n"))
    (folder / "ports.toml").write_text(MANIFEST)
    key = '[compose] file = "docker/compose.yaml"'
    (note,) = json.loads(portman("up", "--json", cwd=folder).out)["warnings"]
    assert (note["code"], note["hints"][0]["label"]) == ("compose-unread", key)
    (folder / "ports.toml").write_text(f'{MANIFEST}[compose]\nfile = "docker/compose.yaml"\n')
    assert json.loads(portman("up", "--json", cwd=folder).out)["warnings"] == []
