"""The form of the payout page: from which drawer, and the amount that the page showed."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.people.models import Drawer


class PayoutForm(forms.Form):
    """One payment in cash. The amount is what the page showed; it is compared with what is owed."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    amount_yen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    drawer = forms.TypedChoiceField(label=_("Cash drawer"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: object, drawers: list[Drawer], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # forwarded as they came
        choices = [(str(drawer.pk), drawer.name) for drawer in drawers]
        self.fields["drawer"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if len(drawers) == 1:
            self.fields["drawer"].initial = str(drawers[0].pk)
