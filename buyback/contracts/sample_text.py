"""A sample of the contract text (見本), in our own words, for a shop that buys over its counter.

It covers what such contracts usually say (law.md §6.2) and nothing that a shop has not decided: no
duty to refund when a network restricts a phone later. A lawyer should read it; each store adopts a
version before its first real deal. Who buys, who sells and what for are values of a contract and
stand in no text.
"""

from typing import Final, TypedDict

VERSION: Final = "sample-1"


class Block(TypedDict):
    """One block of a text: a clause, or a statement that the seller ticks. Paragraphs by line."""

    code: str
    statement: bool
    title_ja: str
    title_en: str
    body_ja: str
    body_en: str


def _statement(code: str, title: tuple[str, str], body: tuple[str, str]) -> Block:
    return _block(code, title, body, statement=True)


def _clause(code: str, title: tuple[str, str], *paragraphs: tuple[str, str]) -> Block:
    ja, en = ("\n".join(texts) for texts in zip(*paragraphs, strict=True))
    return _block(code, title, (ja, en), statement=False)


def _block(code: str, title: tuple[str, str], body: tuple[str, str], *, statement: bool) -> Block:
    return {
        "code": code,
        "statement": statement,
        "title_ja": title[0],
        "title_en": title[1],
        "body_ja": body[0],
        "body_en": body[1],
    }


