"""Every table about children says who sees its rows, or is listed here with the reason why it does not."""

from django.apps import apps

from plumbline.people.access import ROLES, Permission
from plumbline.people.rows import about_children

# Model → why its rows are not held by a tie to a child (docs/adr/0017).
NOT_HELD = {
    "contracts.Contract": "Those who see no child work with it: an agreement for one placement. Of the child it holds"
    " the number, as placements_stay does; who that is, the child's own row says.",
    "contracts.EvaluationCase": "Those who see no child settle it: its words name nobody (contracts.naming). Of the"
    " child it holds the number; a text that may name the child is a HeldText, and held.",
    "flags.FlagFor": "To whom a flag was put, and whether they have read it; nothing of what it is about.",
    "flags.Message": "An e-mail to someone here: it names no child, and is read where mail goes wrong.",
}


def test_every_table_about_children_says_who_sees_its_rows() -> None:
    declared = set(about_children())
    about = {
        model._meta.label
        for model in apps.get_models()
        if model not in declared and model._meta.managed
        for field in model._meta.get_fields()
        if (field.many_to_one and (field.related_model in declared)) or (field.concrete and field.name in ("child_id",))
    }
    assert about == set(NOT_HELD)


def test_rules_name_permissions_and_reaches_that_exist() -> None:
    words = {
        "may": {each.value: "" for each in Permission},
        "reaches": {role.reach: "" for role in ROLES.values()} | {"all": ""},
        "holds": dict.fromkeys(ROLES, ""),
    }
    # One that does not exist raises KeyError.
    assert all("{" not in rule.format(row="t", viewer="", **words) for rule in about_children().values())
