"""Every URL of the counter, the staff's face (DESIGN §7).

A stage's page answers GET with the whole page; POSTs redirect or show the page again with what is
wrong. Fragments have their own URL.
"""

from django.urls import path

from buyback.counter.views import (
    board,
    check,
    contract,
    deal,
    identity,
    inspection,
    intake,
    payout,
    quote,
)

app_name = "counter"

DEAL = "deals/<str:code>/"
ITEM = DEAL + "items/<int:position>/"
LOOKUP = DEAL + "lookups/<int:lookup_id>/"

urlpatterns = [
    path("", board.board, name="board"),
    path("board-panel/", board.panel, name="board-panel"),
    path("search/", board.search, name="search"),
    path("found/<uuid:key>/", board.found, name="found"),
    path("deals/new/", intake.new_deal, name="new-deal"),
    path("imei-hint/", intake.imei_hint, name="imei-hint"),
    path(DEAL, deal.deal, name="deal"),
    path(DEAL + "history/", deal.history, name="history"),
    path(DEAL + "cancel/", deal.cancel, name="cancel"),
    path(DEAL + "hold/", deal.hold, name="hold"),
    path(DEAL + "hold/lift/", deal.lift_hold, name="lift-hold"),
    path(DEAL + "intake/", intake.intake, name="intake"),
    path(ITEM, intake.item, name="item"),
    path(ITEM + "return/", intake.return_item, name="return-item"),
    path(DEAL + "check/", check.check, name="check"),
    path(ITEM + "ask/", check.ask, name="ask"),
    path(ITEM + "check-panel/", check.panel, name="check-panel"),
    path(LOOKUP, check.evidence, name="evidence"),
    path(LOOKUP + "answer/", check.answer, name="answer"),
    path(LOOKUP + "by-hand/", check.by_hand, name="by-hand"),
    path(DEAL + "inspection/", inspection.inspection, name="inspection"),
    path(ITEM + "inspection/", inspection.inspect_item, name="inspect-item"),
    path(ITEM + "reject/", inspection.reject_item, name="reject-item"),
    path(DEAL + "quote/", quote.quote, name="quote"),
    path(DEAL + "offer/", quote.offer, name="offer"),
    path(DEAL + "accept/", quote.accept, name="accept"),
    path(DEAL + "decline/", quote.decline, name="decline"),
    path(ITEM + "decline/", quote.decline_item, name="decline-item"),
    path(DEAL + "identity/", identity.identity, name="identity"),
    path(DEAL + "seller/", identity.seller, name="seller"),
    path(DEAL + "verify/", identity.verify, name="verify"),
    path(DEAL + "contract/", contract.contract, name="contract"),
    path(DEAL + "contract/prepare/", contract.prepare, name="prepare"),
    path(DEAL + "contract/sign/", contract.sign, name="sign"),
    path(DEAL + "contract/<int:version>.pdf", contract.pdf, name="contract-pdf"),
    path(DEAL + "conclude/", contract.conclude, name="conclude"),
    path(DEAL + "payout/", payout.payout, name="payout"),
]
