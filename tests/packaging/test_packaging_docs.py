"""What the documents say is true: commands run, fields are named, links lead somewhere."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from analyzer.model import Attempt, Hop, Trace
from analyzer.model.verdict import Verdict

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")
TARGETS = re.compile(r"^([a-z-]+):", re.MULTILINE)


def commands(document: Path) -> list[str]:
    lines = "\n".join(BLOCK.findall(document.read_text())).replace("\\\n", " ").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.strip() and not line.startswith("#")]


ALL = [(path, line) for path in DOCUMENTS if path.exists() for line in commands(path)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text()):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize(("document", "line"), ALL, ids=lambda value: getattr(value, "name", value)[:60])
def test_commands_run(document: Path, line: str, mxlens, tmp_path: Path) -> None:
    """Every `mxlens …` line in a shell block runs in a copy of the sample data; `make` targets exist."""
    if line.startswith("make "):
        assert line.split()[1] in TARGETS.findall((ROOT / "Makefile").read_text())
        return
    if not re.match(r"(cat \S+ \| )?mxlens ", line):
        pytest.skip("not a command of this project")
    shutil.copytree(ROOT / "sample_data", tmp_path / "sample_data")
    stdin = b""
    if line.startswith("cat "):
        file, line = re.match(r"cat (\S+) \| (.*)", line).groups()
        stdin = (tmp_path / file).read_bytes()
    words = shlex.split(line)[1:]
    if ">" in words:
        words = words[: words.index(">")]
    done = mxlens(*words, stdin=stdin, cwd=tmp_path)
    assert done.returncode in (0, 1, 3), done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("kind", [Attempt, Verdict, Trace, Hop])
def test_every_field_is_documented(kind) -> None:
    text = (ROOT / "docs/output.md").read_text()
    for name in kind.__struct_encode_fields__:
        assert f"`{name}`" in text, f"{kind.__name__}.{name}"


def test_pins_name_no_registry() -> None:
    text = (ROOT / "constraints.txt").read_text()
    assert not re.search(r"https?:|--index|--find-links|@ ", text)
    for line in text.splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9_.-]+==[\w.+!]+", line)


def test_rule_pages_are_those_of_the_rules() -> None:
    """`make generated` writes them."""
    from analyzer.classification import read
    from analyzer.classification.pages import index, page

    sources = read()
    folder = ROOT / "docs/rules"
    written = {str(path.relative_to(folder)) for path in folder.rglob("*.md")}
    assert written == {"index.md", *(f"{rule.id}.md" for rule in sources.rules)}, "run: make generated"
    assert (folder / "index.md").read_text() == index(sources.rules, sources.reasons), "run: make generated"
    for rule in sources.rules:
        assert (folder / f"{rule.id}.md").read_text() == page(rule, sources.reasons), "run: make generated"
