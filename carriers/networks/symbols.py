"""The one table of code points that networks use for the four marks.

Every code point was seen in a page or a public implementation (`docs/carriers.md` §0). NFKC
folds only U+FF0D, and cp932 reads the bytes 81 7C as U+FF0D where shift_jis gives U+2212, so the
table names them all. A code point that is not here is not a mark: the page is unreadable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from carriers.networks.answer import Mark

CODE_POINTS: Mapping[str, Mark] = MappingProxyType(
    {
        "\u25cb": Mark.CLEAR,  # ○ white circle
        "\u25ef": Mark.CLEAR,  # ◯ large circle
        "\u3007": Mark.CLEAR,  # 〇 ideographic zero
        "\u26aa": Mark.CLEAR,  # ⚪ medium white circle
        "\u25b3": Mark.AT_RISK,  # △ white triangle
        "\u25b2": Mark.AT_RISK,  # ▲ black triangle
        "\u00d7": Mark.RESTRICTED,  # × multiplication sign
        "\u2715": Mark.RESTRICTED,  # ✕ multiplication x
        "\u2613": Mark.RESTRICTED,  # ☓ saltire
        "\uff0d": Mark.UNLISTED,  # － full-width hyphen-minus
        "\u002d": Mark.UNLISTED,  # - hyphen-minus
        "\u30fc": Mark.UNLISTED,  # ー prolonged sound mark
        "\u2212": Mark.UNLISTED,  # − minus sign
        "\u2013": Mark.UNLISTED,  # – en dash
    }
)

VARIATION_SELECTORS = "\ufe0e\ufe0f"
"""May follow a code point (text or emoji form of ⚪); they change the look, not the mark."""

DASHES = frozenset(char for char, mark in CODE_POINTS.items() if mark is Mark.UNLISTED)
"""Marks that also occur inside ordinary words (データ, 2026-11-23)."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A mark as written: `raw` with its variation selectors, and the text that follows it."""

    raw: str
    mark: Mark
    rest: str


def leading_symbol(text: str) -> Symbol | None:
    """Return the mark that `text` begins with (white space aside), or None.

    None as well when the next character is a symbol again or a digit: ``－－－`` or ``-1`` or
    ``○△×－`` is a placeholder, a number or a legend, not an answer.
    """
    text = text.strip()
    mark = CODE_POINTS.get(text[:1])
    if mark is None:
        return None
    tail = text[1:].lstrip(VARIATION_SELECTORS)
    raw, rest = text[: len(text) - len(tail)], tail.strip()
    if rest[:1] in CODE_POINTS or rest[:1].isdigit():
        return None
    return Symbol(raw, mark, rest)


def has_shape(text: str) -> bool:
    """Say whether a circle, triangle or cross stands in `text` (dashes do not count).

    In a sentence beside a symbol it means a legend or a date with blanks (〇月〇日), not an answer.
    """
    return any(char in CODE_POINTS and char not in DASHES for char in text)