BLOCKS: Final[tuple[Block, ...]] = (
    _statement(
        "lawful-owner",
        ("所有者", "Owner"),
        (
            "この品は私の所有物であり、私には売り渡す権利があります。盗品や拾得物ではなく、"
            "借りている品、担保に入れている品でもありません。",
            "This device is mine and I have the right to sell it. It was neither stolen nor found,"
            " it is not lent to me, and nobody holds it as security.",
        ),
    ),
    _statement(
        "instalments",
        ("分割払い", "Instalments"),
        (
            "分割払いが残っている場合は、そのことを担当者に伝えました。残りは私が払い続けます。"
            "紛失・盗難の補償や、代替機との交換を申し込んだ品ではありません。",
            "If instalments are still open, I have told the staff, and I will go on paying them."
            " I have not claimed this device as lost or stolen, nor had it replaced under a plan.",
        ),
    ),
    _statement(
        "locks-off",
        ("ロックとアカウント", "Locks and accounts"),
        (
            "「iPhoneを探す」、Googleアカウントなどのロックと画面ロックを解除し、"
            "すべてのアカウントからサインアウトしました。SIMカードとメモリーカードは抜きました。",
            "I have turned off Find My, the Google account lock and the screen lock, and signed out"
            " of every account. I have taken out the SIM and memory cards.",
        ),
    ),
    _statement(
        "data",
        ("データと電子マネー", "Data and electronic money"),
        (
            "必要なデータは保存し、おサイフケータイ（FeliCa）などの電子マネーは移行または"
            "解約しました。中に残ったデータが消去され、元に戻せないことに同意します。",
            "I have saved the data I need, and moved or cancelled electronic money such as"
            " Osaifu-Keitai (FeliCa). I agree that any data left will be erased for good.",
        ),
    ),
    _statement(
        "true-particulars",
        ("申告の内容", "My particulars"),
        (
            "氏名・住所・職業・年齢は事実のとおりです。自分のために売ります。"
            "私は反社会的勢力に当たらず、関わりもありません。",
            "My name, address, occupation and age are true, and I sell on my own account."
            " I neither belong to nor deal with organised crime.",
        ),
    ),
    _statement(
        "price-and-no-return",
        ("代金と取消し", "Price and cancellation"),
        (
            "査定の結果と代金に納得しました。売買が成立し、代金を受け取った後は取り消せないことを"
            "理解しました。",
            "I agree with the inspection and the price. I understand that the sale cannot be"
            " cancelled once it is concluded and paid.",
        ),
    ),
    _clause(
        "sale",
        ("売買", "Sale"),
        (
            "売主は、この承諾書に記載した品を、記載した代金で買主に売り渡します。",
            "The seller sells to the buyer the devices named in this contract, at the price named"
            " in it.",
        ),
        (
            "売買は、売主が署名し、本人確認が済み、買主が品を受け取った時に成立します。"
            "品についてのすべての権利は、その時に買主へ移ります。",
            "The sale is concluded when the seller has signed, identity has been verified and the"
            " buyer has received the devices. All rights in them pass to the buyer at that moment.",
        ),
    ),
    _clause(
        "payment",
        ("支払", "Payment"),
        (
            "買主は、成立後すみやかに、営業所の窓口で代金の全額を売主本人に支払います。",
            "Once the sale is concluded, the buyer promptly pays the whole price to the seller in"
            " person at the counter of the store.",
        ),
    ),
    _clause(
        "no-cancellation",
        ("取消し", "Cancellation"),
        (
            "売主は、売買が成立するまでは、理由を問わず取りやめることができます。"
            "成立した後は、取消しや返品はできません。",
            "Until the sale is concluded, the seller may step back without giving a reason. After"
            " that it can be neither cancelled nor reversed.",
        ),
        (
            "営業所への持込みによる買取りは、特定商取引法の訪問購入に当たらず、"
            "クーリング・オフの対象ではありません。",
            "A purchase from a seller who comes to the store is not a door-to-door purchase under"
            " the Act on Specified Commercial Transactions; there is no cooling-off period.",
        ),
        (
            "この条項は、法令により認められる取消しや解除を妨げるものではありません。",
            "Rights to rescind or cancel that the law itself grants are not affected.",
        ),
    ),
    _clause(
        "untrue-statements",
        ("申告が事実と異なるとき", "If a statement is untrue"),
        (
            "申告が事実と異なるときは、買主は契約を解除できます。この場合、売主は代金を、"
            "買主は品を返し、損害がある場合の扱いは法令に従います。",
            "If a statement of the seller is untrue, the buyer may cancel the contract. The seller"
            " then returns the price and the buyer the devices; damages follow the law.",
        ),
        (
            "品が盗品や遺失物である疑いがあるときは、買主は法令に従い警察に申告します。",
            "If a device is suspected to be stolen or lost property, the buyer reports it to the"
            " police as the law requires.",
        ),
    ),
    _clause(
        "data-and-things-left",
        ("残ったデータと物", "Data and things left behind"),
        (
            "買主は、受け取った品に残ったデータを販売や分解の前に消去します。"
            "データの保存と、電子マネーの移行・解約は、売主が行います。",
            "The buyer erases what data is left before a device is sold or taken apart. Saving data"
            " and moving or cancelling electronic money is up to the seller.",
        ),
        (
            "SIMカードなどが残っていたときは、売主に知らせ、引取りがなければ安全に処分します。",
            "If a SIM card or the like was left inside, the buyer tells the seller, and disposes of"
            " it safely if it is not collected.",
        ),
    ),
    _clause(
        "personal-information",
        ("個人情報", "Personal information"),
        (
            "買主は、売主の個人情報を、古物営業法が定める確認と帳簿への記載、代金の支払、"
            "税務上の記録、この取引に関する連絡のために使います。",
            "The buyer uses the seller's personal information for the verification and the ledger"
            " that the Secondhand Goods Business Act requires, for the payment, for tax records and"
            " to get in touch about this sale.",
        ),
        (
            "法令に基づく場合を除き、本人の同意なく第三者に渡すことはありません。"
            "法令が定める期間が過ぎたときは、消去します。",
            "It is given to nobody else without consent, unless the law demands it, and is erased"
            " after the periods the law sets.",
        ),
    ),
    _clause(
        "language-and-law",
        ("言語と準拠法", "Language and law"),
        (
            "この承諾書には日本法を適用します。日本語版と英語版が異なるときは、"
            "日本語版によります。",
            "Japanese law applies. If the Japanese and the English text differ, the Japanese text"
            " decides.",
        ),
    ),
)
"""Statements first, then clauses, each in the order in which they are printed."""
