import json
from pathlib import Path

import pytest

from vod_web.cli.assets import ensure_assets
from vod_web.cli.console import CannotRun

BUILD = """
import { cpSync, mkdirSync } from "node:fs";
mkdirSync("static/dist", { recursive: true });
cpSync("static/source.txt", "static/dist/manifest.json");
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose build copies one file."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "source.txt").write_text("one")
    (tmp_path / "static" / "build.mjs").write_text(BUILD)
    package = {"name": "small", "version": "1.0.0", "scripts": {"build": "node static/build.mjs"}}
    (tmp_path / "package.json").write_text(json.dumps(package))
    lock = {"name": "small", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": package}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    (tmp_path / "node_modules").mkdir()
    return tmp_path


def test_assets_are_built_when_their_sources_changed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built = root / "static" / "dist" / "manifest.json"
    ensure_assets(root)
    assert built.read_text() == "one"
    assert "Building scripts and styles" in capsys.readouterr().out

    ensure_assets(root)
    assert capsys.readouterr().out == ""

    (root / "static" / "source.txt").write_text("two")
    ensure_assets(root)
    assert built.read_text() == "two"


def test_assets_that_were_removed_are_built_again(root: Path) -> None:
    ensure_assets(root)
    (root / "static" / "dist" / "manifest.json").unlink()

    ensure_assets(root)

    assert (root / "static" / "dist" / "manifest.json").exists()


def test_a_build_that_fails_is_one_sentence_and_tried_again(root: Path) -> None:
    (root / "static" / "build.mjs").write_text('throw new Error("no such icon: moon");')
    for _ in range(2):
        with pytest.raises(CannotRun, match="no such icon: moon"):
            ensure_assets(root)
