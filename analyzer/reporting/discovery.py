"""Finds the reports: one folder each, with `report.toml`, `template.html.j2` and any number of `*.sql`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from analyzer.model.content import content

Needs = Literal["attempts", "traces"]
TEMPLATE = "template.html.j2"
PREPARE = "prepare.sql"


class ReportError(Exception):
    """A report that doesn't exist, or a folder that is no report: says which and what is wrong."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One report. `needs` names the table without whose rows it says nothing; small `order` comes first."""

    name: str
    title: str
    summary: str
    needs: Needs
    order: int
    folder: Path

    def queries(self) -> dict[str, str]:
        """Read the SQL of each query, by name, in the order of the names."""
        files = sorted(path for path in self.folder.glob("*.sql") if path.name != PREPARE)
        return {path.stem: path.read_text(encoding="utf-8") for path in files}

    def prepare(self) -> str | None:
        """Read the statements to run before the queries, None where there are none."""
        path = self.folder / PREPARE
        return path.read_text(encoding="utf-8") if path.is_file() else None


class _Settings(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    summary: str
    needs: Needs
    order: int


def discover(folder: Path | None = None) -> list[Report]:
    """Read all reports of a folder (those of mxlens where none is named), in their order."""
    root = folder or content("reports")
    found = [_read(path.parent) for path in root.glob("*/report.toml")]
    return sorted(found, key=lambda report: (report.order, report.name))


def choose(reports: list[Report], names: tuple[str, ...]) -> list[Report]:
    """Pick the reports called `names`, in the order given."""
    known = {report.name: report for report in reports}
    if missing := [name for name in names if name not in known]:
        raise ReportError(f"no report called {', '.join(missing)}; there are: {', '.join(known)}")
    return [known[name] for name in names]


def _read(folder: Path) -> Report:
    path = folder / "report.toml"
    try:
        settings = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: {error}") from error
    if not (folder / TEMPLATE).is_file():
        raise ReportError(f"{folder}: {TEMPLATE} is missing")
    return Report(
        name=folder.name,
        title=settings.title,
        summary=settings.summary,
        needs=settings.needs,
        order=settings.order,
        folder=folder,
    )
