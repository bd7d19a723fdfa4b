"""Which sentences the code says: gettext messages in Python and templates, without GNU tools.

Run `python -m config.messages` to bring the catalogs up to date: new sentences are added without a
translation (the check then names them), sentences that nobody says any more are dropped.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace

from config.translations import APPS, ROOT, read

MessageId = str | tuple[str, str]
Found = tuple[str | None, MessageId]
"""A context (or None) and the message: one sentence, or a singular with its plural."""

SINGLE = {"gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
ROOT_TEMPLATES = "shop"
"""Templates outside an app's folder (base, account, errors) speak for the shop."""


def of_app(app: str) -> set[Found]:
    """Return every message that the Python files and templates of `app` say."""
    found: set[Found] = set()
    for file in sorted((ROOT / app).rglob("*.py")):
        found.update(in_python(file.read_text(encoding="utf-8")))
    for file in _templates(app):
        found.update(in_template(file.read_text(encoding="utf-8")))
    return found


def _templates(app: str) -> Iterator[Path]:
    folder = ROOT / "templates"
    for file in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
        first = file.relative_to(folder).parts[0]
        if (first if first in APPS else ROOT_TEMPLATES) == app:
            yield file


def in_python(text: str) -> Iterator[Found]:
    """Yield the messages of one Python file: calls of gettext's functions with plain strings.

    A function imported under another name (`gettext_lazy as _`) is known by that name.
    """
    tree = ast.parse(text)
    called = _names_of_gettext(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = called.get(node.func.id, "") if isinstance(node.func, ast.Name) else ""
        words = [a.value for a in node.args if isinstance(a, ast.Constant)]
        strings = [word for word in words if isinstance(word, str)]
        if name in SINGLE and strings:
            yield None, strings[0]
        elif name in PLURAL and len(strings) > 1:
            yield None, (strings[0], strings[1])
        elif name in CONTEXT and len(strings) > 1:
            yield strings[0], strings[1]


def _names_of_gettext(tree: ast.Module) -> dict[str, str]:
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }


def in_template(text: str) -> Iterator[Found]:
    """Yield the messages of one template: `translate`, `blocktranslate` and `_("…")`."""
    tokens = iter(Lexer(text).tokenize())
    for token in tokens:
        if token.token_type == TokenType.TEXT:
            continue
        yield from ((None, word) for word in _marked(token.contents))
        bits = token.split_contents() if token.token_type == TokenType.BLOCK else [""]
        if bits[0] in {"trans", "translate"} and bits[1][0] in "\"'":
            yield _option(bits, "context"), bits[1][1:-1]
        elif bits[0] in {"blocktrans", "blocktranslate"}:
            yield _option(bits, "context"), _block(tokens, trimmed="trimmed" in bits)


def _marked(contents: str) -> Iterator[str]:
    for quote in "\"'":
        for part in contents.split(f"_({quote}")[1:]:
            yield part.split(f"{quote})")[0]


def _option(bits: list[str], name: str) -> str | None:
    return bits[bits.index(name) + 1][1:-1] if name in bits else None


def _block(tokens: Iterator[Token], *, trimmed: bool) -> MessageId:
    parts: list[str] = [""]
    for token in tokens:
        if token.token_type == TokenType.TEXT:
            parts[-1] += token.contents.replace("%", "%%")
        elif token.token_type == TokenType.VAR:
            parts[-1] += f"%({token.contents})s"
        elif token.contents.strip() == "plural":
            parts.append("")
        elif token.token_type == TokenType.BLOCK:
            break
    ready = [trim_whitespace(part) if trimmed else part for part in parts]
    return (ready[0], ready[1]) if len(ready) > 1 else ready[0]


def missing(app: str) -> list[Found]:
    """Return the messages of `app` that its Japanese catalog does not hold with a translation."""
    file = ROOT / app / "locale/ja/LC_MESSAGES/django.po"
    catalog = read(file) if file.exists() else Catalog(locale="ja")
    lacking = []
    for context, message in of_app(app):
        entry = catalog.get(key(message), context)
        if entry is None or entry.fuzzy or not entry.string or not any(entry.string):
            lacking.append((context, message))
    return sorted(lacking, key=str)


def key(message: str | tuple[str, ...] | list[str]) -> str:
    """Return what a catalog files the message under: its singular."""
    return message if isinstance(message, str) else message[0]


def update(app: str) -> int:
    """Bring the Japanese catalog of `app` up to date; return how many messages lack Japanese."""
    file = ROOT / app / "locale/ja/LC_MESSAGES/django.po"
    old = read(file) if file.exists() else Catalog(locale="ja")
    new = Catalog(locale="ja", charset="utf-8", project="buyback")
    for context, message in sorted(of_app(app), key=str):
        known = old.get(key(message), context)
        new.add(message, known.string if known else "", context=context)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, new, width=100, sort_output=True, no_location=True)
    return len(missing(app))


def main() -> int:
    """Update every catalog and say how many sentences still lack Japanese."""
    for app in APPS:
        sys.stdout.write(f"{app}: {update(app)} without Japanese\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
