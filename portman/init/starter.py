"""The ports.toml that `portman init` writes where it finds nothing to go by."""

from __future__ import annotations

STARTER = """\
# Ports of this project. Commit this file; each checkout gets its own numbers from it:
#   portman up        choose them, write .env, say who is in the way
#   portman list      every checkout's ports on this machine

[services]
# The usual port goes to the primary checkout if it is free; others get one of the pool.
web = 3000

# Any port will do:
# jobs = "auto"
#
# A port that must be this one, for an OAuth callback, say; one checkout at a time:
# login = { port = 4000, fixed = true }
#
# Other variable names than WEB_PORT:
# api = { port = 8000, env = ["API_PORT", "UVICORN_PORT"] }

# A service that runs in a container, and the port it has inside:
# [containers.db]
# target = 5432
# port = 5432

# Values made of ports:
# [env]
# API_URL = "http://localhost:{web}/api"

# Other files than .env:
# [[output]]
# path = "web/.env.local"
# only = ["WEB_PORT"]
"""


def starter_manifest() -> str:
    """Return a commented manifest with one service."""
    return STARTER
