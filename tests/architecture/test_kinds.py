"""What a kind of record, of flag or of reason is said to be is said in one place, and what it names exists."""

import ast

from django.apps import apps
from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import import_string

from plumbline.contracts.rules.rating import BOOK, SECTIONS
from plumbline.flags.kinds import kinds
from plumbline.web.kit import navigation
from plumbline.web.kit.access import access_of, routes
from plumbline.web.kit.subjects import SUBJECTS
from tests.architecture.source import modules

# Named as subjects by what they are about, and no record: of an event, a figure's rule; of a flag, a month's check.
NO_RECORD = {"measure", "monthly_check"}


def test_a_kind_of_flag_is_declared_once() -> None:
    declared = [kind.key for room in settings.FLAG_KINDS for kind in import_string(f"{room}.KINDS")]
    assert sorted(declared) == sorted(kinds())


def test_a_kind_of_flag_is_raised_by_the_room_that_declares_it() -> None:
    of = {kind.key: room.split(".")[1] for room in settings.FLAG_KINDS for kind in import_string(f"{room}.KINDS")}
    said = {
        (node.value, module.room)
        for module in modules()
        if not module.name.endswith("flag_kinds") and not module.is_migration
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in of
    }
    assert [kind for kind, room in sorted(of.items()) if (kind, room) not in said] == []


def test_where_flags_of_a_kind_are_settled_is_a_page_that_the_permission_opens() -> None:
    settled = {kind.key: kind.settled_in for kind in kinds().values() if kind.settled_in}
    assert len(settled) > 5
    pages = {name: access_of(view) for _, name, view in routes(get_resolver())}
    opened_by = {key: pages[at.place.split()[0]] for key, at in settled.items()}
    asking = {key: mark for key, mark in opened_by.items() if mark.kind != "signed_in"}
    shut = {key: mark for key, mark in asking.items() if settled[key].needs not in mark.permissions}
    assert shut == {}
    # A line of many says how many there are of them.
    assert [key for key in settled if not kinds()[key].many] == []


def test_every_record_that_is_named_as_a_subject_is_a_kind_of_its_own() -> None:
    named = {
        keyword.value.value
        for module in modules()
        if not module.is_migration
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "subject_type" and isinstance(keyword.value, ast.Constant) and keyword.value.value
    }
    known = {*SUBJECTS, *(each.model for each in SUBJECTS.values())}
    assert sorted(named - known - NO_RECORD) == []
    assert sorted(NO_RECORD - named) == []


def test_a_subject_has_the_page_and_the_table_that_it_names() -> None:
    without = [each.route for each in SUBJECTS.values() if each.route and not navigation.page_exists(each.route)]
    assert without == []
    tables = {model._meta.label_lower for model in apps.get_models()}
    assert sorted({each.model for each in SUBJECTS.values()} - tables - {""}) == []


def test_where_a_reason_of_a_rating_is_dealt_with_is_a_page() -> None:
    pages = {section: section if section in ("action", "setting") else f"contract_{section}" for section in SECTIONS}
    used = {code.section for code in BOOK.codes.values()} - {"none"}
    assert sorted(section for section in used if not navigation.page_exists(pages[section])) == []
