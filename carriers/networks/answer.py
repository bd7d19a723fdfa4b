"""What one network says of one IMEI: a mark, or a failure, never both and never neither.

A failure is its own kind of outcome (carriers.md §0): an outage or a page that changed must never
be folded into － (“not registered”), which shops treat as fine.
"""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """The four marks a network gives (判定): ○ △ × －."""

    CLEAR = "clear"
    AT_RISK = "at_risk"
    RESTRICTED = "restricted"
    UNLISTED = "unlisted"


class Failure(StrEnum):
    """Why a lookup ended without a mark."""

    UNREADABLE = "unreadable"
    """The page came but was not fully understood: it may have changed."""
    UNAVAILABLE = "unavailable"
    """No usable answer: time-out, maintenance, an HTTP error."""
    REJECTED_INPUT = "rejected_input"
    """The network refused the IMEI as typed."""


SYMBOLS: dict[Mark, str] = {
    Mark.CLEAR: "○",
    Mark.AT_RISK: "△",
    Mark.RESTRICTED: "×",
    Mark.UNLISTED: "－",
}
"""How we write a mark ourselves, whatever code point the network's page used."""


class Reason(StrEnum):
    """What exactly was not understood: for the attempt's record and for staff, never a mark."""

    STATUS = "status"
    """An HTTP status other than 200."""
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    ORIGIN = "origin"
    """The conversation left the site it began on."""
    CONTENT_TYPE = "content-type"
    CHARSET = "charset"
    """An unknown or contradictory character set, or bytes that do not decode."""
    EMPTY = "empty"
    TOO_LARGE = "too-large"
    CUT = "cut"
    """The document does not end with ``</html>``."""
    CAPTCHA = "captcha"
    """The site asks for a person; captchas are never solved."""
    FORM = "form"
    """The page that should hold the IMEI form does not, or holds it twice."""
    NO_RESULT = "no-result"
    MANY_RESULTS = "many-results"
    HIDDEN = "hidden"
    """The result is not plain visible text: hidden, struck out, scripted or a picture."""
    OTHER_IMEI = "other-imei"
    SYMBOL = "symbol"
    """No known symbol where the symbol stands."""
    SENTENCE = "sentence"
    """Symbol and sentence disagree, or a text stands where only a symbol should."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One network's answer about one IMEI.

    Exactly one of `mark` and `failure` is set; `ValueError` otherwise. `raw_symbol` is the symbol
    as the page wrote it (empty when none was read), `sentence` the text beside it (trimmed),
    `parser_version` names the parser that read it (``docomo/1``). `reason` is set with a failure
    only, and says what was not understood.
    """

    mark: Mark | None
    failure: Failure | None
    raw_symbol: str
    sentence: str
    parser_version: str
    reason: Reason | None = None

    def __post_init__(self) -> None:
        if (self.mark is None) == (self.failure is None):
            raise ValueError("an answer is either a mark or a failure")
        if self.mark is not None and self.reason is not None:
            raise ValueError("only a failure has a reason")
