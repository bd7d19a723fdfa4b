"""A field says what is wrong beside itself, for eyes and for screen readers."""

import json
import re

from django import forms
from django.template.loader import render_to_string
from django.test import override_settings
from django.utils import translation


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the document")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed")
    store = forms.ChoiceField(choices=[("a", "A")], required=False)


def test_a_field_names_its_help_and_its_error_to_a_screen_reader() -> None:
    html = Sample({"kind": "a", "agreed": "on"})["name"].as_field_group()
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "form-control is-invalid" in html


def test_choices_are_labels_to_press_inside_a_fieldset() -> None:
    html = Sample()["kind"].as_field_group()
    assert html.count('<label class="choice"') == 2
    assert "<legend>" in html
    assert html.count("form-check-input") == 2


def test_a_field_that_may_stay_empty_says_so() -> None:
    with translation.override("en"):
        html = Sample()["store"].as_field_group()
    assert "optional" in html
    assert "form-select" in html


def test_rendering_twice_keeps_one_class() -> None:
    field = Sample()["name"]
    field.as_field_group()
    assert field.as_field_group().count("form-control") == 1


def test_what_a_person_typed_is_escaped() -> None:
    html = Sample({"name": '"><script>'})["name"].as_field_group()
    assert "<script>" not in html


@override_settings(ROOT_URLCONF="django.conf.urls.i18n")
def test_the_page_keeps_htmx_inside_the_content_security_policy() -> None:
    html = render_to_string("404.html", request=None)
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", html)
    assert found
    config = json.loads(found.group(1))
    assert (config["allowEval"], config["allowScriptTags"]) == (False, False)
    assert config["historyCacheSize"] == 0
    assert {"code": "409|422", "swap": True} in config["responseHandling"]


def test_a_page_without_any_context_still_renders() -> None:
    for name in ("400.html", "403.html", "403_csrf.html", "404.html", "409.html", "500.html"):
        assert "<h1>" in render_to_string(name)


def test_a_whole_form_shows_its_errors_and_its_fields() -> None:
    form = Sample({"kind": "a"})
    form.add_error(None, "Not together")
    html = str(form)
    assert "Not together" in html
    assert html.count('class="field"') == 4
