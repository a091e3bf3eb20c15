"""What holds for every page: self-contained, accessible, safe from what mail says."""

import base64
import hashlib
import itertools
import re

import pytest
from reporting_html import parse
from reporting_samples import GENERATED, filled, trace

from analyzer.model import CLASSIFICATIONS
from analyzer.reporting import discover, render, render_trace
from analyzer.store import Store

REPORTS = [report.name for report in discover()]


@pytest.fixture(scope="module", params=[*REPORTS, "all", "one trace", "nothing"])
def tree(request, store):
    if request.param == "one trace":
        return parse(render_trace(trace(), generated_at=GENERATED))
    if request.param == "nothing":
        with Store() as empty:
            return parse(render(empty, generated_at=GENERATED))
    names = None if request.param == "all" else (request.param,)
    return parse(render(store, names, generated_at=GENERATED))


def test_nothing_is_loaded_and_no_script_runs(tree):
    assert not list(
        tree.all("script", "link", "iframe", "object", "embed", "base", "form", "img", "image", "use")
    )
    for element in tree.all():
        assert not [name for name in element.attributes if name.startswith("on")]
        assert "style" not in element.attributes, "an inline style needs unsafe-inline"
        for name in ("src", "href", "xlink:href", "action", "srcset", "data"):
            assert (element.get(name) or "#").startswith("#")


def test_the_security_policy_names_the_style_sheet_and_nothing_else(tree):
    policies = [meta for meta in tree.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    (style,) = tree.all("style")
    digest = base64.b64encode(hashlib.sha256("".join(style.children).encode()).digest()).decode()
    assert policies[0].get("content") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in "".join(style.children)
    assert "@import" not in "".join(style.children)


def test_headings_go_down_one_step_at_a_time_from_one_h1(tree):
    levels = [int(heading.tag[1]) for heading in tree.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), levels
    assert all(heading.text for heading in tree.all("h1", "h2", "h3", "h4", "h5"))


def test_ids_are_unique_and_every_reference_has_its_target(tree):
    ids = [element.get("id") for element in tree.all() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in tree.all():
        names = (element.get("aria-labelledby") or "").split()
        target = (element.get("href") or "").removeprefix("#")
        pattern = re.findall(r"url\(#([^)]+)\)", element.get("fill") or "")
        assert {*names, *([target] if target else []), *pattern} <= set(ids)


def test_every_chart_has_title_and_description_and_its_numbers_in_a_table(tree):
    for svg in tree.all("svg"):
        if svg.get("aria-hidden") == "true":
            assert not svg.text
            continue
        assert svg.get("role") == "img"
        title, description = next(svg.all("title")), next(svg.all("desc"))
        assert svg.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
        assert title.text
        assert "table below" in description.text
        card = svg
        while card.get("class") != "card":
            card = card.parent
        assert list(card.all("table"))


def test_every_table_cell_has_its_headers(tree):
    for table in tree.all("table"):
        (head,) = table.all("thead")
        assert all(cell.get("scope") == "col" for cell in head.all("th"))
        width = len(list(next(head.all("tr")).all("th", "td")))
        for row in next(table.all("tbody")).all("tr"):
            cells = [cell for cell in row.children if getattr(cell, "tag", None) in ("th", "td")]
            assert len(cells) == width
            assert [cell.get("scope") for cell in cells if cell.tag == "th"] == ["row"]


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name(tree):
    for element in tree.all("div"):
        if element.get("class") == "scroll":
            assert element.get("tabindex") == "0"
            assert element.get("role") == "group"
            assert element.get("aria-label")


def test_a_classification_is_never_told_by_colour_alone(tree):
    fills = {
        hit for svg in tree.all("rect") for hit in re.findall(r"url\(#(p-[^)]+)\)", svg.get("fill") or "")
    }
    hatches = {pattern.get("id"): next(pattern.all("path")).get("d") for pattern in tree.all("pattern")}
    kinds = [key for key in hatches if key != "p-skew"]
    assert len(kinds) == len(CLASSIFICATIONS)
    assert len({hatches[key] for key in kinds}) == len(kinds), "two classifications share a hatch"
    names = tree.text
    for fill in fills - {"p-skew"}:
        assert any(
            fill == f"p-{re.sub('[ /]', '-', name.lower())}" and name in names for name in CLASSIFICATIONS
        )


def test_it_says_its_language_and_fits_a_phone(tree):
    (html,) = tree.all("html")
    assert html.get("lang") == "en"
    assert [meta.get("content") for meta in tree.all("meta") if meta.get("name") == "viewport"] == [
        "width=device-width, initial-scale=1"
    ]
    assert next(tree.all("main"))


def test_the_page_is_the_same_every_time():
    pages = set()
    for _ in range(2):
        with Store() as store:
            pages.add(render(filled(store), generated_at=GENERATED))
    assert len(pages) == 1


def test_nothing_to_report_is_said():
    with Store() as empty:
        assert "Nothing to report" in render(empty)
