"""The JSON that each typst template wants.

All labels and values come in as finished text in one language (yen with separators, dates as the
reader writes them, IMEIs grouped), so that a template holds layout and no words. Values are data:
typst reads them as JSON and never as source.
"""

from typing import Literal, TypedDict

Lang = Literal["ja", "en"]


class Row(TypedDict):
    """One labelled value; an empty value prints as a dash."""

    label: str
    value: str


class Section(TypedDict):
    """A titled block of labelled values."""

    title: str
    rows: list[Row]


class PriceLine(TypedDict):
    """One line of the quote: what, and its signed yen as text."""

    text: str
    yen: str


class ContractItem(TypedDict):
    """One phone: heading (maker, model), its facts (IMEI, serial, grade …), its price lines."""

    heading: str
    facts: list[Row]
    lines: list[PriceLine]
    total_label: str
    total: str


class Items(TypedDict):
    """All phones of the contract and the sum that is paid."""

    title: str
    items: list[ContractItem]
    total_label: str
    total: str


class Statement(TypedDict):
    """A declaration of the seller with its tick box."""

    text: str
    ticked: bool


class Statements(TypedDict):
    """The declarations under their title."""

    title: str
    items: list[Statement]


class Clause(TypedDict):
    """One clause: its title and its paragraphs."""

    title: str
    body: list[str]


class Clauses(TypedDict):
    """The text blocks in the order the managers gave them."""

    title: str
    blocks: list[Clause]


class SignatureBox(TypedDict):
    """The signature as SVG text (`signature.strokes_svg`; empty: a line to sign on paper)."""

    title: str
    text: str
    svg: str
    alt: str
    rows: list[Row]


class Footer(TypedDict):
    """What stands at the foot of each page beside “page / pages”."""

    left: str
    fingerprint: str


class ContractData(TypedDict):
    """`contract.typ`, 買取承諾書. `sample` is the mark printed across each page, empty if none."""

    lang: Lang
    title: str
    sample: str
    intro: str
    meta: list[Row]
    company: Section
    seller: Section
    items: Items
    identity: Section
    statements: Statements
    clauses: Clauses
    signature: SignatureBox
    footer: Footer


class LedgerGroups(TypedDict):
    """Spanning headings of the form: 受入れ, 払出し, 取引した古物, 取引の相手方; and ours."""

    received: str
    issued: str
    goods: str
    party: str
    extra: str


class LedgerRow(TypedDict):
    """17 cells in the order of `LEDGER_COLUMNS`; a struck entry is crossed out but legible."""

    cells: list[str]
    struck: bool


class LedgerData(TypedDict):
    """`ledger.typ`, 古物台帳 in the columns of 別記様式第15号, A4 landscape.

    `headings` holds one label per name of `LEDGER_COLUMNS`. `notes` stand under the table (the
    head hash of the chain, who printed it when).
    """

    lang: Lang
    title: str
    sample: str
    meta: list[Row]
    groups: LedgerGroups
    headings: list[str]
    rows: list[LedgerRow]
    empty: str
    notes: list[str]
    footer: Footer


LEDGER_COLUMNS: tuple[str, ...] = (
    # 受入れ: columns 1-10 of the form
    "received_on",
    "received_kind",
    "article",
    "features",
    "quantity",
    "identity_method",
    "party_address",
    "party_name",
    "party_occupation",
    "party_age",
    # 払出し: columns 11-14
    "issued_on",
    "issued_kind",
    "issued_address",
    "issued_name",
    # not on the form: what tax and our own chain want
    "price",
    "special_rule",
    "entry_number",
)
"""Order of headings and cells (古物営業法施行規則 別記様式第15号, law.md §2.3)."""
