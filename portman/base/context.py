"""contextmanager and suppress without `contextlib`, which takes as long as ten modules of ours.

The type checker sees those of `contextlib`; tests/unit/base/test_context.py compares the two.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from contextlib import contextmanager, suppress
else:

    def _wraps(raised, error):  # type: ignore[no-untyped-def]
        """Return whether Python made a RuntimeError of a StopIteration in a generator (PEP 479)."""
        stopped = isinstance(raised, RuntimeError) and isinstance(error, StopIteration)
        return stopped and raised.__cause__ is error

    class _Manager:
        """What a generator with one `yield` does around the body of `with`."""

        def __init__(self, steps):  # type: ignore[no-untyped-def]
            self.steps = steps

        def __enter__(self):  # type: ignore[no-untyped-def]
            return next(self.steps)

        def __exit__(self, kind, error, _trace):  # type: ignore[no-untyped-def]
            if kind is None:
                for _ in self.steps:
                    raise RuntimeError("the generator goes on after its yield")
                return False
            try:
                self.steps.throw(error)
            except StopIteration as end:
                return end is not error
            except BaseException as raised:
                if raised is error or _wraps(raised, error):
                    return False
                raise
            raise RuntimeError("the generator goes on after its yield")

    def contextmanager(steps):  # type: ignore[no-untyped-def]
        def manager(*values, **named):  # type: ignore[no-untyped-def]
            return _Manager(steps(*values, **named))

        manager.__name__, manager.__doc__, manager.__wrapped__ = (
            steps.__name__,
            steps.__doc__,
            steps,
        )
        return manager

    class suppress:  # noqa: N801 - the name of contextlib
        """Ends at the first of these exceptions, quietly."""

        def __init__(self, *kinds):  # type: ignore[no-untyped-def]
            self.kinds = kinds

        def __enter__(self):  # type: ignore[no-untyped-def]
            return None

        def __exit__(self, kind, *_):  # type: ignore[no-untyped-def]
            return kind is not None and issubclass(kind, self.kinds)


__all__ = ["contextmanager", "suppress"]
