"""The promises of the structure, checked over the whole tree.

Every URL has an access rule, foreign keys point down only, append-only tables carry their trigger,
only `transition` writes a state, each action has one caller, Celery knows exactly the tasks there
are, and no table is written from a view.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CASCADE, SET_NULL, ForeignKey, Model
from django.urls import URLPattern, URLResolver, get_resolver

from buyback.deals.policy import ITEM_OWNERS, OWNERS, Action, ItemAction
from config.celery import app as celery_app

ROOT = Path(__file__).resolve().parent.parent
OURS = ("buyback", "inventory", "carriers", "shop")
APP_ORDER = {"shop": 0, "carriers": 1, "inventory": 2, "buyback": 3}
PACKAGE_ORDER = {
    "buyback": [
        "sellers",
        "deals",
        "inspection",
        "pricing",
        "identity",
        "contracts",
        "payouts",
        "recourse",
    ],
    "inventory": ["catalogue", "ledger", "notices", "units", "workshop", "selling", "guarantee"],
}
THIRD_PARTY = ("allauth.", "django.contrib.admin.", "django.contrib.auth.")


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders or (*OURS, "config"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def url_patterns(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from url_patterns(entry.url_patterns, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


def views() -> list[tuple[str, URLPattern]]:
    return [
        (route, pattern)
        for route, pattern in url_patterns(get_resolver().url_patterns)
        if not pattern.callback.__module__.startswith(THIRD_PARTY)
        and not route.startswith("admin/")  # Django's own log-in guards every page of it
    ]


@pytest.mark.parametrize(("route", "pattern"), views(), ids=[route for route, _ in views()])
def test_every_url_has_an_access_rule(route: str, pattern: URLPattern) -> None:
    assert getattr(pattern.callback, "access_rule", None), f"{route} has no access rule"


def test_foreign_keys_point_down_only() -> None:
    wrong = []
    for model in our_models():
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and field.related_model in our_models():
                target = field.related_model
                if not _is_below(target, model):
                    wrong.append(f"{model.__module__}.{model.__name__}.{field.name}")
    assert wrong == []


def _is_below(target: type[Model], model: type[Model]) -> bool:
    here, there = model._meta.app_label, target._meta.app_label
    if here != there:
        return APP_ORDER[there] < APP_ORDER[here]
    order = PACKAGE_ORDER.get(here)
    if order is None:
        return True
    return order.index(_package(target)) <= order.index(_package(model))


def _package(model: type[Model]) -> str:
    return model.__module__.split(".")[1]


APPEND_ONLY = {
    "carriers.NetworkMode",
    "carriers.NetworkPace",
    "carriers.BreakerEvent",
    "carriers.CheckAnswer",
    "carriers.LookupAttempt",
    "inventory.UnitEvent",
    "inventory.LedgerEntry",
    "inventory.LedgerParty",
    "buyback.DealEvent",
    "buyback.Quote",
    "buyback.IdentityRecord",
    "buyback.ContractText",
    "buyback.ContractTextAdoption",
    "buyback.Contract",
    "buyback.Signature",
    "buyback.Conclusion",
    "buyback.ContractPdf",
    "buyback.Payout",
    "shop.Setting",
}


def test_append_only_tables_carry_their_trigger() -> None:
    guarded = {
        model._meta.label
        for model in our_models()
        for trigger in getattr(model._meta, "triggers", ())
        if isinstance(trigger, pgtrigger.Protect)
    }
    assert guarded == APPEND_ONLY


@pytest.mark.django_db
def test_the_triggers_stand_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'pgtrigger_%%' AND t.tgenabled = 'O'"
        )
        found = {(table, name) for table, name in cursor.fetchall()}
    assert found == {
        (model._meta.db_table, trigger.get_pgid(model))
        for model in our_models()
        for trigger in getattr(model._meta, "triggers", ())
    }


def test_foreign_keys_never_delete_history() -> None:
    cascading = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.remote_field.on_delete in {CASCADE, SET_NULL}
    ]
    assert cascading == []


STATE_WRITERS = {
    "buyback/deals/transition.py",
    "inventory/units/records.py",
    "carriers/checks/records.py",
    "carriers/pace/records.py",
}


def test_only_the_records_write_a_state() -> None:
    writers = {
        str(path) for path, tree in sources() for node in ast.walk(tree) if _writes_state(node)
    }
    assert writers <= STATE_WRITERS, writers - STATE_WRITERS


def _writes_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        flat = [
            part
            for target in targets
            for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        ]
        return any(isinstance(t, ast.Attribute) and t.attr == "state" for t in flat)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "update" and any(k.arg == "state" for k in node.keywords)
    return False


@pytest.mark.parametrize("folder", ["buyback", "inventory", "carriers"])
def test_each_action_is_applied_by_its_owner_only(folder: str) -> None:
    allowed = {f"Action.{a.name}": owner for a, owner in OWNERS.items()}
    allowed |= {f"ItemAction.{a.name}": owner for a, owner in ITEM_OWNERS.items()}
    wrong = []
    for path, tree in sources(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in {"apply", "apply_to_item"}:
                for keyword in node.keywords:
                    if keyword.arg == "action":
                        name = ast.unparse(keyword.value)
                        package = ".".join(path.parts[:2])
                        if allowed.get(name) != package:
                            wrong.append(f"{path}:{node.lineno} {name}")
    assert wrong == []


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def test_every_action_has_an_owner() -> None:
    assert set(OWNERS) == set(Action)
    assert set(ITEM_OWNERS) == set(ItemAction)


def test_celery_knows_exactly_the_tasks_in_the_files() -> None:
    celery_app.loader.import_default_modules()
    known = {name for name in celery_app.tasks if name.startswith(OURS)}
    written = {
        str(keyword.value.value)
        for _path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) == "shared_task"
        for keyword in node.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    }
    assert known == written
    scheduled = {entry["task"] for entry in celery_app.conf.beat_schedule.values()}
    assert scheduled <= known


WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def test_views_and_queries_never_write() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        if path.stem in {"views", "queries", "policy", "wording"} or "views" in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
    ]
    assert wrong == []


def test_policy_uses_the_standard_library_only() -> None:
    allowed = set(sys.stdlib_module_names) | set(OURS)
    wrong = [
        f"{path}: {name}"
        for path, tree in sources()
        if path.stem == "policy"
        for name in _imports(tree)
        if name.split(".")[0] not in allowed
        or (name.split(".")[0] in OURS and name.split(".")[-1] in {"models", "queries", "services"})
    ]
    assert wrong == []


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 400, 50, 120


def test_files_functions_and_templates_stay_small() -> None:
    long = []
    for path, tree in sources():
        lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            long.append(f"{path}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    long.append(f"{path}:{node.lineno} {node.name}: {size} lines")
    for template in sorted((ROOT / "templates").rglob("*.html")):
        lines = len(template.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_TEMPLATE:
            long.append(f"{template.relative_to(ROOT)}: {lines} lines")
    assert long == []


def test_templates_carry_no_inline_script_or_style() -> None:
    wrong = [
        f"{template.relative_to(ROOT)}: {needle}"
        for template in sorted((ROOT / "templates").rglob("*.html"))
        for needle in (
            "<script>",
            "<style",
            " style=",
            " onclick=",
            " hx-on",
            "|safe",
            "javascript:",
        )
        if needle in template.read_text(encoding="utf-8")
    ]
    assert wrong == []
