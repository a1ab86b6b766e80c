"""What is known of one setting: its inspections with their judgements, statuses, notices and checks; and of the
monthly check.

The caller has found the setting for its viewer (placements.queries.setting_seen): what Ofsted publishes is no secret.
"""

from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Prefetch, Q

from plumbline.audit.models import Event
from plumbline.kernel.errors import NotAllowed
from plumbline.ofsted import overruled
from plumbline.ofsted.grades import Aspect
from plumbline.ofsted.models import (
    CheckItem,
    CouncilFact,
    Inspection,
    Judgement,
    Listing,
    MonthlyCheck,
    Notice,
    OfstedList,
    Setting,
    StatusPeriod,
    UnregisteredUse,
)

_ORDER = {aspect.value: place for place, aspect in enumerate(Aspect)}

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Judged(TypedDict):
        judged: list[Judgement]

    WithJudgements = WithAnnotations[Inspection, _Judged]


def inspections_of(setting: Setting) -> "list[WithJudgements]":
    """Newest first, each with `judged`: its judgements, the broadest first."""
    judgements = Judgement.objects.select_related("ofsted_list")
    inspections = list(
        Inspection.objects.filter(setting=setting)
        .select_related("ofsted_list__import_run", "entered_by", "document")
        .prefetch_related(Prefetch("judgements", judgements, to_attr="judged"))
        .order_by("-inspected_on", "-pk")
    )
    for inspection in inspections:
        inspection.judged.sort(key=lambda judgement: _ORDER.get(judgement.aspect, len(_ORDER)))
    return inspections


def statuses_of(setting: Setting) -> list[StatusPeriod]:
    """Every period of the setting's status, newest first."""
    return list(StatusPeriod.objects.filter(setting=setting).order_by("-from_on"))


def notices_of(setting: Setting) -> list[Notice]:
    return list(Notice.objects.filter(setting=setting).select_related("entered_by").order_by("-from_on", "-pk"))


def unregistered_uses_of(setting: Setting) -> list[UnregisteredUse]:
    uses = UnregisteredUse.objects.filter(setting=setting).select_related("entered_by")
    return list(uses.order_by("-from_on", "-pk"))


def unregistered_use_now(setting: Setting) -> UnregisteredUse | None:
    """The use of the setting without registration that nobody has ended yet."""
    return UnregisteredUse.objects.filter(setting=setting, to_on=None).first()


def checks_of(setting: Setting) -> list[CheckItem]:
    """The monthly checks in which someone looked the setting up, newest first."""
    done = CheckItem.objects.filter(setting=setting, checked_at__isnull=False)
    return list(done.select_related("checked_by", "check_month").order_by("-checked_at"))


def overruled_of(setting: Setting) -> list[Event]:
    """What was entered by hand and a list said otherwise, newest first, each with its sentence in `because`."""
    found = Event.objects.filter(
        subject_type=Setting._meta.label_lower, subject_id=str(setting.pk), kind=overruled.KIND
    )
    return list(found.order_by("-no"))


def listings_of(setting: Setting) -> list[Listing]:
    """The lists that named the setting, newest first."""
    return list(Listing.objects.filter(setting=setting).select_related("ofsted_list").order_by("-ofsted_list__as_at"))


def council_facts_of(setting: Setting) -> list[CouncilFact]:
    """What Ofsted told the council alone of the setting, by the newest list that did: a line for each of its premises,
    and its conditions."""
    facts = list(
        CouncilFact.objects.filter(setting=setting)
        .select_related("ofsted_list")
        .order_by("-ofsted_list__as_at", "ofsted_list", "line")
    )
    return [fact for fact in facts if fact.ofsted_list.as_at == facts[0].ofsted_list.as_at]


# --- the monthly check ------------------------------------------------------------------------------------------------

# Ofsted's numbers of categories in the addresses of its reports (domain.md, 5.5), by what a setting is called.
_CATEGORIES = (("nursery", 20), ("primary", 21), ("alternative", 22), ("secondary", 23), ("special", 25),
               ("independent", 27))  # fmt: skip
_SOCIAL_CARE = 2


def report_address(setting: Setting) -> str:
    """The page of Ofsted's reports on a setting. For schools the category follows from what the lists call them."""
    category = _SOCIAL_CARE
    if setting.register == "education":
        said = f"{setting.provision_type} {setting.phase}".lower()
        category = next((number for word, number in _CATEGORIES if word in said), 23)
    return f"https://reports.ofsted.gov.uk/provider/{category}/{setting.urn}"


def check_of(month: date) -> MonthlyCheck | None:
    """The check of the month that begins on this day, with its lists."""
    checks = MonthlyCheck.objects.select_related("completed_by").prefetch_related("lists__import_run")
    return checks.filter(month=month).first()


def checks_before(month: date, *, most: int = 12) -> list[MonthlyCheck]:
    """Earlier months, newest first, each with `items_done` and `items_all`."""
    counted = MonthlyCheck.objects.filter(month__lt=month).annotate(
        items_all=Count("items"), items_done=Count("items", filter=~Q(items__outcome=CheckItem.Outcome.TO_DO))
    )
    return list(counted.select_related("completed_by").order_by("-month")[:most])


def newest_lists() -> list[OfstedList]:
    """The newest list of each family."""
    newest = OfstedList.objects.order_by("family", "-as_at", "-pk").distinct("family")
    return list(newest.select_related("import_run", "compared_with"))


def get_setting(*, setting_id: int) -> Setting:
    """Raises NotAllowed where there is none."""
    setting = Setting.objects.filter(pk=setting_id).first()
    if setting is None:
        raise NotAllowed(f"There is no setting {setting_id}.")
    return setting


def other_days_of(*, family: str, register: str, content: str, as_at: date) -> set[date]:
    """The days other than its own for which the content of a list was taken; none where it was taken for its own."""
    same = OfstedList.objects.filter(family=family, register=register, contents__contains=[content])
    days = set(same.values_list("as_at", flat=True))
    return set() if as_at in days else days
