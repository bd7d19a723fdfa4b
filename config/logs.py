"""Logs: structlog for our lines and Django's, readable on a terminal, JSON everywhere else.

No personal data: whatever was put into a line, long digit runs (IMEI, account and card numbers,
telephone) keep their last four digits only; addresses of mail, and the row that PostgreSQL quotes
when it refuses one, are dropped.
"""

import logging.config
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_DIGITS = re.compile(r"\d(?:[ -]?\d){8,}")
_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[A-Za-z]{2,}")

_QUOTED_ROW = re.compile(r"^(\s*(?:DETAIL|CONTEXT|詳細|文脈)):.*$", re.MULTILINE)


def _masked(value: object) -> object:
    if isinstance(value, str):
        value = _QUOTED_ROW.sub(r"\1: (dropped)", value)
        return _MAIL.sub("(mail)", _DIGITS.sub(lambda found: "…" + found.group()[-4:], value))
    if isinstance(value, Mapping):
        return {key: _masked(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(part) for part in value]
    return value


def mask_personal_data(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Shorten long digit runs and drop mail addresses in every value, tracebacks too."""
    for key, value in event.items():
        if key not in {"timestamp", "_record", "_from_structlog", "exc_info"}:
            event[key] = _masked(value)
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return the dictConfig for one level (DEBUG…ERROR) and one of the two output forms."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    tail: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    # The traceback becomes text first, so that the mask sees it as well.
    tail += [structlog.processors.format_exc_info, mask_personal_data, renderer]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder()],
                "processors": tail,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            # Our own request line replaces it: route names instead of paths with parameters.
            "django.server": {"handlers": [], "propagate": False},
            # An ordinary 403, 404 or 422 is not a warning; the request line has the status.
            "django.request": {"level": "ERROR"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Set up logging and structlog together (Django calls this with LOGGING)."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
