"""The written word keeps to the code: demo IMEIs, commands, the states, links and references.

What cannot be compared with code (reasons, legal notes) is not looked at here.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from buyback.deals.policy import ENDED, TRANSITIONS
from carriers.networks.registry import NETWORKS
from carriers.sandbox.script import DEMO_IMEIS

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.ja.md")
PAGES = (*READMES, "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")))
CODE = ("buyback", "inventory", "carriers", "shop", "config", "tests", "templates", "bench")
SUFFIXES = {".py", ".html", ".sql", ".sh", ".typ", ".css", ".js", ".csv", ".toml"}

_NUMBER = r"[0-9]+(?:\.[0-9]+)*"
_PAGE_SECTIONS = re.compile(rf"\b([a-z]+)\.md((?:[^.;()\n]{{0,40}}§{_NUMBER})+)")
_DESIGN = re.compile(rf"\bDESIGN((?:[^.;()\n]{{0,40}}§{_NUMBER})+)")
_PAGE = re.compile(r"\bdocs/([a-z]+)\.md\b")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def headings(page: str) -> set[str]:
    """The numbers of a page's headings."""
    return set(re.findall(rf"^#+ ({_NUMBER})\.? ", text_of(f"docs/{page}.md"), re.MULTILINE))


def sources() -> Iterator[Path]:
    yield from (ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / "manage.py")
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES and path != Path(__file__):
                yield path


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_lists_exactly_the_demo_imeis(readme: str) -> None:
    rows = re.findall(r"^\| `([0-9]{15})`(?: \S+ `([0-9]{15})`)? \|", text_of(readme), re.MULTILINE)
    assert rows == [(d.imei1.digits, d.imei2.digits if d.imei2 else "") for d in DEMO_IMEIS]


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_draws_the_states_as_they_are(readme: str) -> None:
    [picture] = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", text_of(readme), re.DOTALL)
    arrows = re.findall(r"^ +(\S+) --> (\S+?)(?:: (\S+))?$", picture, re.MULTILINE)
    assert len(arrows) == len(picture.splitlines()) == len(set(arrows))
    moves = {(state or "[*]", to, action) for (state, action), to in TRANSITIONS.items()}
    assert set(arrows) == moves | {(state, "[*]", "") for state in ENDED}


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_are_named_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    code = "\n".join(re.findall(r"`+[^`]+`+", text_of(page)))
    lines = re.findall(r"\bmake((?: [a-z]+)+)", code)
    named = {word for line in lines for word in line.split()}
    assert named <= targets
    commands = {p.stem for p in ROOT.glob("*/management/commands/*.py")} | {"migrate"}
    assert set(re.findall(r"\bmanage\.py ([a-z_]+)", text_of(page))) <= commands


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page: str) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", text_of(page))
    missing = {link for link in links if not (ROOT / page).parent.joinpath(link).exists()}
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+)`", text_of(page))
    ours = {name for name in named if name.split("/")[0] in {*CODE, "docs"}}
    missing |= {name for name in ours if not (ROOT / name).exists()}
    assert missing == set()


def test_every_reference_to_a_page_finds_its_heading() -> None:
    lost = []
    for path in [*sources(), *(ROOT / page for page in PAGES)]:
        text = path.read_text(encoding="utf-8")
        found = [*_PAGE_SECTIONS.findall(text), *(("design", s) for s in _DESIGN.findall(text))]
        for page, sections in found:
            known = headings(page) if (ROOT / f"docs/{page}.md").exists() else set()
            numbers = re.findall(rf"§({_NUMBER})", sections)
            lost += [f"{path.name}: {page}.md §{n}" for n in numbers if n not in known]
        pages = _PAGE.findall(text)
        lost += [f"{path.name}: {p}.md" for p in pages if not (ROOT / f"docs/{p}.md").exists()]
    assert lost == []


def test_every_network_has_its_facts() -> None:
    """Adapters name the section they were written from."""
    for code in NETWORKS:
        adapter = text_of(f"carriers/networks/{code}.py")
        assert re.search(r"carriers\.md` §[1-5] as of", adapter), code
        assert f"\n| {code} |" in text_of("docs/carriers.md")
