"""Lists taken, in whatever order."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from django.db import connection, transaction

from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted.models import Inspection, OfstedList, Setting
from tests.integration.ofsted.lists import listed, march, take
from tests.published import PARTS

pytestmark = pytest.mark.django_db

SECOND_COPY = PARTS / "providers-as-at-2018-03-31.csv"

STATE = {
    "settings": """select register, urn, s.name, provision_type, local_authority, region, sector, o.sort_key, places,
        registration_status, registered_on, linked_urn, listed_on, gone_since, last_checked_on, status, status_since,
        reasons::text from ofsted_setting s left join ofsted_owner o on o.id = s.owner_id order by register, urn""",
    "inspections": """select s.urn, i.kind, i.inspected_on, i.published_on, i.event_number, i.event_wording,
        i.predecessor_urn, l.as_at, l.whole from ofsted_inspection i join ofsted_setting s on s.id = i.setting_id
        join ofsted_ofstedlist l on l.id = i.ofsted_list_id order by 1, 2, 3""",
    "judgements": """select s.urn, i.kind, i.inspected_on, j.aspect, j.grade, j.wording, l.as_at, l.whole
        from ofsted_judgement j join ofsted_inspection i on i.id = j.inspection_id
        join ofsted_setting s on s.id = i.setting_id join ofsted_ofstedlist l on l.id = j.ofsted_list_id
        order by 1, 2, 3, 4""",
    "periods": """select s.urn, p.from_on, p.to_on, p.status, p.reasons::text from ofsted_statusperiod p
        join ofsted_setting s on s.id = p.setting_id order by 1, 2""",
    "differences": """select l.family, l.as_at, l.differences::text, b.as_at from ofsted_ofstedlist l
        left join ofsted_ofstedlist b on b.id = l.compared_with_id order by 1, 2""",
}


def state() -> dict[str, list[tuple]]:
    found = {}
    with connection.cursor() as cursor:
        for name, query in STATE.items():
            cursor.execute(query)
            found[name] = cursor.fetchall()
    return found


YEARS = (2015, 2016, 2017, 2018)
# Judged inadequate in 2016, otherwise in the list of 2017, and as in 2016 again in 2018; published late.
AWKWARD = {"SC002270", "SC022729"}


def sample(year: int):
    """A tenth of a list, with those that are awkward: every order of four lists takes a while."""
    read = march(year)
    return replace(read, rows=[row for row in read.rows if row.urn.endswith("7") or row.urn in AWKWARD])


def left_by(order: tuple[int, ...]) -> dict[str, list[tuple]]:
    with transaction.atomic():
        for year in order:
            take(sample(year))
        left = state()
        transaction.set_rollback(True)
    return left


def test_in_any_order_the_end_is_the_same():
    """Every fourth of the twenty-four orders, the reverse among them: each undone order leaves its dead rows behind,
    and all of them would take minutes."""
    in_turn = left_by(YEARS)
    orders = [*list(permutations(YEARS))[5::6], tuple(reversed(YEARS))]

    assert [order for order in orders if differs(left_by(order), in_turn)] == []


def differs(one: dict, other: dict) -> dict:
    """The first few rows that differ, by table: a whole comparison would print thousands."""
    return {name: sorted(set(one[name]) ^ set(other[name]), key=str)[:4] for name in one if one[name] != other[name]}


def test_a_list_of_a_years_inspections_may_come_before_or_after_the_lists_of_its_year():
    in_year = listed(PARTS / "inspections-in-year-2017-18.csv", date(2018, 3, 31))
    with transaction.atomic():
        for read in (march(2017), in_year, march(2018)):
            take(read)
        first = state()
        transaction.set_rollback(True)
    for read in (march(2018), march(2017), in_year):
        take(read)

    assert differs(state(), first) == {}


def test_the_same_list_again_changes_nothing():
    take(march(2016))
    before = state()
    again = take(march(2016))

    assert (state() == before, again.rows["added"], again.rows["changed"]) == (True, 0, 0)


def test_the_second_copy_of_march_2018_changes_nothing_and_blanks_nothing():
    take(march(2018))
    before = state()
    take(listed(SECOND_COPY, date(2018, 3, 31)))

    assert differs(state(), before) == {}


def test_the_poorer_copy_first_and_the_richer_after_it_end_the_same():
    with transaction.atomic():
        take(march(2018))
        richer_first = state()
        transaction.set_rollback(True)
    take(listed(SECOND_COPY, date(2018, 3, 31)))
    take(march(2018))

    assert differs(state(), richer_first) == {}


def test_what_a_list_does_not_say_stays():
    take(march(2018))
    owner = Setting.objects.exclude(owner=None).order_by("urn").values_list("urn", "owner__name").first()
    take(march(2019))

    assert Setting.objects.get(urn=owner[0]).owner.name == owner[1]


def urns(year: int) -> set[str]:
    return {row.urn for row in march(year).rows}


def test_a_list_says_who_is_new_and_who_is_gone():
    take(march(2022))
    differences = take(march(2023)).differences

    assert set(differences.new) == urns(2023) - urns(2022)
    assert set(differences.gone) == urns(2022) - urns(2023)


def test_the_whole_lists_differ_as_counted_by_hand(shared_data):
    folder = shared_data / "ofsted_social_care_providers"
    take(march(2022, folder))
    differences = take(march(2023, folder)).differences
    assert (len(differences.new), len(differences.gone)) == (160, 190)

    d = take(march(2025, folder)).differences
    assert (len(d.new), len(d.gone), len(d.worse), len(d.better)) == (2413, 359, 423, 742)


def test_settings_that_a_newer_list_lacks_are_gone_since_its_day():
    take(march(2022))
    take(march(2023))
    gone = Setting.objects.filter(gone_since=date(2023, 3, 31))

    assert set(gone.values_list("urn", flat=True)) == urns(2022) - urns(2023)


def test_an_older_list_that_has_them_too_leaves_them_gone_since_the_same_day():
    take(march(2022))
    take(march(2023))
    take(march(2021))

    assert Setting.objects.filter(gone_since=date(2022, 3, 31)).exclude(listed_on=date(2021, 3, 31)).count() == 0
    assert Setting.objects.filter(gone_since=date(2023, 3, 31)).count() == len(urns(2022) - urns(2023))


def test_a_list_of_one_region_makes_no_setting_elsewhere_go():
    take(march(2022))
    before = Setting.objects.filter(gone_since__isnull=False).count()
    read = march(2023)
    take(replace(read, rows=[row for row in read.rows if row.attributes["region"] == "South East"]))
    gone = Setting.objects.filter(gone_since__isnull=False)

    assert before == 0
    assert set(gone.values_list("region", flat=True)) == {"South East"}


def test_a_list_of_inspections_makes_nothing_go():
    take(march(2017))
    take(listed(PARTS / "inspections-in-year-2017-18.csv", date(2018, 3, 31)))

    assert not Setting.objects.filter(gone_since__isnull=False).exists()


def test_an_older_list_raises_no_status():
    take(march(2018))
    before = dict(Setting.objects.values_list("urn", "status"))
    take(march(2015))
    after = dict(Setting.objects.filter(urn__in=before).values_list("urn", "status"))

    assert before == after


def test_a_list_of_a_day_to_come_is_refused():
    with pytest.raises(RuleBroken, match="date in the future"):
        take(march(2016), on=date(2016, 3, 30))


def test_each_inspection_points_to_the_list_that_told_of_it_first():
    take(march(2016))
    take(march(2015))
    in_2015 = {(row.urn, told.inspected_on) for row in march(2015).rows for told in row.inspections}
    rows = Inspection.objects.filter(ofsted_list__as_at=date(2015, 3, 31)).values_list("setting__urn", "inspected_on")

    assert set(rows) == in_2015


def test_every_list_is_kept_once():
    for year in (2016, 2016, 2017):
        take(march(year))

    assert OfstedList.objects.count() == 2


def test_every_setting_of_a_list_has_a_status_for_every_day_since():
    take(march(2016))
    without = Setting.objects.exclude(statuses__to_on__isnull=True, statuses__isnull=False)

    assert (without.count(), Setting.objects.filter(status="unmatched").count()) == (0, 0)
