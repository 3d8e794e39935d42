"""Just enough of JavaScript's grammar to find a key of an object literal and where its value is."""

from __future__ import annotations

import re

from portman.base.record import NamedTuple

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
#: After one of these (or nothing) a slash begins a pattern.
_BEFORE_PATTERN = "(,=:[!&|?{};+-*%<>~^"


class Member(NamedTuple):
    """`key: value` of an object literal; `key` "" for a spread or a computed name."""

    key: str
    begin: int
    value: int
    end: int


def skip(text: str, at: int) -> int:
    """Return the place after the comment, string, template or pattern at `at`; `at` if none."""
    two = text[at : at + 2]
    if two == "//":
        end = text.find("\n", at)
        return len(text) if end < 0 else end
    if two == "/*":
        end = text.find("*/", at + 2)
        return len(text) if end < 0 else end + 2
    sign = text[at : at + 1]
    if sign in ("'", '"'):
        match = re.compile(rf"{sign}(?:[^{sign}\\\n]|\\.)*{sign}", re.DOTALL).match(text, at)
        return match.end() if match else at + 1
    if sign == "`":
        return _template(text, at)
    if sign == "/" and (text[:at].rstrip()[-1:] or "(") in _BEFORE_PATTERN:
        match = re.compile(r"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*").match(text, at)
        return match.end() if match else at + 1
    return at


def _template(text: str, at: int) -> int:
    at += 1
    while at < len(text) and text[at] != "`":
        if text[at] == "\\":
            at += 2
        elif text.startswith("${", at):
            at = closing(text, at + 1) + 1
        else:
            at += 1
    return at + 1


def closing(text: str, at: int) -> int:
    """Return the place of the bracket that closes the one at `at`; the end if none does."""
    waiting = [_PAIRS[text[at]]]
    at += 1
    while at < len(text):
        after = skip(text, at)
        if after > at:
            at = after
            continue
        sign = text[at]
        if sign in _PAIRS:
            waiting.append(_PAIRS[sign])
        elif sign == waiting[-1]:
            waiting.pop()
            if not waiting:
                return at
        at += 1
    return len(text)


def blank(text: str, at: int) -> int:
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at : at + 2] in ("//", "/*"):
            at = skip(text, at)
        else:
            break
    return at


def members(text: str, brace: int) -> list[Member]:
    end = closing(text, brace)
    found = []
    at = blank(text, brace + 1)
    while at < end:
        begin, key = at, ""
        if match := re.compile(r"([\"']?)([\w$-]+)\1\s*:").match(text, at):
            key, at = match[2], match.end()
        elif match := re.compile(r"(\w+)\s*(?=[,}])").match(text, at):
            key = match[1]  # { server }
        value = blank(text, at)
        at = value
        while at < end and text[at] != ",":
            after = skip(text, at)
            if after == at:
                after = closing(text, at) + 1 if text[at] in _PAIRS else at + 1
            at = after
        stop = at
        while stop > value and text[stop - 1].isspace():
            stop -= 1
        found.append(Member(key, begin, value, stop))
        at = blank(text, at + 1)
    return found


def member(text: str, brace: int, key: str) -> Member | None:
    return next((one for one in members(text, brace) if one.key == key), None)


def config_object(text: str) -> int | None:
    """Return the `{` of the one object that a config file exports; None if that is not certain."""
    calls = [one.end() - 1 for one in re.finditer(r"\bdefineConfig\s*(?:<[^>]*>)?\s*\(", text)]
    if len(calls) > 1:
        return None
    if calls:
        return _returned(text, blank(text, calls[0] + 1))
    exports = [one.end() for one in re.finditer(r"(?m)^export\s+default\s+", text)]
    if len(exports) != 1:
        return None
    return _returned(text, blank(text, exports[0]))


def exported_object(text: str) -> int | None:
    """Return the `{` of what is exported as CommonJS, or by a name that is declared once."""
    exports = re.findall(r"(?m)^(?:export\s+default|module\.exports\s*=)\s+(.)(\w*)", text)
    if len(exports) != 1:
        return None
    name = re.escape("".join(exports[0]))
    pattern = (
        r"(?m)^module\.exports\s*=\s+(?=\{)"
        if exports[0][0] == "{"
        else rf"(?m)^(?:const|let|var)\s+{name}\s*(?::[^=\n]+)?=\s*(?=\{{)"
    )
    found = [one.end() for one in re.finditer(pattern, text)]
    return found[0] if len(found) == 1 else None


def _returned(text: str, at: int) -> int | None:
    """Follow an arrow function to the object it returns."""
    if text[at : at + 1] == "{":
        return at
    if not re.compile(r"(?:async\s*)?(?:\([^)]*\)(?:\s*:\s*\w+)?|\w+)\s*=>").match(text, at):
        return None
    at = blank(text, text.index("=>", at) + 2)
    if text[at : at + 1] == "(":
        at = blank(text, at + 1)
        return at if text[at : at + 1] == "{" else None
    if text[at : at + 1] != "{":
        return None
    body = text[at : closing(text, at)]
    returns = [one.end() for one in re.finditer(r"\breturn\s+(?=\{)", body)]
    return at + returns[0] if len(returns) == 1 else None


def indent(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    match = re.compile(r"[ \t]*").match(text, start)
    return match[0] if match else ""
