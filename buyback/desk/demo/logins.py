"""The demo's passwords: random per VAR_DIR, in a file that only its owner may read."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody confuses when typing from a terminal."""


def logins_file() -> Path:
    """Return where the log-ins stand: `VAR_DIR/demo-logins.txt`."""
    return Path(settings.VAR_DIR) / "demo-logins.txt"


def read_logins() -> dict[str, str]:
    """Return user name → password as the file has them; empty where there is none."""
    file = logins_file()
    if not file.exists():
        return {}
    pairs = (line.split(maxsplit=1) for line in file.read_text(encoding="utf-8").splitlines())
    return {pair[0]: pair[1].strip() for pair in pairs if len(pair) == 2}


def write_logins(logins: dict[str, str]) -> None:
    """Write the file anew, readable by its owner only from its first byte on."""
    file = logins_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.writelines(f"{name:<12}{password}\n" for name, password in logins.items())
    draft.replace(file)


def new_logins(usernames: Iterable[str]) -> dict[str, str]:
    """Return a random password for each name: four groups of four characters, some 79 bits."""
    return {name: _password() for name in usernames}


def _password() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
