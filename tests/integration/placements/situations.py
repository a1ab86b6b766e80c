"""Settings, children and people for the tests of placements, made by the shortest way."""

from datetime import UTC, date, datetime
from itertools import count

from django.db.models import F

from plumbline.intake.models import Import
from plumbline.ofsted.models import Inspection, Judgement, OfstedList, Setting, StatusPeriod
from plumbline.people.models import Child, User
from plumbline.placements.models import Placement, PlacementException
from tests import databases
from tests.factories.people import came_in, hold_role

TODAY = date(2016, 7, 31)
AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
LONG_AGO = date(2014, 1, 1)
_numbers = count(1)


def a_child() -> Child:
    number = next(_numbers)
    return Child.objects.create(source_id=f"X{number}", forename="Kit", surname="Quill", sort_key="quill, kit")


def a_user(role: str = "", *, team: str = "", professional=None) -> User:
    number = next(_numbers)
    user = User.objects.create(
        username=f"user{number}", name=f"User {number}", email=f"user{number}@example.org", professional=professional
    )
    if role:
        hold_role(user, role, LONG_AGO, team=team)
    return user


def an_import() -> Import:
    return Import.objects.create(kind="import-ssd", label="ssd", at=AT, by_name="the machine")


def a_setting(status: str = "clear", *, since: date = LONG_AGO, urn: str = "") -> Setting:
    """A setting on a list, clear since long ago and then `status` since `since`."""
    with databases.as_worker():
        return _setting(status, since, urn)


def _setting(status: str, since: date, urn: str) -> Setting:
    setting = Setting.objects.create(
        register="social_care",
        urn=urn or f"SC{next(_numbers):06}",
        name="REDACTED",
        listed_on=date(2016, 7, 20),
        last_checked_on=date(2016, 7, 20),
        status=status,
        status_since=since,
    )
    if since > LONG_AGO:
        StatusPeriod.objects.create(
            setting=setting, status="clear", from_on=LONG_AGO, to_on=since, rule_version="test", reasons=[]
        )
    StatusPeriod.objects.create(setting=setting, status=status, from_on=since, rule_version="test", reasons=[])
    return setting


def judge(setting: Setting, grade: str, *, on: date) -> Inspection:
    """A judgement written as raw SQL would write it: nobody evaluates it."""
    ofsted_list = OfstedList.objects.create(
        layout="test", register="social_care", family="social_care", as_at=on, whole=False, import_run=an_import()
    )
    inspection = Inspection.objects.create(setting=setting, kind="full", inspected_on=on, ofsted_list=ofsted_list)
    Judgement.objects.create(inspection=inspection, aspect="overall", wording=grade, grade=grade)
    return inspection


def evaluated(setting: Setting) -> None:
    """As the worker leaves it."""
    Setting.objects.filter(pk=setting.pk).update(evaluated_rev=F("judgements_rev"))


def an_exception(child: Child, setting: Setting, state: str = "approved", **changes) -> PlacementException:
    decided = {} if state == "asked" else {"decided_by": a_user("head_of_service"), "decided_at": AT}
    asker = a_user("placement_officer")
    given = {
        "grounds": "court_named", "reason": "The court named it.", "safeguards": "Visited each week.",
        "from_on": date(2016, 7, 1), "ends_on": date(2016, 8, 31),
    }  # fmt: skip
    with databases.as_worker():
        return PlacementException.objects.create(
            child=child, setting=setting, state=state, asked_by=asker, asked_at=AT, **{**given, **decided, **changes}
        )


def place(
    setting: Setting | None, child: Child | None = None, *, import_run: Import | None = None, **changes
) -> Placement:
    """A placement recorded here; with `import_run`, one that social care told."""
    source = "social_care" if import_run else "here"
    given = {"source": source, "source_id": f"H{next(_numbers)}", "started_on": date(2016, 7, 30)}
    made = Placement.objects.create(child=child or a_child(), setting=setting, **{**given, **changes})
    if import_run:
        came_in(made, import_run=import_run)
    return made
