"""Giving, changing and taking access: who may, what follows at once, and what stays written."""

import pytest
from allauth.account.forms import default_token_generator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from shop.people.models import Membership
from shop.people.policy import GIVES, GRANTS, Permission, Role, may_give
from shop.people.queries import members_of, people_elsewhere, people_history
from shop.people.services import (
    add_person,
    change_role,
    give_role,
    make_password_link,
    take_access,
)
from tests.cluster import Database
from tests.factories import PASSWORD, login_as, make_membership, make_store, make_user
from tests.together import together

LOWER = frozenset({Role.STAFF, Role.INSPECTOR, Role.CASHIER, Role.AUDITOR})


def add(owner: Membership, **changes: object) -> Membership:
    """Add a person to the owner's store, as the page does."""
    given: dict[str, object] = {
        "family_name": "見本",
        "given_name": "葵",
        "username": "Ａoi",
        "email": "",
        "role": Role.STAFF,
        **changes,
    }
    return add_person(store_id=owner.store_id, actor=owner.user, **given)  # type: ignore[arg-type]  # given by the case


def the_owner() -> Membership:
    return make_membership(role=Role.OWNER)


def test_only_owners_give_what_holds_everywhere() -> None:
    holders = {role for role in Role if Permission.MANAGE_COMPANY in GRANTS[role]}
    assert holders == {Role.OWNER}
    assert set(GIVES) == {role for role in Role if Permission.MANAGE in GRANTS[role]}
    assert GIVES[Role.MANAGER] == LOWER
    assert not may_give(Role.STAFF, Role.STAFF)
    assert not may_give(Role.MANAGER, Role.STAFF, Role.MANAGER)


@pytest.mark.django_db
def test_a_new_person_has_no_password_until_choosing_one() -> None:
    owner = the_owner()
    member = add(owner)
    assert (member.user.username, member.role, member.store) == ("aoi", "staff", owner.store)
    assert (member.user.last_name, member.user.first_name) == ("見本", "葵")
    assert not member.user.has_usable_password()
    uid, key = make_password_link(membership_id=member.pk, actor=owner.user)
    client = Client()
    page = client.get(reverse("account_reset_password_from_key", args=[uid, key]), follow=True)
    assert key not in page.redirect_chain[-1][0]
    typed = {"password1": "keyaki to ame 7", "password2": "keyaki to ame 7"}
    assert client.post(page.redirect_chain[-1][0], typed).status_code == 302
    member.user.refresh_from_db()
    assert member.user.check_password("keyaki to ame 7")
    again = Client().get(reverse("account_reset_password_from_key", args=[uid, key]))
    assert again.status_code == 200
    assert "password1" not in again.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("giver", list(Role))
def test_who_may_give_which_role(giver: Role, role: Role) -> None:
    member = make_membership(role=giver)
    if giver is Role.OWNER or (giver is Role.MANAGER and role in LOWER):
        assert add(member, role=role).role == role
    else:
        with pytest.raises(PermissionDenied):
            add(member, role=role)


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["change", "take", "link"])
def test_a_manager_touches_no_manager_and_no_owner(act: str) -> None:
    manager = make_membership(role=Role.MANAGER)
    for role in (Role.MANAGER, Role.OWNER):
        other = make_membership(store=manager.store, role=role)
        with pytest.raises(PermissionDenied):
            do(act, other, manager)
        other.refresh_from_db()
        assert other.role == role


def do(act: str, member: Membership, by: Membership) -> None:
    if act == "change":
        before = Role(member.role)
        change_role(membership_id=member.pk, before=before, role=Role.AUDITOR, actor=by.user)
    elif act == "take":
        take_access(membership_id=member.pk, actor=by.user)
    else:
        make_password_link(membership_id=member.pk, actor=by.user)


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["change", "take", "link"])
def test_nobody_changes_their_own_access(act: str) -> None:
    owner = the_owner()
    with pytest.raises(ValidationError) as refused:
        do(act, owner, owner)
    assert refused.value.code == "own-role"
    assert Membership.objects.get(pk=owner.pk).role == Role.OWNER


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["change", "take", "link"])
def test_an_owner_of_another_store_is_nobody_here(act: str) -> None:
    stranger, member = the_owner(), make_membership()
    with pytest.raises(PermissionDenied):
        do(act, member, stranger)


def test_two_owners_who_remove_each_other_leave_one(fresh_db: Database) -> None:
    first = the_owner()
    second = make_membership(store=first.store, role=Role.OWNER)
    results = together(lambda: do("take", second, first), lambda: do("take", first, second))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "PermissionDenied"]
    assert Membership.objects.filter(role=Role.OWNER, user__is_active=True).count() == 1


@pytest.mark.django_db
def test_a_changed_role_counts_at_once(client: Client) -> None:
    owner = the_owner()
    member = make_membership(store=owner.store, role=Role.STAFF)
    login_as(client, membership=member)
    assert client.get(reverse("stock:ledger")).status_code == 403
    change_role(membership_id=member.pk, before=Role.STAFF, role=Role.CASHIER, actor=owner.user)
    assert client.get(reverse("stock:ledger")).status_code == 200


