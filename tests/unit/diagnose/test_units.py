"""Which systemd service a cgroup path stands for, and which it does not."""

from __future__ import annotations

import pytest

from portman.diagnose.free.targets import service_of


@pytest.mark.parametrize(
    ("cgroup", "found"),
    [
        (None, None),
        ("/", None),
        ("/system.slice/nginx.service", ("nginx.service", False)),
        ("/system.slice/web@3.service/worker", ("web@3.service", False)),
        ("/user.slice/user-1000.slice/session-3.scope", None),
        ("/user.slice/user-1000.slice/user@1000.service/web.service", ("web.service", True)),
        ("/user.slice/user-1000.slice/user@1000.service/init.scope", None),
        ("/user.slice/user-1000.slice/user@1000.service", None),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope", None),
        ("/system.slice/docker-0123.scope", None),
        ("/system.slice/docker.service/docker-0123.scope", None),
        ("/docker/0123456789abcdef", None),
    ],
)  # fmt: skip
def test_service_of(cgroup: str | None, found: tuple[str, bool] | None) -> None:
    """Services of the system and of the user's manager; never sessions, scopes or containers."""
    assert service_of(cgroup) == found
