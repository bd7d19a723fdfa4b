"""The search box."""

from django import forms
from django.core.exceptions import ValidationError

from buyback.counter.search import NotUnderstood, Query, parse_query
from buyback.counter.wording import search_sentence


class SearchForm(forms.Form):
    """A deal code, an IMEI or its last 4 digits, or the beginning of a name in kana."""

    q = forms.CharField(required=False, max_length=200)
    query: Query
    """What the text asks for; set once the form is valid."""

    def clean_q(self) -> str:
        """Refuse what can be none of these, with the reason."""
        text: str = self.cleaned_data["q"]
        try:
            self.query = parse_query(text)
        except NotUnderstood as error:
            raise ValidationError(
                search_sentence(error.code, error.length), code=error.code
            ) from error
        return text
