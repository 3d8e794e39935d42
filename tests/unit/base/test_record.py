"""Records behave as those of typing.NamedTuple do, wherever the package uses one."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from portman.base.record import NamedTuple


class Own(NamedTuple):
    """The same fields on our NamedTuple."""

    name: str
    port: int = 80
    tags: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.name}:{self.port}"


class Theirs(typing.NamedTuple):
    """The same fields on typing's."""

    name: str
    port: int = 80
    tags: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.name}:{self.port}"


KINDS: list[typing.Any] = [Own, Theirs]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("a",), {}),
        (("a", 1), {}),
        (("a", 1, ("x",)), {}),
        ((), {"name": "a"}),
        (("a",), {"tags": ("x",)}),
        ((), {"tags": (), "port": 2, "name": "b"}),
    ],
)
def test_made_alike(values: tuple[object, ...], named: dict[str, object]) -> None:
    own, theirs = (kind(*values, **named) for kind in KINDS)
    assert own == theirs == tuple(own)
    assert hash(own) == hash(theirs)
    assert repr(own) == repr(theirs).replace("Theirs", "Own")
    assert own._asdict() == theirs._asdict()
    assert own.shown == theirs.shown
    assert own._replace(port=9) == theirs._replace(port=9)
    assert Own._make(own) == own == pickle.loads(pickle.dumps(own)) == copy.copy(own)
    match own:
        case Own(name, port):
            assert (name, port) == own[:2]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        (("a", 1, (), 4), {}),
        (("a",), {"name": "b"}),
        (("a",), {"nmae": "b"}),
        ((), {"port": 1}),
        (("a", 1, ()), {"x": 1}),
    ],
)
def test_refused_alike(values: tuple[object, ...], named: dict[str, object]) -> None:
    for kind in KINDS:
        with pytest.raises(TypeError):
            kind(*values, **named)


def test_other_refusals() -> None:
    made = Own("a")
    with pytest.raises(AttributeError):
        made.port = 1  # type: ignore[misc]
    with pytest.raises(AttributeError):
        made.other = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="nmae"):
        made._replace(nmae="b")
    with pytest.raises(TypeError):
        Own._make(["a"] * 4)


def test_facts_of_the_class() -> None:
    for fact in ("_fields", "_field_defaults", "__match_args__", "__slots__"):
        assert getattr(Own, fact) == getattr(Theirs, fact)
    assert type(Own) is type
    assert Own.__doc__ == "The same fields on our NamedTuple."
    assert Own.port.__get__(Own("a", 7)) == 7  # type: ignore[attr-defined]
