"""The terms a store offers on one day: its dated settings, as plain values.

A quote keeps the terms it was made under, so that what was promised is judged by the settings of
that day and not by those of today.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from buyback.inspection.policy import StoreRules
from inventory.units.policy import Channel
from shop.fingerprint import Json
from shop.settings_book import Value


@dataclass(frozen=True, slots=True)
class Terms:
    """What a store has opened, how old (days) a carrier's answer may be for a quote, and how long
    (days) a quote holds."""

    rules: StoreRules
    check_fresh_days: int
    quote_valid_days: int

    @classmethod
    def from_settings(cls, values: Mapping[str, Value]) -> "Terms":
        """Return the terms from `shop.settings_book.read_settings`."""
        opened = frozenset(channel for channel in Channel if values[f"channel_{channel}"] is True)
        rules = StoreRules(
            open_channels=opened,
            takes_hazards=values["takes_hazards"] is True,
            takes_at_risk=values["takes_at_risk"] is True,
        )
        return cls(
            rules, int(values["check_fresh_days_for_quote"]), int(values["quote_valid_days"])
        )

    def as_json(self) -> dict[str, Json]:
        """Return the terms as plain values, for the facts of a quote."""
        return {
            "open_channels": sorted(self.rules.open_channels),
            "takes_hazards": self.rules.takes_hazards,
            "takes_at_risk": self.rules.takes_at_risk,
            "check_fresh_days": self.check_fresh_days,
            "quote_valid_days": self.quote_valid_days,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> "Terms":
        """Return the terms that `as_json` wrote. Raises `KeyError` where one is missing."""
        opened = cast("list[str]", stored["open_channels"])
        rules = StoreRules(
            open_channels=frozenset(Channel(value) for value in opened),
            takes_hazards=stored["takes_hazards"] is True,
            takes_at_risk=stored["takes_at_risk"] is True,
        )
        return cls(
            rules,
            cast("int", stored["check_fresh_days"]),
            cast("int", stored["quote_valid_days"]),
        )