@pytest.mark.django_db
def test_a_stale_page_does_not_change_a_role() -> None:
    owner = the_owner()
    member = make_membership(store=owner.store)
    change_role(membership_id=member.pk, before=Role.STAFF, role=Role.CASHIER, actor=owner.user)
    # The same again is the same; something else is a conflict.
    change_role(membership_id=member.pk, before=Role.STAFF, role=Role.CASHIER, actor=owner.user)
    with pytest.raises(ValidationError) as refused:
        change_role(membership_id=member.pk, before=Role.STAFF, role=Role.AUDITOR, actor=owner.user)
    assert refused.value.code == "changed-meanwhile"
    assert [line.sentence for line in people_history(owner.store)] == ["役割を変更: 会計担当"]


@pytest.mark.django_db
def test_the_last_role_taken_closes_the_account_and_its_sessions(client: Client) -> None:
    owner = the_owner()
    member = make_membership(store=owner.store)
    _uid, key = make_password_link(membership_id=member.pk, actor=owner.user)
    login_as(client, membership=member)
    assert client.get(reverse("counter:board")).status_code == 200
    user = take_access(membership_id=member.pk, actor=owner.user)
    assert client.get(reverse("counter:board")).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert not default_token_generator.check_token(user, key)
    give_role(store_id=owner.store_id, user_id=user.pk, role=Role.STAFF, actor=owner.user)
    # The account is open again, the old session is not.
    assert client.get(reverse("counter:board")).status_code == 302
    assert User.objects.get(pk=user.pk).is_active


@pytest.mark.django_db
def test_a_role_in_another_store_stays() -> None:
    owner = the_owner()
    member = make_membership(store=owner.store)
    there = make_membership(user=member.user, role=Role.CASHIER)
    user = take_access(membership_id=member.pk, actor=owner.user)
    assert user.is_active
    assert user.check_password(PASSWORD)
    assert list(Membership.objects.filter(user=user)) == [there]


@pytest.mark.django_db
def test_a_link_is_refused_for_somebody_with_more_rights_elsewhere() -> None:
    manager = make_membership(role=Role.MANAGER)
    member = make_membership(store=manager.store)
    make_membership(user=member.user, role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        make_password_link(membership_id=member.pk, actor=manager.user)
    admin = make_membership(store=manager.store)
    User.objects.filter(pk=admin.user_id).update(is_superuser=True)
    with pytest.raises(PermissionDenied):
        make_password_link(membership_id=admin.pk, actor=manager.user)


@pytest.mark.django_db
def test_only_an_owner_brings_people_of_other_stores() -> None:
    owner, user = the_owner(), make_user()
    manager = make_membership(store=owner.store, role=Role.MANAGER)
    with pytest.raises(PermissionDenied):
        give_role(store_id=owner.store_id, user_id=user.pk, role=Role.STAFF, actor=manager.user)
    assert people_elsewhere(owner.store) == [user]
    give_role(store_id=owner.store_id, user_id=user.pk, role=Role.STAFF, actor=owner.user)
    with pytest.raises(ValidationError) as refused:
        give_role(store_id=owner.store_id, user_id=user.pk, role=Role.STAFF, actor=owner.user)
    assert refused.value.code == "already-here"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ab"),
        ("username", "葵さん"),
        ("username", "aoi@example.jp"),
        ("username", "TAKEN"),
        ("email", "Taken@Example.jp"),
        ("email", "no address"),
        ("family_name", "見" * 151),
    ],
)
def test_a_refused_person_is_told_by_field_and_not_made(field: str, value: str) -> None:
    owner = the_owner()
    User.objects.create_user("taken", email="taken@example.jp")
    count = User.objects.count()
    with pytest.raises(ValidationError) as refused:
        add(owner, **{field: value})
    known = {"family_name": "last_name"}.get(field, field)
    assert known in refused.value.message_dict
    assert User.objects.count() == count


@pytest.mark.django_db
def test_the_history_stays_when_the_role_is_gone() -> None:
    owner = the_owner()
    member = add(owner)
    make_password_link(membership_id=member.pk, actor=owner.user)
    change_role(membership_id=member.pk, before=Role.STAFF, role=Role.CASHIER, actor=owner.user)
    take_access(membership_id=member.pk, actor=owner.user)
    lines = people_history(owner.store)
    assert [line.person for line in lines] == ["見本 葵 (aoi)"] * 4
    assert {line.by for line in lines} == {"佐藤 次郎"}
    assert people_history(make_store()) == ()
    written = "".join(LogEntry.objects.values_list("change_message", flat=True))
    assert "-" not in written, "a key of a link was written down"


@pytest.mark.django_db
def test_rows_of_the_admin_are_left_out_of_the_history() -> None:
    owner = the_owner()
    add(owner)
    LogEntry.objects.update(change_message='[{"changed": {"fields": ["phone"]}}]')
    assert people_history(owner.store) == ()


@pytest.mark.django_db
def test_members_come_with_their_second_factor() -> None:
    owner = the_owner()
    assert [member.has_second_factor for member in members_of(owner.store)] == [False]
