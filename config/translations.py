"""Translations without GNU gettext: .po to .mo, and a list of what is not translated.

Run `python -m config.translations compile` or `… check`. An English sentence is its own msgid;
`locale/ja/LC_MESSAGES/django.po` of each app holds the Japanese.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
APPS = ("buyback", "inventory", "carriers", "shop")


def catalogs() -> Iterator[Path]:
    """Yield every .po file of the project."""
    for app in APPS:
        yield from sorted((ROOT / app / "locale").glob("*/LC_MESSAGES/*.po"))


def read(file: Path) -> Catalog:
    """Return the catalog in a .po file."""
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parent.parent.name, abort_invalid=True)


def compile_all() -> int:
    """Write the .mo beside every .po that is newer than it; return how many were written."""
    written = 0
    for source in catalogs():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        stamp = source.stat()
        # Written beside and renamed: several processes may do this at the same time.
        draft = target.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as stream:
            write_mo(stream, read(source))
        os.utime(draft, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        draft.replace(target)
        written += 1
    return written


def problems() -> Iterator[str]:
    """Yield one sentence per message that has no translation or lost a placeholder."""
    for file in catalogs():
        for message in read(file):
            if not message.id:
                continue
            where = f"{file.relative_to(ROOT)}: {message.id!r}"
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.fuzzy or not all(strings):
                yield f"{where} has no translation"
            for error in message.check():
                yield f"{where}: {error}"


def main() -> int:
    """Compile; with the word `check`, also report what is not right and fail."""
    compile_all()
    if "check" not in sys.argv[1:]:
        return 0
    found = list(problems())
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
