"""Which characters our fonts cannot print.

A name that would come out with a box instead of a kanji must not be signed, so a missing glyph is
a blocker where contracts are made. Decided here: what counts as printable. Not decided here: what
to do about it.
"""

import unicodedata
from functools import cache

from fontTools.ttLib import TTFont

from shop.paper.compiler import FONTS

LAYOUT = frozenset("\n ")
"""Characters that need no glyph."""


@cache
def _printable() -> frozenset[int]:
    """Return the code points that at least one vendored font of normal weight draws."""
    points: set[int] = set()
    for path in sorted(FONTS.glob("*.?tf")):
        if path.stem.endswith("-Bold"):
            continue
        with TTFont(path, lazy=True) as font:
            points.update(font.getBestCmap())
    return frozenset(points)


def missing_glyphs(text: str) -> tuple[str, ...]:
    """Return the characters of `text` that would not print, each once, in order of appearance.

    Control characters count as missing. A variation selector (異体字セレクタ) is passed over: the
    base character prints in its usual form.
    """
    known = _printable()
    return tuple(
        char
        for char in dict.fromkeys(unicodedata.normalize("NFC", text))
        if char not in LAYOUT and ord(char) not in known and not _is_selector(char)
    )


def _is_selector(char: str) -> bool:
    return 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF
