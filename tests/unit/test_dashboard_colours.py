"""The colours of the dashboard meet WCAG 2.2 AA (1.4.3 text, 1.4.11 marks), light and dark."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = files("portman").joinpath("data/dashboard/style.css").read_text(encoding="utf-8")
VARIABLE = re.compile(r"--([a-z]+): (#[0-9a-f]{6})\b")
# Hairlines between cells and the zones of the number line repeat what text beside them says.
DECORATION = {"rule"}
# The white behind a QR code and the veil behind a dialog carry no text and no mark of the page.
BARE = {"background: #fff", "background: rgb(0 0 0 / .4)"}


def _themes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    plain = dict(VARIABLE.findall(light))
    return {"light": plain, "dark": plain | dict(VARIABLE.findall(dark))}


def _used(properties: str) -> set[str]:
    """The variables in the values of these properties, in every rule of the sheet."""
    values = re.findall(rf"(?<![-\w])(?:{properties}): ([^;}}]*)", STYLE)
    return {name for value in values for name in re.findall(r"var\(--([a-z]+)\)", value)} - {
        "step",
        "mono",
    }


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


MARK_PROPERTIES = "border|border-(?:color|left|right|top|bottom)|outline|stroke|fill|box-shadow"
THEMES = _themes()
TEXTS = _used("color")
MARKS = _used(MARK_PROPERTIES) - DECORATION
SWATCHES = {
    "accent",
    "warn",
    "ink",
}  # a background that is itself a mark: the legend of the number line
GROUNDS = _used("background") - DECORATION - SWATCHES


def _below(foregrounds: set[str], grounds: set[str], theme: str, bar: float) -> list[str]:
    colours = THEMES[theme]
    ratios = {
        (f, g): _contrast(colours[f], colours[g])
        for f in sorted(foregrounds)
        for g in sorted(grounds)
    }
    return [f"{f} on {g}: {ratio:.2f}" for (f, g), ratio in ratios.items() if ratio < bar]


def test_the_formula_gives_the_ratios_of_the_specification() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_variable_of_a_colour_is_used_and_judged() -> None:
    assert {"ink", "soft", "accent", "bad", "warn"} == TEXTS
    assert {"ground", "panel", "tint", "badtint"} == GROUNDS
    assert set(THEMES["light"]) == TEXTS | GROUNDS | MARKS | DECORATION
    both = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    assert dict(VARIABLE.findall(both[0])).keys() == dict(VARIABLE.findall(both[1])).keys()


def test_no_rule_has_a_colour_of_its_own() -> None:
    rules = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)
    colour = r"(?:#[0-9a-f]{3,8}|rgb\([^)]*\))"
    painted = rf"(?<![-\w])(?:color|background|{MARK_PROPERTIES})"
    own = re.findall(rf"{painted}: [^;}}]*{colour}", rules)
    assert set(own) == BARE


@pytest.mark.parametrize("theme", THEMES)
def test_text_has_a_contrast_of_4_5_on_every_ground(theme: str) -> None:
    assert _below(TEXTS, GROUNDS, theme, 4.5) == []


@pytest.mark.parametrize("theme", THEMES)
def test_marks_have_a_contrast_of_3_on_every_ground(theme: str) -> None:
    assert _below(MARKS, GROUNDS, theme, 3) == []


@pytest.mark.parametrize("theme", THEMES)
def test_the_lines_that_cross_a_zone_have_a_contrast_of_3_on_it(theme: str) -> None:
    assert _below({"ink", "bad"}, {"rule"}, theme, 3) == []
