"""The secrets of one VAR_DIR: made once at random, kept in one file only its owner can read."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """Passwords of the embedded servers and Django's key; hex digits, for they enter URLs."""

    secret_key: str
    superuser: str
    owner: str
    app: str
    redis: str


def keys_of(var_dir: Path) -> Keys:
    """Return the keys of this VAR_DIR, making them (file mode 0600) the first time."""
    file = var_dir / "keys.json"
    if file.exists():
        return Keys(**json.loads(file.read_text()))
    keys = Keys(**{field.name: secrets.token_hex(32) for field in fields(Keys)})
    draft = var_dir / "keys.json.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(asdict(keys), stream)
    draft.replace(file)
    return keys
