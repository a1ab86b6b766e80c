"""What the demonstration's people have done by its day, through the same operations as the pages."""

from datetime import date

from plumbline.earlyhelp.models import Tac, TacAudit
from plumbline.jobs import ways_in
from plumbline.people import operations as people
from plumbline.people.models import User
from plumbline.people.queries import CHILD, TAC
from plumbline.placements.models import Placement

# The consultant's corner of the county, by the names of the organisations that lead there.
CONSULTANT_PLACE = "Aldbrook"
AUDIT_SAMPLE = 12


def tell(*, on: date) -> None:
    """Tie those whom the imported records do not name to the cases that are theirs."""
    tacs = Tac.objects.filter(ended_on=None).order_by("source_id")
    _give("consultant", "consultant", tacs.filter(lead_wording__contains=CONSULTANT_PLACE), None, on)
    _give("member", "tac_member", tacs.filter(lead_wording__contains=CONSULTANT_PLACE)[:6], None, on)
    audited = TacAudit.objects.order_by("-audited_on", "source_id").values("tac")
    _give("auditor", "audit", Tac.objects.filter(pk__in=audited[:AUDIT_SAMPLE]), date(2016, 8, 31), on)
    looked_after = Placement.objects.filter(ended_on=None, source="social_care").order_by("source_id")
    people.tie(
        user=User.objects.get(username="reviewing"), subject_type=CHILD, why="reviewing_officer",
        subject_ids=[placement.child_id for placement in looked_after[:20]], from_on=date(2016, 4, 1), to_on=None,
        because="Demonstration: the reviewing officer of these children", by=None, at=ways_in.now(), on=on,
    )  # fmt: skip


def _give(username: str, why: str, tacs, to_on: date | None, on: date) -> None:  # noqa: ANN001 - a queryset, sliced or not
    user = User.objects.get(username=username)
    found = list(tacs)
    for subject_type, numbers in ((TAC, {t.pk for t in found}), (CHILD, {t.child_id for t in found})):
        people.tie(
            user=user, subject_type=subject_type, subject_ids=sorted(numbers), why=why, from_on=date(2016, 4, 1),
            to_on=to_on, because=f"Demonstration: {why}", by=None, at=ways_in.now(), on=on,
        )  # fmt: skip
