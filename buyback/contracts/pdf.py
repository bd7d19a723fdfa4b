"""The paper of a signed contract: drawn from the frozen words and the pen strokes, kept by hash.

The stored file and its SHA-256 are the record; it is written once and verified at every reading.
"""

import hashlib
import json
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from buyback.contracts.content import Content, content_of, moment
from buyback.contracts.models import Contract, ContractPdf, Signature
from shop.paper.compiler import render_pdf
from shop.paper.documents import ContractData, Row, SignatureBox
from shop.paper.glyphs import missing_glyphs
from shop.paper.signature import Drawing, Stroke, draw, parse_strokes, strokes_svg
from shop.people.names import person_name


class PdfDamagedError(RuntimeError):
    """The stored file is gone or is not the one that was written."""


def private_storage() -> Storage:
    """Return the storage that nothing serves by URL."""
    return storages["private"]


def render_contract(contract: Contract) -> bytes:
    """Return the PDF of a signed contract; the same contract gives the same bytes.

    Raises `Signature.DoesNotExist` without a signature, `shop.paper.compiler.PaperError` where it
    cannot be drawn.
    """
    signature = contract.signature
    with translation.override(contract.language):
        data = _data(content_of(contract), contract, signature)
    return render_pdf("contract", data, at=signature.signed_at)


def store_pdf(contract_id: int) -> ContractPdf:
    """Make and keep the PDF of a signed contract, or return the row of the one there is.

    Two at once make two files of the same bytes; one row wins and the other file is removed.
    Raises what `render_contract` and the storage raise; it may simply be called again.
    """
    contract = Contract.objects.select_related("signature__witnessed_by").get(pk=contract_id)
    found = ContractPdf.objects.filter(contract=contract).first()
    if found is not None:
        return found
    pdf = render_contract(contract)
    folder = timezone.localtime(contract.signature.signed_at)
    storage = private_storage()
    name = storage.save(f"contracts/{folder:%Y/%m}/{uuid4().hex}.pdf", ContentFile(pdf))
    try:
        with transaction.atomic():
            return ContractPdf.objects.create(
                contract=contract,
                name=name,
                sha256=hashlib.sha256(pdf).hexdigest(),
                size=len(pdf),
                made_at=timezone.now(),
            )
    except IntegrityError:
        storage.delete(name)
        return ContractPdf.objects.get(contract=contract)


def read_pdf(row: ContractPdf) -> bytes:
    """Return the stored file after comparing it with its SHA-256.

    Raises `PdfDamagedError` where it is missing or differs.
    """
    try:
        with private_storage().open(row.name) as file:
            found: bytes = file.read()
    except OSError as error:
        raise PdfDamagedError("missing") from error
    if hashlib.sha256(found).hexdigest() != row.sha256:
        raise PdfDamagedError("changed")
    return found


def drawn(signature: Signature) -> Drawing:
    """Return the signature as it is drawn on the page."""
    return draw(_strokes(signature))


def _strokes(signature: Signature) -> tuple[Stroke, ...]:
    return parse_strokes(json.dumps(signature.strokes))


def _data(content: Content, contract: Contract, signature: Signature) -> ContractData:
    ticked = set(signature.statements)
    return {
        "lang": content["lang"],
        "title": content["title"],
        "sample": content["sample"],
        "intro": content["intro"],
        "meta": content["meta"],
        "company": content["company"],
        "seller": content["seller"],
        "items": content["items"],
        "identity": content["identity"],
        "statements": {
            "title": content["statements"]["title"],
            "items": [
                {"text": statement["text"], "ticked": statement["code"] in ticked}
                for statement in content["statements"]["items"]
            ],
        },
        "clauses": content["clauses"],
        "signature": _signature(content, signature),
        "footer": {"left": content["footer"], "fingerprint": contract.fingerprint[:16]},
    }


def _signature(content: Content, signature: Signature) -> SignatureBox:
    words = content["signature"]
    witness = person_name(signature.witnessed_by)
    if not witness or missing_glyphs(witness):
        # The seller's own values were checked when the contract was prepared; this one was not.
        witness = _("a member of staff")
    rows: list[Row] = [
        {"label": words["signed_at"], "value": moment(signature.signed_at)},
        {"label": words["witness"], "value": witness},
    ]
    return {
        "title": words["title"],
        "text": words["text"],
        "svg": strokes_svg(_strokes(signature)),
        "alt": words["alt"],
        "rows": rows,
    }
