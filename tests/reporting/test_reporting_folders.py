"""Every folder under reports/ is a whole report, and a broken one is named."""

import re

import pytest
from reporting_html import parse
from reporting_samples import GENERATED, filled

from analyzer.model.content import content
from analyzer.reporting import ReportError, discover, render
from analyzer.reporting.environment import environment
from analyzer.store import Store

REPORTS = discover()
NAMES = [report.name for report in REPORTS]


def test_each_folder_is_a_report():
    folders = sorted(path.name for path in content("reports").iterdir() if path.is_dir())
    assert sorted(NAMES) == folders
    assert len({report.order for report in REPORTS}) == len(REPORTS), "two reports claim one place"


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_its_queries_give_the_same_rows_in_any_thread(report):
    """any_value and unordered lists give other rows each run; a limit without an order too."""
    for name, sql in report.queries().items():
        code = re.sub(r"--.*", "", sql).lower()
        assert "any_value" not in code, name
        assert "first(" not in code, name
        assert "order by" in code or "limit" not in code, name
        for aggregate in re.findall(r"\b(?:list|string_agg|mode)\(.*", code):
            assert "order by" in aggregate, (name, aggregate)


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_it_renders_on_an_empty_store_and_on_a_full_one(report):
    with Store() as store:
        parse(render(store, (report.name,), generated_at=GENERATED))
        tree = parse(render(filled(store), (report.name,), generated_at=GENERATED))
    (section,) = (each for each in tree.all("section") if each.get("id") == report.name)
    heading = next(section.all("h2"))
    assert heading.get("id") == f"{report.name}-heading"


@pytest.mark.parametrize("report", REPORTS, ids=NAMES)
def test_its_templates_never_call_text_from_mail_safe(report):
    for path in report.folder.glob("*.j2"):
        template = path.read_text(encoding="utf-8")
        environment().parse(template)
        for forbidden in (
            "|safe",
            "| safe",
            "autoescape",
            "Markup",
            "style=",
            "<script",
            "http://",
            "https://",
        ):
            assert forbidden not in template, (path.name, forbidden)
        assert not re.search(r"<[^>]*\son\w+=", template), path.name


@pytest.mark.parametrize("name", NAMES)
def test_it_is_taken_only_when_it_has_something_to_say(name):
    with Store() as store:
        assert f'id="{name}"' not in render(store)
        assert f'id="{name}"' in render(filled(store))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "mine"
    made.mkdir()
    (made / "report.toml").write_text('title = "Mine"\nsummary = "s"\nneeds = "attempts"\norder = 5\n')
    (made / "template.html.j2").write_text("<h2>Mine</h2>")
    (made / "b.sql").write_text("SELECT 2")
    (made / "a.sql").write_text("SELECT 1")
    return made


def test_a_report_is_its_folder(folder):
    (report,) = discover(folder.parent)
    assert (report.name, report.title, report.needs, report.order) == ("mine", "Mine", "attempts", 5)
    assert list(report.queries()) == ["a", "b"]
    assert report.prepare() is None
    (folder / "prepare.sql").write_text("CREATE TEMP TABLE x AS SELECT 1")
    assert report.prepare() == "CREATE TEMP TABLE x AS SELECT 1"
    assert list(report.queries()) == ["a", "b"], "what prepares is no query"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "report.toml"),
        ('title = "x"', "missing required field"),
        ('title = "x"\nsummary = "s"\nneeds = "money"\norder = 1', "needs"),
        ('title = "x"\nsummary = "s"\nneeds = "traces"\norder = 1\ncolour = 2', "colour"),
    ],
)
def test_broken_settings_are_named(folder, text, said):
    (folder / "report.toml").write_text(text)
    with pytest.raises(ReportError, match=said):
        discover(folder.parent)


def test_a_missing_template_is_named(folder):
    (folder / "template.html.j2").unlink()
    with pytest.raises(ReportError, match=r"template\.html\.j2 is missing"):
        discover(folder.parent)


def test_a_broken_query_is_named(folder, monkeypatch):
    (folder / "b.sql").write_text("SELECT nothing FROM nowhere")
    monkeypatch.setattr("analyzer.reporting.discovery.content", lambda _: folder.parent)
    with Store() as store, pytest.raises(ReportError, match=r"mine/b\.sql"):
        render(store, ("mine",))


def test_the_report_in_the_docs_works_as_it_stands(tmp_path, monkeypatch):
    docs = (content("reports").parent / "docs" / "reports.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"`([\w.]+)`(?:, in [^\n]*)?:\n\n```\w*\n(.*?)```", docs, re.DOTALL))
    assert sorted(blocks) == ["hosts.sql", "report.toml", "template.html.j2"]
    made = tmp_path / "volume"
    made.mkdir()
    for name, text in blocks.items():
        (made / name).write_text(text, encoding="utf-8")
    for module in ("discovery", "environment"):
        monkeypatch.setattr(f"analyzer.reporting.{module}.content", lambda _: tmp_path)
    environment.cache_clear()
    try:
        with Store() as store:
            tree = parse(render(filled(store), generated_at=GENERATED))
    finally:
        environment.cache_clear()
    assert [heading.text for heading in tree.all("h2", "h3")] == ["Volume", "By provider"]
    assert "example.net" in tree.text
