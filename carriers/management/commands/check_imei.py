"""`manage.py check_imei IMEI`: ask the networks about one IMEI now, in the foreground.

For trying things out: it uses the same client, adapters and verdict as the workers, but writes
nothing down, so that no deal can rest on it.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from carriers.checks.client import Reply, ask_network, is_stand_in, site_to_ask
from carriers.checks.policy import AskedLookup, Mode, verdict_of
from carriers.checks.services import NetworkRule, network_rules
from carriers.checks.wording import network_name, verdict_sentence, verdict_title
from carriers.imei import Imei, InvalidImei, parse_imei
from carriers.networks.answer import SYMBOLS
from carriers.networks.registry import NETWORKS
from carriers.wording import imei_sentence
from shop.wording import Audience


class Command(BaseCommand):
    """Print a table of marks and the verdict; exit status 0 whatever the verdict is."""

    help = "Ask the networks about one IMEI now and print their marks and the verdict."

    def add_arguments(self, parser: CommandParser) -> None:
        """The IMEI as typed or scanned, and which network where not all."""
        parser.add_argument("imei")
        parser.add_argument("--network", choices=list(NETWORKS), help="ask this network only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask every network that may be asked by machine; name the page of the others."""
        with translation.override("en"):
            imei = _read(str(options["imei"]))
            rules = network_rules(now=timezone.now())
            chosen = [options["network"]] if options["network"] else list(NETWORKS)
            asked = [code for code in chosen if rules[code].mode is Mode.WEB]
            site = site_to_ask()
            replies = _ask(asked, imei, site) if site else {}
            self.stdout.write(f"IMEI {imei.grouped}")
            for code in chosen:
                self.stdout.write(f"  {network_name(code):<16}{_line(code, rules[code], replies)}")
            self._verdict(chosen, rules, replies, site or "")

    def _verdict(
        self,
        chosen: list[str],
        rules: dict[str, NetworkRule],
        replies: dict[str, Reply],
        site: str,
    ) -> None:
        on = [code for code in chosen if rules[code].mode is not Mode.OFF]
        report = verdict_of(_asked(code, rules[code], replies.get(code), site) for code in on)
        self.stdout.write(f"Verdict: {verdict_title(report)}")
        self.stdout.write(verdict_sentence(report, Audience.STAFF))
        if any(is_stand_in(site, NETWORKS[code]) for code in replies):
            self.stdout.write(f"These answers come from a stand-in site ({site}), not a carrier.")


def _read(text: str) -> Imei:
    try:
        return parse_imei(text)
    except InvalidImei as refused:
        raise CommandError(imei_sentence(refused.code, refused.length)) from refused


def _ask(codes: list[str], imei: Imei, site: str) -> dict[str, Reply]:
    """Ask all at the same time: the slowest decides how long this takes."""
    if not codes:
        return {}
    with ThreadPoolExecutor(max_workers=len(codes)) as pool:
        replies = pool.map(lambda code: ask_network(NETWORKS[code], imei, site), codes)
        return dict(zip(codes, replies, strict=True))


def _line(code: str, rule: NetworkRule, replies: dict[str, Reply]) -> str:
    reply = replies.get(code)
    if rule.mode is Mode.OFF:
        return "not asked (off)"
    if reply is None:
        return f"by hand: open {NETWORKS[code].page_url}"
    answer = reply.answer
    if answer.mark:
        return f"{SYMBOLS[answer.mark]}  {answer.mark}  ({reply.latency_ms} ms)"
    return f"!  {answer.failure}: {answer.reason}  ({reply.latency_ms} ms)"


def _asked(code: str, rule: NetworkRule, reply: Reply | None, site: str) -> AskedLookup:
    answer = reply.answer if reply else None
    return AskedLookup(
        network=code,
        imei_slot=1,
        required=rule.required,
        mark=answer.mark if answer else None,
        failure=answer.failure if answer else None,
        final=answer is not None,
        stand_in=answer is not None and is_stand_in(site, NETWORKS[code]),
        answered_at=timezone.now() if answer and answer.mark else None,
    )
