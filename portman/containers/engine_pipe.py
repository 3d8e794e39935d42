"""The engine's API over a named pipe of Windows, which the docker library can talk through.

Only its transport is used: what it makes of an answer itself it first reads whole, whatever the
size, and unpacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portman.containers.engine_http import Client

if TYPE_CHECKING:
    from portman.containers.endpoint import Endpoint


class PipeClient(Client):
    """Through the docker library."""

    def __init__(self, endpoint: Endpoint, patience: float) -> None:
        from docker.api.client import APIClient
        from docker.constants import DEFAULT_DOCKER_API_VERSION

        super().__init__()
        self._patience = patience
        # Given a version it asks the engine for none; the paths here name none either.
        self._api = APIClient(base_url=endpoint.url, version=DEFAULT_DOCKER_API_VERSION)

    def _get(self, path: str) -> tuple[int, bytes]:
        with self._api.get(
            f"{self._api.base_url}{path}",
            timeout=self._patience,
            stream=True,
            allow_redirects=False,
            headers={"Accept-Encoding": "identity"},
        ) as response:
            return response.status_code, self._body.read(response.raw)  # as it comes, packed
