"""One short text that changes when what it was made from changes.

Every artefact (quote, contract) stores the fingerprint of its inputs; a gate recomputes it and
compares, so that a stale page or a late edit cannot slip through (DESIGN §3).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]


def fingerprint(value: Json) -> str:
    """Return the SHA-256 (64 hex digits) of `value` as canonical JSON.

    Keys are sorted and no float is accepted, so equal facts give equal fingerprints on every
    machine. Raises `TypeError` for a value that JSON cannot hold.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
