"""The two commands of the carriers app."""

import subprocess
import sys
import urllib.request
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from carriers.checks.models import Lookup
from carriers.checks.policy import Mode
from carriers.imei import demo_imei
from carriers.sandbox.server import StandIn
from tests.carriers.lookups import set_all, set_mode
from tests.cluster import ROOT

CLEAR = demo_imei(101).digits


def run(*args: str) -> str:
    out = StringIO()
    call_command("check_imei", *args, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_check_imei_prints_marks_and_verdict(settings: LazySettings) -> None:
    set_all(Mode.WEB)
    with StandIn() as site:
        settings.STAND_IN_URL = site.url
        text = run(CLEAR)
    assert "docomo          ○  clear" in text
    assert text.count("－  unlisted") == 4
    assert "Verdict: No restriction" in text
    assert "stand-in" in text
    assert not Lookup.objects.exists()


@pytest.mark.django_db
def test_check_imei_says_which_page_to_open_by_hand() -> None:
    text = run(CLEAR, "--network", "kddi")
    assert "by hand: open https://my.au.com/" in text
    assert "docomo" not in text
    assert "No verdict yet" in text


@pytest.mark.django_db
def test_check_imei_names_a_network_that_is_off() -> None:
    set_mode("mineo", Mode.OFF)
    assert "not asked (off)" in run(CLEAR, "--network", "mineo")


@pytest.mark.parametrize("text", ["", "12345", "490154203237519", "４９０一"])
def test_check_imei_refuses_what_is_no_imei(text: str) -> None:
    with pytest.raises(CommandError) as refused:
        run(text)
    assert "IMEI" in str(refused.value)


def test_sandbox_serves_until_it_is_ended() -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox"],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        with urllib.request.urlopen(url + "/WBF/icv", timeout=5) as page:
            assert page.headers["X-Stand-In"] == "1"
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0
        process.stdout.close()
