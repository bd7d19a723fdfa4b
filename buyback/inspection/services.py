"""Record what a person found on a device, or refuse it.

An inspection may be saved in parts; what is saved never contradicts itself. From `signed` on
nothing is edited. Lock order: deal → items.
"""

import unicodedata
from collections.abc import Mapping

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buyback.deals.models import Deal, Item
from buyback.deals.policy import EDITABLE, ITEM_ACTIVE, DealState, EventKind, ItemAction
from buyback.deals.transition import apply_to_item, lock_deal, lock_items, record
from buyback.inspection import wording
from buyback.inspection.models import Inspection
from buyback.inspection.policy import Code
from buyback.inspection.questions import (
    QUESTIONS,
    QUESTIONS_VERSION,
    Answers,
    parse_answers,
)
from buyback.inspection.questions import Code as AnswerCode
from shop.problems import Problem
from shop.wording import Audience

REJECT_REASONS: tuple[Code, ...] = tuple(code for code in Code if code is not Code.UNRESOLVED)
"""Why a person may refuse a device: every reason of the rules but a check that is still open."""


@transaction.atomic
def record_inspection(
    *, item_id: int, answers: Mapping[str, str], version: int, actor: User
) -> Inspection:
    """Save the answers given so far for one item; complete once every question has one.

    `answers` maps question codes to what was sent; an empty or missing one means “not yet”.
    `version` is the one the person saw (0: nothing was saved yet).
    Raises `ValidationError`: `stale` where somebody saved in between, `not-now` where the item or
    the deal takes no edits any more, else one error per question at fault, keyed by question code
    (`answer-not-an-option`, `battery-not-a-number`, `battery-out-of-range`,
    `answers-contradict`, `answer-must-be-tested`).
    """
    item, deal = _lock_editable(item_id)
    found = Inspection.objects.filter(item=item).first()
    if version != (found.version if found else 0):
        raise ValidationError(
            _("Somebody else has saved this inspection in the meantime. Please compare."),
            code="stale",
        )
    parsed = parse_answers(answers)
    if not isinstance(parsed, Answers):
        refuse_wrong_answers(parsed)
    given = dict(parsed.given) if isinstance(parsed, Answers) else _partial(answers)
    inspection = found or Inspection(item=item, version=0)
    before = dict(inspection.answers)
    inspection.answers = given
    inspection.questions_version = QUESTIONS_VERSION
    inspection.complete = isinstance(parsed, Answers)
    inspection.inspected_by, inspection.inspected_at = actor, timezone.now()
    inspection.version += 1
    inspection.save()
    record(
        deal=deal,
        item=item,
        kind=EventKind.INSPECTION_RECORDED,
        actor=actor,
        details={"complete": inspection.complete, "changes": _changes(before, given)},
    )
    return inspection


@transaction.atomic
def reject_item(*, item_id: int, reason_code: str, actor: User) -> Item:
    """Refuse one device (買取不可) for a reason of `REJECT_REASONS`; the others go on.

    Raises `ValidationError`: `unknown-reason`, or `not-now`.
    """
    if reason_code not in REJECT_REASONS:
        raise ValidationError(_("Choose the reason for refusing."), code="unknown-reason")
    item, _deal = _lock_editable(item_id)
    return apply_to_item(
        item=item, action=ItemAction.REJECT, actor=actor, details={"reason": reason_code}
    )


def refuse_wrong_answers(problems: tuple[Problem, ...]) -> None:
    """Raise a `ValidationError` keyed by question for every problem but a missing answer.

    A contradiction is said beside both questions of the pair.
    """
    errors: dict[str, list[ValidationError]] = {}
    for problem in problems:
        if problem.code == AnswerCode.MISSING:
            continue
        error = ValidationError(wording.sentence(problem, Audience.STAFF), code=problem.code)
        for name in ("question", "first", "second"):
            if name in problem.params:
                errors.setdefault(str(problem.params[name]), []).append(error)
    if errors:
        raise ValidationError(errors)


# --- inside ----------------------------------------------------------------------------------
def _lock_editable(item_id: int) -> tuple[Item, Deal]:
    deal = lock_deal(Item.objects.values_list("deal_id", flat=True).get(pk=item_id))
    item = next(one for one in lock_items(deal) if one.pk == item_id)
    if DealState(deal.state) not in EDITABLE or item.state not in ITEM_ACTIVE:
        raise ValidationError(
            _("This device takes no more changes. Reload the page."), code="not-now"
        )
    return item, deal


def _partial(answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers that were given, in half-width and without the percent sign."""
    typed = {
        question.code: unicodedata.normalize("NFKC", answers.get(question.code, "")).strip()
        for question in QUESTIONS
    }
    return {code: text.removesuffix("%").strip() for code, text in typed.items() if text}


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {
        code: {"from": before.get(code, ""), "to": after.get(code, "")}
        for code in sorted(before.keys() | after.keys())
        if before.get(code) != after.get(code)
    }
