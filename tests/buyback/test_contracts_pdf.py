"""The paper: drawn once from what was frozen, kept by hash, verified before it is shown."""

import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import override_settings
from pypdf import PdfReader

from buyback.contracts.content import content_of
from buyback.contracts.models import Contract, ContractPdf
from buyback.contracts.pdf import (
    PdfDamagedError,
    private_storage,
    read_pdf,
    render_contract,
    store_pdf,
)
from tests.buyback.contracted import accepted_deal, prepared, sign
from tests.factories import make_seller

pytestmark = pytest.mark.django_db


def signed(*, language: str = "ja") -> Contract:
    contract = prepared(accepted_deal(), language=language)
    sign(contract)
    return Contract.objects.get(pk=contract.pk)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("ja", ["買取承諾書", "58,000円", "運転免許証", "山田 花子", "301234567890"]),
        ("en", ["Contract of sale for used goods", "¥58,000", "Driving licence", "山田 花子"]),
    ],
)
def test_it_says_what_was_frozen_in_its_language(language: str, parts: list[str]) -> None:
    contract = signed(language=language)
    text = text_of(render_contract(contract)).replace("\n", "")
    for part in (*parts, contract.fingerprint[:16]):
        assert part in text
    for statement in content_of(contract)["statements"]["items"]:
        assert statement["text"][:12] in text


def test_rare_kanji_of_a_name_print() -> None:
    contract = prepared(accepted_deal(seller=make_seller(family_name="𠮷田", given_name="髙﨑")))
    sign(contract)
    assert "𠮷田 髙﨑" in text_of(render_contract(Contract.objects.get(pk=contract.pk)))


def test_it_is_drawn_the_same_each_time_and_stored_once() -> None:
    contract = signed()
    row = store_pdf(contract.pk)
    assert store_pdf(contract.pk).pk == row.pk
    pdf = read_pdf(row)
    assert pdf == render_contract(contract)
    assert (row.sha256, row.size) == (hashlib.sha256(pdf).hexdigest(), len(pdf))
    assert "山田" not in row.name


def test_a_file_that_was_changed_or_lost_is_not_shown(tmp_path: Path) -> None:
    row = store_pdf(signed().pk)
    storage = private_storage()
    storage.delete(row.name)
    with pytest.raises(PdfDamagedError, match="missing"):
        read_pdf(row)
    storage.save(row.name, ContentFile(b"%PDF-1.7 something else"))
    with pytest.raises(PdfDamagedError, match="changed"):
        read_pdf(row)


def test_a_contract_without_signature_has_no_paper() -> None:
    contract = prepared(accepted_deal())
    with pytest.raises(Contract.signature.RelatedObjectDoesNotExist):
        store_pdf(contract.pk)
    assert not ContractPdf.objects.exists()


def test_an_adopted_text_prints_no_sample_mark() -> None:
    with override_settings(DEMO=True):
        assert "見本" in text_of(render_contract(signed()))
