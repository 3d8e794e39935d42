"""From the bytes a terminal sends to the names of keys. Pure."""

from __future__ import annotations

_ESCAPES = {
    b"[A": "up", b"[B": "down", b"[C": "right", b"[D": "left", b"[H": "home", b"[F": "end",
    b"OA": "up", b"OB": "down", b"OC": "right", b"OD": "left", b"OH": "home", b"OF": "end",
    b"[1~": "home", b"[4~": "end", b"[5~": "pageup", b"[6~": "pagedown", b"[7~": "home",
    b"[8~": "end",
}  # fmt: skip
_CONTROLS = {
    0x0D: "enter", 0x0A: "enter", 0x7F: "backspace", 0x08: "backspace", 0x15: "erase",
    0x0E: "down", 0x10: "up", 0x02: "pageup", 0x06: "pagedown", 0x03: "interrupt",
    0x04: "q",
}  # fmt: skip


def decode(data: bytes) -> tuple[list[str], bytes]:
    """Return the keys in `data` and the bytes of a key that is not whole yet.

    Letters come as themselves, in UTF-8; a key without a name here is passed over. An escape
    that nothing follows is the key "escape": terminals send the sequence of a key at once.
    """
    keys: list[str] = []
    at = 0
    while at < len(data):
        if data[at] == 0x1B:
            name, length = _escape(data[at + 1 :])
            if name:
                keys.append(name)
            at += 1 + length
        elif data[at] < 0x20 or data[at] == 0x7F:
            if data[at] in _CONTROLS:
                keys.append(_CONTROLS[data[at]])
            at += 1
        else:
            length = _length(data[at])
            letter = data[at : at + length]
            if len(letter) < length:
                return keys, letter
            keys += _letter(letter)
            at += length
    return keys, b""


def _escape(rest: bytes) -> tuple[str, int]:
    """Return the key after an ESC byte, and how many bytes more it has."""
    for sequence, name in _ESCAPES.items():
        if rest.startswith(sequence):
            return name, len(sequence)
    if rest[:1] not in (b"[", b"O"):
        return "escape", 0
    length = 1
    while length < len(rest) and not 0x40 <= rest[length] <= 0x7E:
        length += 1
    return "", min(length + 1, len(rest))


def _length(first: int) -> int:
    return 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


def _letter(raw: bytes) -> list[str]:
    text = raw.decode("utf-8", "ignore")
    return [text] if text and text.isprintable() else []
