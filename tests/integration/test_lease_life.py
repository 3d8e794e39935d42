"""When a lease ends, and what only looks like its end: mounts, tenants, renames, left daemons."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from portman.machine import mounts
from tests.processes import PYTHON, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.processes import Runner


def write(shop: Runner, text: str) -> None:
    """Change ports.toml."""
    (shop.folder / "ports.toml").write_text(text)


linux_root = [
    pytest.mark.root,
    pytest.mark.skipif(sys.platform != "linux", reason="mount namespaces"),
]


def checkouts(shop: Runner) -> dict[str, Any]:
    """Return the checkouts of the ledger by path."""
    data = json.loads(shop.call("list", "--json").stdout)["data"]
    return {one["checkout"]: one for one in data["checkouts"]}


def in_other_mounts(script: str) -> str:
    """Run a script of sh in a mount namespace of its own; return its stdout."""
    done = subprocess.run(
        ["unshare", "-m", "--propagation", "private", "sh", "-ec", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return done.stdout


def make(folder: Path, text: str) -> Path:
    """Make a project."""
    folder.mkdir(parents=True)
    (folder / "ports.toml").write_text(text)
    return folder


class TestOtherMounts:
    """A sandbox, a container, an unmounted disk: nothing there proves that a folder is gone."""

    pytestmark = linux_root

    def test_a_covered_folder_keeps_its_leases(
        self, runner: Callable[..., Runner], tmp_path: Path
    ) -> None:
        """Neither another's `up` nor `gc` ends them; both say that they cannot see it."""
        host = make(tmp_path / "host" / "a", "[services]\nweb = 7306\n")
        shop = runner("[services]\nweb = 7306\n")
        me = f"{PYTHON} -m portman"
        shop.call("-C", str(host), "up", "-q")
        out = in_other_mounts(
            f"mount -t tmpfs none {tmp_path}/host; cd {shop.folder}; {me} up -q;"
            f" {me} gc; {me} list --json"
        )
        assert f"kept 1 ports of {host}: cannot see its folder from here" in out
        seen = {
            one["checkout"]: one for one in json.loads(out[out.index("{") :])["data"]["checkouts"]
        }
        assert (seen[str(host)]["unseen"], seen[str(host)]["gone"]) == (True, False)
        assert shop.call("-C", str(host), "port", "web").stdout == "7306\n"
        assert shop.call("-C", str(host), "check", "-q").returncode == 0
        assert shop.port("web") != 7306

    def test_two_folders_at_one_path_are_two_tenants(
        self, runner: Callable[..., Runner], tmp_path: Path
    ) -> None:
        """Each has its own numbers, now and later; `down` in one leaves the other's."""
        shop = runner('[services]\nweb = "auto"\n')
        one = make(tmp_path / "one", "[services]\nweb = 7311\n")
        two = make(tmp_path / "two", "[services]\nweb = 7311\n")
        app = tmp_path / "app"
        app.mkdir()

        def inside(folder: Path, words: str) -> str:
            me = f"{PYTHON} -m portman -C {app}"
            return in_other_mounts(f"mount --bind {folder} {app}; {me} {words}")

        assert inside(one, "port web") == "7311\n"
        other = inside(two, "port web")
        assert other != "7311\n"
        assert [inside(one, "port web"), inside(two, "port web")] == ["7311\n", other]
        inside(two, "down -q")
        assert len([path for path in checkouts(shop) if path == str(app)]) == 1
        assert inside(one, "port web") == "7311\n"

    def test_tenants_of_one_path_share_no_names_owners_or_former_ports(
        self, runner: Callable[..., Runner], tmp_path: Path
    ) -> None:
        """Three containers with /app: Compose projects, what an ephemeral run has, old numbers."""
        runner('[services]\nweb = "auto"\n')
        app = tmp_path / "app"
        app.mkdir()
        text = "[services]\nweb = %d\n[containers.db]\ntarget = 5432\nport = 'auto'\n"
        folders = []
        for name, port in (("one", 7315), ("two", 7316), ("three", 7317)):
            folders.append(make(tmp_path / name, text % port))
            file = "name: acme\nservices:\n  db:\n    image: postgres\n    ports: ['5432:5432']\n"
            (folders[-1] / "compose.yaml").write_text(file)

        def inside(folder: Path, words: str) -> str:
            me = f"{PYTHON} -m portman"
            script = words.replace("portman", me)
            return in_other_mounts(f"mount --bind {folder} {app}; cd {app}; {script}")

        def project(folder: Path) -> str:
            lines = (folder / ".env").read_text().splitlines()
            named = [one for one in lines if one.startswith("COMPOSE_PROJECT_NAME=")]
            return named[0].partition("=")[2] if named else "acme"

        for _ in range(2):
            for folder in folders:
                inside(folder, "portman up -q")
            seen = [project(one) for one in folders]
            assert seen[0] == "acme"
            assert len(set(seen)) == 3, seen
        ports = [inside(one, "portman port web") for one in folders]
        assert ports == ["7315\n", "7316\n", "7317\n"]
        inside(folders[0], "portman down -q; sed -i s/7315/\\'auto\\'/ ports.toml")
        inside(folders[1], "sed -i s/7316/\\'auto\\'/ ports.toml; portman down -q; rm -f .env")
        assert inside(folders[0], "portman port web") == "7315\n"
        assert inside(folders[1], "portman port web") == "7316\n"
        kept = inside(folders[2], "portman --instance ci up -q; portman --instance ci port web")
        inside(folders[1], "portman run --instance ci -- true; portman gc")
        assert inside(folders[2], "portman gc -q; portman --instance ci port web") == kept
        data = json.loads(inside(folders[2], "portman list --json"))["data"]
        found = [one["ephemeral"] for one in data["checkouts"] if one["instance"] == "ci"]
        assert found == [False]

    def test_a_view_of_the_same_disk_may_end_them(
        self, runner: Callable[..., Runner], tmp_path: Path
    ) -> None:
        """Another namespace that shows the very place, empty, proves the same as here."""
        shop = runner('[services]\nweb = "auto"\n')
        old = make(tmp_path / "old", "[services]\nweb = 7312\n")
        shop.call("-C", str(old), "up", "-q")
        shutil.rmtree(old)
        out = in_other_mounts(f"mount -t tmpfs none /mnt; {PYTHON} -m portman gc")
        assert out == f"gave back 1 ports of {old}\n"


