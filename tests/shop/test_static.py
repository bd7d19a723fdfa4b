"""What we copied is what it says it is, and our own CSS and JavaScript keep to the house rules."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
VENDORED = tomllib.loads((ROOT / "static/vendor/VENDORED.toml").read_text(encoding="utf-8"))["part"]
LISTED = {path: digest for part in VENDORED for path, digest in part["files"].items()}
OWN_SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", sorted(LISTED))
def test_a_vendored_file_has_its_written_hash(path: str) -> None:
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == LISTED[path]


def test_every_vendored_file_is_listed_with_name_version_and_licence() -> None:
    folders = [ROOT / "static/vendor", ROOT / "shop/paper/fonts"]
    found = {str(p.relative_to(ROOT)) for f in folders for p in f.rglob("*") if p.is_file()}
    assert found - {"static/vendor/VENDORED.toml"} == set(LISTED)
    assert all(part["name"] and part["version"] and part["licence"] for part in VENDORED)


def test_the_style_sheet_stays_small() -> None:
    assert (ROOT / "static/css/app.css").stat().st_size < 14 * 1024


@pytest.mark.parametrize("path", OWN_SCRIPTS, ids=lambda p: p.name)
def test_a_script_needs_no_hole_in_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|localStorage", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_a_template_holds_no_inline_script_or_style(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"))
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|\shx-on", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag
    assert len(text.splitlines()) <= 120
