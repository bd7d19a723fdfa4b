"""Every sentence a person reads stands in Japanese and English, and the placeholders match."""

import pytest

from config import messages, translations


@pytest.mark.parametrize("app", translations.APPS)
def test_every_sentence_has_its_japanese(app: str) -> None:
    assert messages.missing(app) == []


@pytest.mark.parametrize("app", translations.APPS)
def test_no_catalog_holds_a_sentence_that_nobody_says(app: str) -> None:
    file = translations.ROOT / app / "locale/ja/LC_MESSAGES/django.po"
    said = {messages.key(message) for _, message in messages.of_app(app)}
    held = {messages.key(entry.id) for entry in translations.read(file) if entry.id}
    assert held - said == set()


def test_no_translation_is_fuzzy_or_lost_a_placeholder() -> None:
    assert list(translations.problems()) == []


def test_templates_are_read_as_django_reads_them() -> None:
    text = (
        '{% translate "One" %}{% blocktranslate trimmed with a=b %}\n Two {{ a }}\n 5%\n'
        '{% endblocktranslate %}{% include "x" with t=_("Three") %}'
        "{% blocktranslate count n=n %}{{ n }} phone{% plural %}{{ n }} phones"
        "{% endblocktranslate %}"
    )
    assert set(messages.in_template(text)) == {
        (None, "One"),
        (None, "Two %(a)s 5%%"),
        (None, "Three"),
        (None, ("%(n)s phone", "%(n)s phones")),
    }


def test_a_function_of_another_name_is_known_by_it() -> None:
    text = "from django.utils.translation import gettext as _now\n_now('One')\nother('Two')\n"
    assert set(messages.in_python(text)) == {(None, "One")}
