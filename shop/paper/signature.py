"""A signature: pen strokes as the tablet sent them, and the picture made from them.

Decided here: what counts as a readable set of strokes, and how it is drawn. Not decided here: what
a signature means (it is evidence of the contract, not an 電子署名; law.md §6.1).
"""

import json
import math
from dataclasses import dataclass
from itertools import pairwise

MAX_STROKES = 400
MAX_POINTS = 20_000
MIN_LENGTH = 40.0
"""Shortest total pen path in CSS pixels; less is a tap, not a name."""
MAX_COORDINATE = 20_000.0
PADDING = 8.0
PEN_WIDTH = 2.6


@dataclass(frozen=True, slots=True)
class Point:
    """A pen position: CSS pixels from the top left, milliseconds since the first touch."""

    x: float
    y: float
    t: int


Stroke = tuple[Point, ...]


class InvalidStrokes(ValueError):
    """The strokes cannot be used; `code` is `not-strokes`, `too-many-strokes` or `no-signature`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_strokes(text: str) -> tuple[Stroke, ...]:
    """Read `[[{"x":1.5,"y":2,"t":0},…],…]` as sent by `static/js/signature.js`.

    Raises `InvalidStrokes`: `no-signature` for an empty or too short one (`MIN_LENGTH`),
    `too-many-strokes` beyond the limits, `not-strokes` for anything else.
    """
    if not text.strip():
        raise InvalidStrokes("no-signature")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidStrokes("not-strokes") from error
    if not isinstance(raw, list) or not all(isinstance(stroke, list) for stroke in raw):
        raise InvalidStrokes("not-strokes")
    if len(raw) > MAX_STROKES or sum(map(len, raw)) > MAX_POINTS:
        raise InvalidStrokes("too-many-strokes")
    strokes = tuple(tuple(_point(item) for item in stroke) for stroke in raw if stroke)
    if sum(map(_length, strokes)) < MIN_LENGTH:
        raise InvalidStrokes("no-signature")
    return strokes


def _point(item: object) -> Point:
    if not isinstance(item, dict):
        raise InvalidStrokes("not-strokes")
    return Point(x=_number(item.get("x")), y=_number(item.get("y")), t=int(_number(item.get("t"))))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidStrokes("not-strokes")
    # Compared before any conversion: JSON allows integers that no float holds.
    if not abs(value) <= MAX_COORDINATE * 1000 or not math.isfinite(value):
        raise InvalidStrokes("not-strokes")
    return float(value)


def _length(stroke: Stroke) -> float:
    return sum(math.dist((a.x, a.y), (b.x, b.y)) for a, b in pairwise(stroke))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A signature cropped to its ink: the size in CSS pixels and an SVG path, numbers only."""

    width: str
    height: str
    path: str


def draw(strokes: tuple[Stroke, ...]) -> Drawing:
    """Return the signature as a path for a template or a picture.

    Raises `InvalidStrokes("no-signature")` if there is no point at all.
    """
    points = [point for stroke in strokes for point in stroke]
    if not points:
        raise InvalidStrokes("no-signature")
    left, top = min(p.x for p in points) - PADDING, min(p.y for p in points) - PADDING
    width = max(p.x for p in points) + PADDING - left
    height = max(p.y for p in points) + PADDING - top
    path = " ".join(_path(stroke, left, top) for stroke in strokes if stroke)
    return Drawing(f"{width:.1f}", f"{height:.1f}", path)


def strokes_svg(strokes: tuple[Stroke, ...]) -> str:
    """Return the signature as SVG text; numbers only, so safe to embed.

    Raises `InvalidStrokes("no-signature")` if there is no point at all.
    """
    ink = draw(strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{ink.width}" height="{ink.height}"'
        f' viewBox="0 0 {ink.width} {ink.height}"><path d="{ink.path}" fill="none" stroke="#111"'
        f' stroke-width="{PEN_WIDTH}" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def _path(stroke: Stroke, left: float, top: float) -> str:
    """Draw through the middles between points, so that a quick hand looks round and not edgy."""
    spots = [(p.x - left, p.y - top) for p in stroke]
    (x, y), *rest = spots
    parts = [f"M{x:.1f} {y:.1f}"]
    if not rest:
        parts.append("l.01 0")
    for (ax, ay), (bx, by) in zip(spots, rest, strict=False):
        parts.append(f"Q{ax:.1f} {ay:.1f} {(ax + bx) / 2:.1f} {(ay + by) / 2:.1f}")
    if rest:
        parts.append(f"L{rest[-1][0]:.1f} {rest[-1][1]:.1f}")
    return "".join(parts)
