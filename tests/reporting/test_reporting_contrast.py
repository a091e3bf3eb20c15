"""Contrast of the style sheet's colours, light and dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from itertools import combinations
from pathlib import Path

import pytest

import analyzer.reporting

CSS = (Path(analyzer.reporting.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
TEXT = ["ink", "soft", "accent", "good", "warn", "bad"]
GRAPHICS = [
    "invalid",
    "technical",
    "content",
    "reputation",
    "frequency",
    "unavailable",
    "unclassified",
    "step",
    "ink",
]


def variables(block):
    return {name: value.strip() for name, value in re.findall(r"--(\w+):\s*(#[0-9a-f]{6})", block)}


LIGHT, DARK = (variables(block) for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2])


def channels(colour):
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def linear(value):
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def luminance(colour):
    red, green, blue = (linear(value) for value in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "card", "sunk"])
@pytest.mark.parametrize("name", TEXT)
def test_text_can_be_read(scheme, ground, name):
    assert contrast(scheme[name], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", GRAPHICS)
def test_graphics_stand_out_from_their_card(scheme, name):
    assert contrast(scheme[name], scheme["card"]) >= 3


# Linear RGB as seen without one kind of cone: Machado, Oliveira, Fernandes 2009, severity 1.
BLIND = {
    "protan": [
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ],
    "deutan": [
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ],
}


def lab(rgb):
    x = 0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]
    y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    z = 0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]
    f = [
        (max(value, 0) / white) ** (1 / 3) for value, white in zip((x, y, z), (0.9505, 1, 1.089), strict=True)
    ]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", BLIND)
def test_hues_of_classifications_differ_for_the_colour_blind(scheme, kind):
    """Hatches tell them apart in any case; the hues alone should too, as far as seven can."""
    seen = {}
    for name in GRAPHICS[:7]:
        rgb = [linear(value) for value in channels(scheme[name])]
        seen[name] = lab([sum(a * b for a, b in zip(row, rgb, strict=True)) for row in BLIND[kind]])
    for one, other in combinations(seen, 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
        assert distance >= 18, (one, other, distance)