def test_a_deleted_folder_loses_a_number_that_is_needed(
    runner: Callable[..., Runner], tmp_path: Path
) -> None:
    """Not the others: a folder that is moved away and back has them still."""
    shop = runner("[services]\nweb = 7313\n")
    for name, port in (("one", 7313), ("two", 7314)):
        shop.call("-C", str(make(tmp_path / name, f"[services]\nweb = {port}\n")), "up", "-q")
        shutil.move(tmp_path / name, tmp_path / f"{name}-away")
    assert shop.port("web") == 7313
    assert set(checkouts(shop)) == {str(shop.folder), str(tmp_path / "two")}
    assert checkouts(shop)[str(tmp_path / "two")]["gone"]
    shutil.move(tmp_path / "two-away", tmp_path / "two")
    assert shop.call("-C", str(tmp_path / "two"), "port", "web").stdout == "7314\n"


def test_a_record_of_an_older_portman_is_doubt_until_its_folder_was_seen(
    runner: Callable[..., Runner], tmp_path: Path, own_state: Path
) -> None:
    """Any write that meets the folder keeps the evidence; `gc --unseen` ends what has none."""
    shop = runner('[services]\nweb = "auto"\n')
    for name in ("seen", "lost"):
        shop.call("-C", str(make(tmp_path / name, '[services]\nweb = "auto"\n')), "up", "-q")
    with closing(sqlite3.connect(own_state / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE checkout SET place = ''")
    shutil.rmtree(tmp_path / "lost")
    shop.call("up", "-q")
    shutil.rmtree(tmp_path / "seen")
    out = shop.call("gc").stdout.splitlines()
    assert out[0] == f"gave back 1 ports of {tmp_path}/seen"
    assert out[1] == f"kept 1 ports of {tmp_path}/lost: cannot see its folder from here"
    assert f"{tmp_path}/lost" in shop.call("gc", "--unseen").stdout
    assert set(checkouts(shop)) == {str(shop.folder)}


@pytest.mark.parametrize("change", ["device", "kind", "inner", "unsure"])
def test_only_the_very_place_proves_that_a_folder_is_gone(tmp_path: Path, change: str) -> None:
    """Another device, file system or place inside it: no proof."""
    gone = tmp_path / "deep" / "gone"
    gone.mkdir(parents=True)
    known = mounts.evidence(str(gone))
    assert known is not None
    shutil.rmtree(tmp_path / "deep")
    assert mounts.look(str(gone), known.text()) == "gone"
    assert mounts.look(str(gone), "") == "unseen"
    other = {
        "device": known._replace(device=known.device + 1),
        "kind": known._replace(kind="ext4:1234:"),
        "inner": known._replace(inner="/elsewhere/gone"),
        "unsure": known._replace(kind=f"?{known.kind}"),
    }[change]
    assert mounts.look(str(gone), other.text()) == "unseen"
    (tmp_path / "deep").write_text("a file in its place")
    assert mounts.look(str(tmp_path / "deep" / "gone"), known.text()) == "gone"


def test_a_folder_with_odd_letters_is_found_again(tmp_path: Path) -> None:
    """The kernel escapes them in its table of mounts; the ledger keeps them as they are."""
    odd = tmp_path / "a b\n\\c"
    odd.mkdir()
    known = mounts.evidence(str(odd))
    assert known is not None
    assert mounts.parsed(known.text()) == known
    odd.rmdir()
    assert mounts.look(str(odd), known.text()) == "gone"


class TestRenames:
    """What ports.toml no longer names."""

    def test_a_renamed_service_keeps_the_usual_port(self, runner: Callable[..., Runner]) -> None:
        """Its new name gets the number, and `up` says so."""
        shop = runner("[services]\nweb = 7321\n")
        shop.call("up", "-q")
        write(shop, "[services]\nfront = 7321\n")
        done = shop.call("up")
        assert shop.port("front") == 7321
        assert "web is not in ports.toml any more: front has its port now" in done.stderr
        write(shop, "[services]\nweb = 7321\n")
        assert shop.port("web") == 7321

    def test_a_dropped_service_is_named_and_given_back_by_name(
        self, runner: Callable[..., Runner]
    ) -> None:
        """`up` names it each time; `down NAME` ends its lease and no other."""
        shop = runner('[services]\nweb = 7322\nmail = "auto"\n')
        shop.call("up", "-q")
        mail = shop.port("mail")
        write(shop, "[services]\nweb = 7322\n")
        for _ in range(3):
            words = f"mail {mail} is not in ports.toml any more; give it back: portman down mail"
            assert words in shop.call("up").stdout
        assert f"gave back mail {mail}" in shop.call("down", "mail").stdout
        assert "mail" not in shop.call("up").stdout
        assert shop.port("web") == 7322
        assert shop.call("down", "mail").returncode != 0

    def test_down_by_name_takes_its_line_out_of_the_files(
        self, runner: Callable[..., Runner]
    ) -> None:
        """The service is in ports.toml still: the next `up` leases it again."""
        shop = runner("[services]\nweb = 7323\napi = 7324\n")
        shop.call("up", "-q")
        shop.call("down", "api")
        text = (shop.folder / ".env").read_text()
        assert "WEB_PORT=7323" in text
        assert "API_PORT" not in text
        shop.call("up", "-q")
        assert "API_PORT=7324" in (shop.folder / ".env").read_text()

    def test_a_branch_with_another_shape_and_back(
        self, runner: Callable[..., Runner], tmp_path: Path
    ) -> None:
        """The number comes back, though the wider shape had to move."""
        shop = runner("[services]\nweb = 7331\n")
        shop.call("up", "-q")
        shop.call("-C", str(make(tmp_path / "q", "[services]\nweb = 7332\n")), "up", "-q")
        write(shop, "[services]\nweb = {port = 7331, count = 2}\n")
        shop.call("up", "-q")
        assert "7331" not in shop.call("port", "web").stdout
        write(shop, "[services]\nweb = 7331\n")
        shop.call("up", "-q")
        assert shop.port("web") == 7331


DAEMON = """
import subprocess, sys
code = "import time; print('up', flush=True); time.sleep(60)"
one = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=-1, stderr=-3)
one.stdout.readline()
print(one.pid)
"""


def test_an_instance_lives_as_long_as_what_its_run_left(runner: Callable[..., Runner]) -> None:
    """A daemon that carries the token keeps the ports, also before it binds one."""
    shop = runner('[services]\nweb = "auto"\n')
    done = shop.call("run", "--ephemeral", "--", sys.executable, "-c", DAEMON)
    daemon = int(done.stdout)
    assert "nothing to give back" in shop.call("gc").stdout
    subprocess.run(["kill", "-9", str(daemon)], check=True)
    assert "gave back 1 ports" in shop.call("gc").stdout


def test_up_on_an_instance_that_a_run_made_keeps_it(runner: Callable[..., Runner]) -> None:
    """Who names it for `up` gets its file, and the leases outlive the run."""
    shop = runner('[services]\nweb = "auto"\n')
    run = shop.start("run", "--instance", "ci-7", "--", "sh", "-c", "echo $WEB_PORT; exec sleep 60")
    assert run.stdout is not None
    port = run.stdout.readline().strip()
    shop.call("up", "-q", "--instance", "ci-7")
    run.kill()
    run.wait()
    shop.call("gc")
    assert f"WEB_PORT={port}" in (shop.folder / ".env.ci-7").read_text()
    assert shop.call("port", "web", "--instance", "ci-7").stdout.strip() == port
