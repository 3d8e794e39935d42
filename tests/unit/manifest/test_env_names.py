"""Names of variables: what the shells take, and what no manifest may set."""

from __future__ import annotations

import pytest

from portman.base.text import nearest
from portman.manifest.shapes import default_name, variable_flaw

GOOD = "A _A A1 a PORT HOST WEB_PORT PATH_PORT PYTHON_PORT GIT_URL DOCKER_HOST LDAP_PORT http_proxy"
REFUSED = (
    "PATH Path path HOME IFS ENV SHELL BASH_ENV LD_PRELOAD LD_LIBRARY_PATH LD_X_PORT ld_preload "
    "DYLD_INSERT_LIBRARIES PYTHONPATH PYTHONHOME PYTHONSTARTUP NODE_OPTIONS PERL5LIB RUBYOPT "
    "GIT_SSH_COMMAND GIT_DIR TMPDIR PROMPT_COMMAND PS4 PORTMAN_HOME PORTMAN_X_PORT MAKEFLAGS "
    "JAVA_TOOL_OPTIONS Ld_Preload SHELLOPTS PERL5OPT EDITOR PAGER COMSPEC PATHEXT GITHUB_ENV _"
)


#: The renderers refuse these as well: test_formats.py.
MISSHAPEN = ("", "1A", "A-B", "A B", "É", "A\n", "A\nB", "A=", "A.B", "²", "A;rm", "$(x)")


@pytest.mark.parametrize("name", GOOD.split())
def test_good(name: str) -> None:
    """Ordinary names, the names of services that are called like programs among them."""
    assert variable_flaw(name) is None


@pytest.mark.parametrize("name", REFUSED.split())
def test_refused(name: str) -> None:
    """Names that change how programs load or find things, in any case."""
    assert variable_flaw(name) == "refused"


@pytest.mark.parametrize("name", MISSHAPEN)
def test_shape(name: str) -> None:
    """Letters, digits and _ of ASCII, no digit first."""
    assert variable_flaw(name) == "shape"


def test_length_and_default() -> None:
    """A limit, and the name that a service gives its variable."""
    assert variable_flaw("A" * 128) is None
    assert variable_flaw("A" * 129) == "length"
    assert default_name("my-api_2") == "MY_API_2_PORT"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *[("prot", "port"), ("PORT", "port"), ("on-conflict", "on_conflict"), ("Count", "count")],
        *[("zzz", None), ("", None), ("p" * 1000, None)],
    ],
)
def test_nearest(word: str, expected: str | None) -> None:
    """Case and - for _ are always seen through; nonsense is not guessed at."""
    assert nearest(word, ("port", "protocol", "count", "on_conflict")) == expected
