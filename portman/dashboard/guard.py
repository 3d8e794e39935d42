"""Who may ask the page: one browser that had the token, on this machine, by a name of this machine.

A page of another site can send requests to loopback, and can make its own name resolve to it (DNS
rebinding), so Host and Origin are checked before anything else. Another user of the machine can
connect as well, and does not have the token. docs/security.md has the whole rule.
"""

from __future__ import annotations

import hmac
import time
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from portman.base.record import NamedTuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Largest body of a request, in bytes: a form with a few words.
MOST_BODY = 16 * 1024
#: Longest path and query, in bytes.
MOST_TARGET = 4096
#: Requests a second, after a burst of as many as BURST: far above what ten tabs do.
RATE, BURST = 50.0, 400.0
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Keys(NamedTuple):
    """`token` opens the page once; `session` is the cookie that it buys; `form` goes into forms."""

    token: str
    session: str
    form: str


class Denial(NamedTuple):
    """Why a request gets no answer: an HTTP status and one line."""

    status: int
    reason: str


class Guard:
    """ASGI middleware that lets through what may ask, and adds the headers of every answer."""

    def __init__(self, app: App, port: int, keys: Keys) -> None:
        self.app, self.port, self.keys = app, port, keys
        self._spent = False
        # Apart: strangers who ask without end use up their own room only.
        self._rooms = {known: (BURST, time.monotonic()) for known in (True, False)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        sending = _with_headers(send)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        known = self._known(headers)
        denied = self._deny(scope, headers, known=known)
        if denied is None and not known:
            if self._redeem(scope):
                await self._welcome(sending)
                return
            denied = Denial(
                403, "This page opens with the address that `portman dashboard` printed."
            )
        if denied is not None:
            await _answer(sending, denied)
            return
        await self.app(scope, _limited(receive), sending)

    def _deny(  # noqa: PLR0911 - one return a reason
        self, scope: Scope, headers: dict[str, str], *, known: bool
    ) -> Denial | None:
        if not self._has_room(known=known):
            return Denial(429, "Too many requests.")
        if headers.get("host", "") not in self.hosts:
            return Denial(421, "This name is not one of this server's.")
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_TARGET:
            return Denial(414, "The address is too long.")
        if not headers.get("content-length", "0").isdigit():
            return Denial(400, "The length of the body must be digits.")
        if int(headers.get("content-length", "0")) > MOST_BODY:
            return Denial(413, "The body is too large.")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc not in self.hosts:
            return Denial(403, "Another site may not ask.")
        if scope["method"] not in ("GET", "HEAD") and origin is None:
            return Denial(403, "A change needs the Origin that browsers send.")
        return None

    @property
    def hosts(self) -> tuple[str, ...]:
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    @property
    def cookie(self) -> str:
        """Return the name of the cookie: browsers keep one jar for all ports of a host."""
        return f"portman_{self.port}"

    def _has_room(self, *, known: bool) -> bool:
        now = time.monotonic()
        left, at = self._rooms[known]
        left = min(BURST, left + (now - at) * RATE)
        room = left >= 1
        self._rooms[known] = (left - room, now)
        return room

    def _known(self, headers: dict[str, str]) -> bool:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return False
        return found is not None and _same(found.value, self.keys.session)

    def _redeem(self, scope: Scope) -> bool:
        """Return whether the request brings the token, which then opens nothing any more."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["method"] != "GET" or self._spent or not _same(given, self.keys.token):
            return False
        self._spent = True
        return True

    async def _welcome(self, send: Send) -> None:
        """Give the cookie, and go on without the token in the address (and in the history)."""
        cookie = f"{self.cookie}={self.keys.session}; Path=/; HttpOnly; SameSite=Strict"
        headers = [(b"location", b"/"), (b"set-cookie", cookie.encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            have = {name.lower() for name, _ in message.get("headers", ())}
            more = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = [
                *message.get("headers", ()),
                *(one for one in more if one[0] not in have),
            ]
        await send(message)

    return sending


def _limited(receive: Receive) -> Receive:
    """Stop reading a body that is longer than it said, or that has no length."""
    read = 0

    async def receiving() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BODY:
            return {"type": "http.disconnect"}
        return message

    return receiving


async def _answer(send: Send, denied: Denial) -> None:
    body = f"{denied.reason}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": denied.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
