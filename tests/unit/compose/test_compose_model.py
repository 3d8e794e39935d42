"""Several files, `extends`, `include`: put together as Compose puts them together."""

from __future__ import annotations

import posixpath

import pytest

from portman.compose.model import (
    MOST_FILES,
    ComposeDocument,
    Extends,
    Include,
    Merged,
    NamedResource,
    Paths,
    PortEntry,
    ServiceText,
    Traits,
    is_remote,
    read_project,
)


def text(*ports: str, **more: object) -> ServiceText:
    """Return what one file says of a service."""
    return ServiceText(tuple(PortEntry(one) for one in ports), **more)  # type: ignore[arg-type]


def ports(merged: Merged) -> list[str]:
    """Return the ports of a service as texts."""
    return [one.text for one in merged.ports]


def project(*names: str, **files: ComposeDocument):  # type: ignore[no-untyped-def]
    """Read a project; `a__b` stands for the file /a/b."""
    tree = {"/" + name.replace("__", "/"): document for name, document in files.items()}

    def join(folder: str, name: str) -> str:
        return posixpath.normpath(posixpath.join(folder, name))

    paths = Paths(join, posixpath.dirname, tree.get)
    return read_project(tuple(f"/{name}" for name in names), paths)


def test_ports_of_several_files_append() -> None:
    """A later file adds; what is there to the letter is not there twice."""
    found = project(
        "a",
        "b",
        a=ComposeDocument({"db": text("1:1")}),
        b=ComposeDocument({"db": text("1:1", "2:2")}),
    )
    assert ports(found.services["db"]) == ["1:1", "2:2"]


def test_override_and_reset() -> None:
    """`!override` replaces, `!reset` clears, of the list or of the whole service."""
    first = ComposeDocument({name: text("1:1") for name in "abcd"})
    second = ComposeDocument(
        {
            "a": text("2:2", ports_mode="override"),
            "b": text(ports_mode="reset"),
            "c": text("2:2", mode="override"),
            "d": text(mode="reset"),
        }
    )
    found = project("x", "y", x=first, y=second).services
    assert [ports(found[name]) for name in "abcd"] == [["2:2"], [], ["2:2"], []]


def test_the_last_name_counts_and_included_ones_do_not() -> None:
    """The project's name is of the files themselves."""
    included = ComposeDocument({}, name="other")
    first = ComposeDocument({}, (Include(("sub/c",)),), "one")
    found = project("a", "b", a=first, b=ComposeDocument({}, name="two"), sub__c=included)
    assert found.name == "two"


def test_extends_goes_through_files_and_ends_in_circles() -> None:
    """A base of another file lies under; a circle is told, not followed for ever."""
    here = ComposeDocument(
        {"db": text("1:1", extends=Extends("base", "sub/b")), "base": text("9:9")}
    )
    there = ComposeDocument({"base": text("2:2", extends=Extends("root")), "root": text("3:3")})
    assert ports(project("a", a=here, sub__b=there).services["db"]) == ["3:3", "2:2", "1:1"]
    loop = ComposeDocument({"a": text(extends=Extends("b")), "b": text(extends=Extends("a"))})
    assert "cannot be found" in project("x", x=loop).services["a"].faults[0]


def test_what_cannot_be_followed_is_named() -> None:
    """Missing files, remote files, files named by a variable."""
    first = ComposeDocument(
        {
            "a": text(extends=Extends("x", "${DIR}/c.yaml")),
            "b": text(extends=Extends("x", "gone.yaml")),
        },
        (Include(("oci://example/x",)), Include(("gone-too.yaml",))),
    )
    found = project("a", a=first)
    assert "${DIR}" in found.services["a"].faults[0]
    assert "gone.yaml" in found.services["b"].faults[0]
    assert any("oci://" in fault for fault in found.faults)
    assert any("gone-too.yaml: cannot be read" in fault for fault in found.faults)


def test_included_files_have_an_env_file_of_their_own() -> None:
    """Which one: the folder's, that of `project_directory`, or the one that is named."""
    plain = Include(("sub/c",))
    named = Include(("sub/d",), env_files=("x.env",))
    moved = Include(("sub/e",), folder="p")
    files = {f"sub__{name}": ComposeDocument({name: text("1:1")}) for name in "cde"}
    found = project("a", a=ComposeDocument({}, (plain, named, moved)), **files).services
    envs = [found[name].ports[0].env for name in "cde"]
    assert envs == [("/sub/.env",), ("/x.env",), ("/p/.env",)]


def test_documents_of_one_file_are_layers() -> None:
    """Laid over each other; `extends` leads to the same document, or to a whole other file.

    So `docker compose config` shows it (tests/engine/test_compose_shapes.py).
    """
    here = ComposeDocument({"db": text("1:1"), "x": text(extends=Extends("db"))})
    more = ComposeDocument({"db": text("2:1"), "y": text(extends=Extends("db"))})
    both = ComposeDocument({**here.services, **more.services}, layers=(here, more))
    other = ComposeDocument({"z": text("3:1", extends=Extends("db", "a"))})
    found = project("a", "b", a=both, b=other).services
    assert {name: ports(one) for name, one in found.items()} == {
        "db": ["1:1", "2:1"],
        "x": ["1:1"],
        "y": ["2:1"],
        "z": ["1:1", "2:1", "3:1"],
    }


def test_a_resource_is_read_with_the_env_file_of_the_include_that_named_it() -> None:
    """Wherever else a later file adds to it."""
    named = NamedResource("volume", "data", name="${VOLUME}")
    first = ComposeDocument({}, (Include(("sub/c",)), Include(("sub/d",), env_files=("d.env",))))
    files = {
        "sub__c": ComposeDocument({}, resources=(named,)),
        "sub__d": ComposeDocument({}, resources=(NamedResource("volume", "data", device="/d"),)),
    }
    (found,) = project("a", a=first, **files).resources
    assert found == named._replace(device="/d", env=("/sub/.env",))


def test_a_project_without_end_is_bounded() -> None:
    """A file that includes itself, and a thousand files."""
    circle = ComposeDocument({"db": text("1:1")}, (Include(("a",)),))
    assert "db" in project("a", a=circle).services
    many = {f"f{number}": ComposeDocument({}) for number in range(MOST_FILES + 50)}
    found = project(*many, **many)
    assert len(found.files) == MOST_FILES
    assert any("over 100 files" in fault for fault in found.faults)


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("https://example.invalid/x.git", True),
        ("oci://example.invalid/x:1", True),
        ("git@example.invalid:a/b", True),
        ("github.com/a/b", True),
        ("${WHERE}/compose.yaml", True),
        ("../db/compose.yaml", False),
        ("a@b/compose.yaml", False),
    ],
)
def test_what_compose_might_fetch(path: str, *, remote: bool) -> None:
    """In `include` and in `extends`: such a project is never handed to Compose."""
    assert is_remote(path) is remote


def test_what_a_later_file_says_besides_takes_no_address_away() -> None:
    """A network that is named again keeps its address; what is `!reset` is gone, the mode too."""
    under = Traits(networks=(("n", "10.5.0.7"), ("m",)), pid="host", environment=(("A", "1"),))
    own = Traits(networks=(("n",),), cleared=frozenset(("pid", "network_mode")), image="x")
    assert own.over(under) == Traits(
        networks=(("n", "10.5.0.7"), ("m",)), environment=(("A", "1"),), image="x"
    )
    first = ComposeDocument({"web": ServiceText(network_mode="host")})
    second = ComposeDocument({"web": ServiceText(traits=own)})
    found = project("a", "b", a=first, b=second)
    assert found.services["web"].network_mode == ""
