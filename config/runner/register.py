"""The file VAR_DIR/run.env: while a shop runs here, `manage.py` in another terminal joins it.

It holds the addresses and keys of the embedded servers (mode 0600) and is removed at the stop.
"""

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

NAMES = (
    "SECRET_KEY",
    "DEMO",
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "REDIS_URL",
    "STAND_IN_URL",
    "PORT",
    "PUBLIC_URL",
)


def write_environment(var_dir: Path, environment: Mapping[str, str]) -> None:
    """Write the variables a management command needs."""
    file = var_dir / "run.env"
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.writelines(f"{name}={environment[name]}\n" for name in NAMES if name in environment)


def forget_environment(var_dir: Path) -> None:
    """Remove the file."""
    (var_dir / "run.env").unlink(missing_ok=True)


def join_running_shop(root: Path, environment: MutableMapping[str, str]) -> None:
    """Fill `environment` from the shop running under VAR_DIR, unless a DATABASE_URL is given."""
    file = Path(environment.get("VAR_DIR") or root / "var") / "run.env"
    if {"DATABASE_URL", "DATABASE_URL_FILE"} & environment.keys() or not file.exists():
        return
    for line in file.read_text().splitlines():
        name, _, value = line.partition("=")
        environment.setdefault(name, value)
