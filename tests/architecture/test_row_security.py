"""Every table about children says who sees its rows, or stands here with the reason why it does not (yet)."""

from django.apps import apps

from plumbline.people.access import ROLES, Permission
from plumbline.people.rows import about_children

# Model → what of children the pages' login reads of it without a tie, and what keeps it meanwhile.
NOT_HELD = {
    "audit.Event": "The number of the child whose record was opened or changed; the page asks for a permission.",
    "contracts.Contract": "The number of the one child of an agreement for one placement; the name is the child's row.",
    "contracts.EvaluationCase": "The number of the child whose case a meeting looked at, and what was found about it.",
    "contracts.HeldText": "The number of the child whom a text names; the page asks for who may see that child.",
    "contracts.IncidentChild": "The numbers of the children whom an incident concerns; who reads it is shown a count.",
    "flags.Flag": "The number of the child, and the reason, which names nobody. Roles read them who see no child.",
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
    may, reaches = {each.value: "" for each in Permission}, {role.reach: "" for role in ROLES.values()} | {"all": ""}
    # One that does not exist raises KeyError.
    assert all("{" not in rule.format(row="t", may=may, reaches=reaches) for rule in about_children().values())
