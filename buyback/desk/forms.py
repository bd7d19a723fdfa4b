"""The set-up page as a form: one section each for company, store, owner, carriers and samples."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from buyback.desk.services import (
    Asking,
    CompanyAnswers,
    OwnerAnswers,
    SetUp,
    StoreAnswers,
)
from buyback.desk.token import is_setup_token
from carriers.checks.wording import network_name
from carriers.networks.registry import NETWORKS
from shop.people.policy import PeopleOnDuty

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
PREFECTURES = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都"
    " 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府"
    " 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県"
    " 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"
)
ASKING = (
    (Asking.REQUIRED.value, _("By hand, and the verdict waits for it")),
    (Asking.ASKED.value, _("By hand, if there is time")),
    (Asking.OFF.value, _("Not asked")),
)
ON_DUTY = (
    (PeopleOnDuty.SEVERAL.value, _("Several people")),
    (PeopleOnDuty.ONE.value, _("Often one person alone")),
)


class SetUpForm(forms.Form):
    """Everything a shop needs before its first deal; `answers()` gives it to the service."""

    token = forms.CharField(
        label=_("Setup token"),
        max_length=60,
        help_text=_("It stands in the terminal where the shop was started."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    company_name = forms.CharField(
        label=_("Name as on the permit"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    company_name_en = forms.CharField(label=_("Name in English"), max_length=100, required=False)
    permit_number = forms.CharField(
        label=_("Permit number"), max_length=40, help_text=_("12 digits, half or full width.")
    )
    commission = forms.CharField(
        label=_("Public safety commission"),
        max_length=40,
        help_text=_("As on the permit, such as 東京都公安委員会."),
    )
    invoice_number = forms.CharField(
        label=_("Invoice registration number"),
        max_length=20,
        required=False,
        help_text=_("T and 13 digits."),
    )
    store_name_ja = forms.CharField(label=_("Name in Japanese"), max_length=60)
    store_name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    letter = forms.ChoiceField(
        label=_("Letter in deal codes"),
        choices=[(letter, letter) for letter in LETTERS],
        initial="S",
        help_text=_("Each store has its own."),
    )
    prefecture = forms.ChoiceField(
        label=_("Prefecture"), choices=[("", "－"), *((name, name) for name in PREFECTURES.split())]
    )
    address = forms.CharField(label=_("Address"), max_length=200)
    phone = forms.CharField(
        label=_("Phone"), max_length=20, required=False, widget=forms.TextInput({"type": "tel"})
    )
    manager_name = forms.CharField(
        label=_("Manager on the permit"), max_length=60, help_text=_("The 管理者 of this store.")
    )
    drawer = forms.CharField(label=_("Cash drawer"), max_length=40, initial=_("Till 1"))
    people_on_duty = forms.ChoiceField(
        label=_("People on duty"),
        choices=ON_DUTY,
        initial=PeopleOnDuty.SEVERAL.value,
        widget=forms.RadioSelect,
    )
    full_name = forms.CharField(label=_("Your name"), max_length=150)
    username = forms.CharField(
        label=_("User name"), max_length=60, widget=forms.TextInput({"autocomplete": "username"})
    )
    email = forms.EmailField(
        label=_("Mail address"), widget=forms.EmailInput({"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("12 characters or more, and not a common one."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}, render_value=False),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}, render_value=False),
    )
    sample_prices = forms.BooleanField(
        label=_("Begin with the sample price book (見本)"),
        required=False,
        help_text=_(
            "Its prices are inventions. Without it no offer can be made until you load your own."
        ),
    )
    adopt_sample_text = forms.BooleanField(
        label=_("I have read the sample contract text and use it in this store"),
        required=False,
        help_text=_("Have a lawyer read it. Without a text in use no contract can be signed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for network in NETWORKS:
            self.fields[f"network_{network}"] = forms.ChoiceField(
                label=network_name(network), choices=ASKING, initial=Asking.REQUIRED.value
            )

    def clean_token(self) -> str:
        """Refuse whoever cannot read the terminal."""
        text: str = self.cleaned_data["token"]
        if not is_setup_token(text):
            raise ValidationError(_("This is not the setup token."), code="wrong-token")
        return text

    def clean_password_again(self) -> str:
        """Refuse two different passwords."""
        again: str = self.cleaned_data["password_again"]
        if again != self.cleaned_data.get("password"):
            raise ValidationError(_("The two passwords differ."), code="passwords-differ")
        return again

    def answers(self) -> SetUp:
        """Return the answers of a valid form."""
        data = self.cleaned_data
        return SetUp(
            company=CompanyAnswers(
                name=data["company_name"],
                name_en=data["company_name_en"],
                permit_number=data["permit_number"],
                commission=data["commission"],
                invoice_number=data["invoice_number"],
            ),
            store=StoreAnswers(
                letter=data["letter"],
                name_ja=data["store_name_ja"],
                name_en=data["store_name_en"],
                address=data["address"],
                prefecture=data["prefecture"],
                manager_name=data["manager_name"],
                phone=data["phone"],
                people_on_duty=PeopleOnDuty(data["people_on_duty"]),
                drawer=data["drawer"],
            ),
            owner=OwnerAnswers(
                username=data["username"],
                full_name=data["full_name"],
                email=data["email"],
                password=data["password"],
            ),
            networks={network: Asking(data[f"network_{network}"]) for network in NETWORKS},
            sample_prices=data["sample_prices"],
            adopt_sample_text=data["adopt_sample_text"],
        )

    def refused(self, error: ValidationError) -> None:
        """Show what the service refused beside its field; what has none, above the form."""
        names = {"name": "company_name"}
        told = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        for name, errors in told.items():
            field = names.get(name, name)
            self.add_error(field if field in self.fields else None, errors)
