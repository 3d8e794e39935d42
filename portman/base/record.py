"""NamedTuple and Protocol without `typing`, which loads `re` and `enum`: as long as Python's start.

The type checker sees those of `typing`. Nothing is compiled and no annotation is evaluated, so a
module with a record has `from __future__ import annotations` (tests/contract/test_hot_path.py).
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any, NamedTuple, Protocol, Self

    _tuplegetter: Any
else:
    try:
        from _collections import _tuplegetter
    except ImportError:  # only CPython has it

        def _tuplegetter(at, doc):  # type: ignore[no-untyped-def]
            return property(lambda record: record[at], doc=doc)


__all__ = ["NamedTuple", "Protocol"]

_new: Any = tuple.__new__


class Record(tuple):  # type: ignore[type-arg]
    """A tuple whose items have names, with the methods of collections.namedtuple."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()
    _field_defaults: dict[str, Any] = {}  # noqa: RUF012 - no class changes it

    _tail: tuple[Any, ...] = ()  # the defaults, which are those of the last fields

    def __new__(cls, /, *values: Any, **named: Any) -> Self:
        short = len(cls._fields) - len(values)
        if named or short > len(cls._tail) or short < 0:
            values = (*values, *cls._rest(len(values), named))
        elif short:
            values += cls._tail[-short:]
        made: Self = _new(cls, values)
        return made

    @classmethod
    def _rest(cls, given: int, named: dict[str, Any]) -> list[Any]:
        """Return the items that were not given by position. Raises TypeError."""
        fields = cls._fields[given:]
        missing = [one for one in fields if one not in named and one not in cls._field_defaults]
        wrong = [one for one in named if one not in fields]
        if missing or wrong or given > len(cls._fields):
            said = f"lacks {missing}" if missing else f"takes {cls._fields}, not {wrong or given}"
            raise TypeError(f"{cls.__name__} {said}")
        return [named[one] if one in named else cls._field_defaults[one] for one in fields]

    @classmethod
    def _make(cls, values: Any) -> Self:
        return cls(*values)

    def _replace(self, /, **named: Any) -> Self:
        made: Self = _new(type(self), map(named.pop, self._fields, self))
        if named:
            raise TypeError(f"{type(self).__name__} takes {self._fields}, not {list(named)}")
        return made

    __replace__ = _replace

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{type(self).__name__}({shown})"

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)


class _Maker(type):
    """Turns the body of `class X(NamedTuple)` into a plain class on Record."""

    def __new__(cls, name: str, _bases: tuple[type, ...], body: dict[str, Any]) -> _Maker:
        fields = tuple(body.get("__annotations__", ()))
        defaults = {field: body[field] for field in fields if field in body}
        getters = {field: _tuplegetter(at, None) for at, field in enumerate(fields)}
        facts = {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
        facts["_tail"] = tuple(defaults.values())
        made: Any = type.__new__(
            type, name, (Record,), {"__slots__": (), **body, **getters, **facts}
        )
        return made  # type: ignore[no-any-return]


if not TYPE_CHECKING:
    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})
    Protocol = object
