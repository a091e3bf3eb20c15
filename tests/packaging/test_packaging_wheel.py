"""The wheel carries everything and works in a clean environment, away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from analyzer.model.content import content

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(root)],
        check=True,
        capture_output=True,
    )
    (file,) = out.glob("*.whl")
    return file


def test_wheel_holds_package_and_content(wheel: Path, root: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "analyzer/py.typed" in names
    assert {name.split("/")[0] for name in names} == {"analyzer", wheel.name.split("-py3")[0] + ".dist-info"}
    for folder in ("rules", "reports"):
        for file in (root / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert f"analyzer/_content/{file.relative_to(root)}" in names
    for file in (root / "analyzer").rglob("*.sql"):
        assert str(file.relative_to(root)) in names


def test_wheel_runs_in_a_clean_environment(wheel: Path, root: Path, tmp_path: Path) -> None:
    """Installed without the checkout in sight; its dependencies are those that are installed here."""
    home = tmp_path / "clean"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = home / "lib" / version / "site-packages"
    here = Path(next(path for path in sys.path if path.endswith("site-packages")))
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
    subprocess.run([*install, "--disable-pip-version-check", str(wheel)], check=True, capture_output=True)
    # What is installed here serves as the clean environment's index: no network is needed to test.
    for entry in here.iterdir():
        if "mxlens" not in entry.name.lower() and not (site / entry.name).exists():
            (site / entry.name).symlink_to(entry)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(home / "bin" / "mxlens"), *arguments],
            capture_output=True,
            cwd=tmp_path,
            env=clean,
            check=False,
        )

    assert run("--version").stdout.startswith(b"mxlens, version ")
    explained = run("explain", "--format", "jsonl", "550 5.1.1 no such user")
    assert json.loads(explained.stdout)["classification"] == "Invalid Address"
    sample = str(root / "sample_data" / "bounces")
    report = run("report", sample, str(root / "sample_data" / "headers"), "-o", "report.html")
    assert report.returncode in (0, 3), report.stderr.decode()
    assert "<svg" in (tmp_path / "report.html").read_text()
    where = subprocess.run(
        [str(python), "-c", "import analyzer.model.content as c; print(c.content('rules'))"],
        capture_output=True,
        cwd=tmp_path,
        env=clean,
        check=True,
    )
    assert str(site) in where.stdout.decode()


def test_content_is_found_in_the_checkout(root: Path) -> None:
    assert content("rules") == root / "rules"
    assert content("reports") == root / "reports"
