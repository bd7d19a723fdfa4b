"""typst, kept warm: values in as JSON, PDF/A out.

One compiler per process, made on first use (its threads do not survive a fork, so nothing may
render before workers are forked), behind a lock. Only the fonts in `fonts/` are used, so a document
looks the same on every machine, and the same input gives the same bytes.
"""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import typst

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
TEMPLATES = HERE / "templates"
STANDARD: Final = "a-2b"
"""PDF/A-2b: fonts embedded, no scripts, nothing outside the file; readable for decades."""

_lock = threading.Lock()


class PaperError(RuntimeError):
    """The document could not be made; the text says why, in typst's own (English) words."""


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=TEMPLATES, font_paths=[FONTS], ignore_system_fonts=True)


def render_pdf(template: str, data: Mapping[str, object], *, at: datetime) -> bytes:
    """Render `templates/<template>.typ` with `data` (see `documents`) into a PDF/A-2b.

    `at` is the document's date and must be aware; same arguments, same bytes. Values never become
    typst source. Raises `PaperError` if the template does not exist, a value is missing or a
    character has no glyph (ask `glyphs.missing_glyphs` before).
    """
    path = TEMPLATES / f"{template}.typ"
    if path.parent != TEMPLATES or not path.is_file():
        raise PaperError(f"no such template: {template}")
    values = {"data": json.dumps(data, ensure_ascii=False)}
    with _lock:
        try:
            pdf = _compiler().compile(
                input=path,
                format="pdf",
                sys_inputs=values,
                pdf_standards=[STANDARD],
                timestamp=int(at.timestamp()),
            )
        except RuntimeError as error:  # TypstError, and plain RuntimeError from file access
            raise PaperError(str(error)) from error
    if not isinstance(pdf, bytes):
        raise PaperError(f"{template} gave no PDF")
    return pdf
