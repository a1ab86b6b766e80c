"""What is known of one setting: its inspections with their judgements, statuses, notices and checks; and documents.

The caller has found the setting for its viewer (placements.lookups.setting_seen): what Ofsted publishes is no secret.
"""

from collections.abc import Mapping, Sequence

from django.db.models import Prefetch, QuerySet

from plumbline.evidence.models import Document
from plumbline.ofsted.grades import ISS_PARTS, KEY_JUDGEMENTS, PROVISION_JUDGEMENTS, REPORT_CARD_AREAS, Aspect
from plumbline.ofsted.models import (
    CheckItem,
    Inspection,
    Judgement,
    Listing,
    Notice,
    Setting,
    StatusPeriod,
    UnregisteredUse,
)

_ORDER = {aspect.value: place for place, aspect in enumerate(Aspect)}


def inspections_of(setting: Setting) -> list[Inspection]:
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


def checks_of(setting: Setting) -> list[CheckItem]:
    """The monthly checks in which somebody looked the setting up, newest first."""
    done = CheckItem.objects.filter(setting=setting, checked_at__isnull=False)
    return list(done.select_related("checked_by", "check_month").order_by("-checked_at"))


def listings_of(setting: Setting) -> list[Listing]:
    """The lists that named the setting, newest first."""
    return list(Listing.objects.filter(setting=setting).select_related("ofsted_list").order_by("-ofsted_list__as_at"))


def document(*, document_id: int) -> Document | None:
    """A document that is evidence of an inspection or of a check of a setting; None for any other."""
    used: QuerySet[Document] = Document.objects.filter(pk=document_id)
    evidence = Inspection.objects.filter(document=document_id).exists() or CheckItem.objects.filter(
        document=document_id
    ).exists()  # fmt: skip
    return used.first() if evidence else None


# What a report of each kind gives grades for, by register, the broadest first: for entering one by hand.
ASPECTS_OF: Mapping[str, Mapping[str, tuple[Aspect, ...]]] = {
    "social_care": {
        "full": (Aspect.OVERALL, Aspect.HELPED_PROTECTED, Aspect.LEADERS, Aspect.SUPPORTED_ACCOMMODATION),
        "interim": (Aspect.INTERIM_OUTCOME,),
        "monitoring": (Aspect.MONITORING_OUTCOME,),
    },
    "education": {
        "full": (
            Aspect.OVERALL_EFFECTIVENESS, *KEY_JUDGEMENTS, *PROVISION_JUDGEMENTS, Aspect.SAFEGUARDING_EFFECTIVE,
            Aspect.CATEGORY_OF_CONCERN,
        ),
        "report_card": (Aspect.SAFEGUARDING_STANDARDS, *REPORT_CARD_AREAS, Aspect.CATEGORY_OF_CONCERN),
        "standard": (Aspect.OVERALL_EFFECTIVENESS, Aspect.ISS_OVERALL, *ISS_PARTS),
        "ungraded": (Aspect.UNGRADED_OUTCOME, Aspect.SAFEGUARDING_EFFECTIVE),
        "monitoring": (Aspect.MONITORING_OUTCOME,),
    },
}  # fmt: skip


def aspects_of(*, register: str, kind: str, provision_type: str) -> Sequence[Aspect]:
    """What a report of this kind gives grades for."""
    aspects = ASPECTS_OF[register].get(kind, ())
    if register != "social_care" or kind != "full":
        return aspects
    # Supported accommodation has one outcome and none of the judgements of children's homes.
    supported = "supported accommodation" in provision_type.lower()
    return [aspect for aspect in aspects if (aspect == Aspect.SUPPORTED_ACCOMMODATION) == supported]
