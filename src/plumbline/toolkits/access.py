"""Who may see a return, and who may do what with it. Read by every query and operation of returns."""

from datetime import date

from django.db.models import Q, QuerySet

from plumbline.kernel.errors import NotAllowed
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.models import User
from plumbline.people.queries import organisations_of
from plumbline.toolkits.models import Return, ReturnAssignment, ReturnState
from plumbline.toolkits.states import ANSWERABLE

# Any of these reads every return: who asks for them, moderates, signs off, or works with contracts.
READS_ALL = (
    Permission.RETURNS_REQUEST, Permission.RETURNS_MODERATE, Permission.RETURNS_SIGN_OFF, Permission.CONTRACTS_VIEW,
)  # fmt: skip
CASE_AUDIT = "case_audit"
# A moderator's answers are for the others to read once they are all there.
MODERATION_SHOWN = frozenset({ReturnState.MODERATED, ReturnState.SIGNED_OFF})


def reads_all(viewer: User, *, on: date) -> bool:
    """Whether the viewer reads every return that was handed in, asked or not."""
    return any(access.may(viewer, permission, on=on) for permission in READS_ALL)


def returns_visible_to(viewer: User, *, on: date) -> QuerySet[Return]:
    """Returns that the viewer may read and take out: all of them for who works with them in the council; those of their
    organisation for a provider's user; and for ever those that someone asked for, was asked to answer, answered or
    handed in, while they hold a role and, of a provider's, act for it. An audit of a case is read by nobody else: the
    room of the case says who may."""
    if not access.permissions_of(viewer, on=on):
        return Return.objects.none()
    everything = Q()
    if reads_all(viewer, on=on):
        everything = ~Q(version__toolkit__purpose=CASE_AUDIT)
    seen = Q(pk__in=ReturnAssignment.objects.filter(user=viewer).values("answer_set"))
    seen |= Q(requested_by=viewer) | Q(submitted_by=viewer) | Q(answers__answered_by=viewer)
    organisations = organisations_of(viewer, on=on)
    if access.may(viewer, Permission.PROVIDER_PORTAL, on=on):
        # The person who now acts for another provider leaves behind what they made for this one.
        seen = (seen & Q(organisation=None)) | Q(organisation__in=organisations)
    mine = Q(pk__in=Return.objects.filter(seen).values("pk"))
    return Return.objects.filter(everything | mine if everything else mine)


def is_asked(viewer: User, answer_set: Return, *, on: date) -> bool:
    """Whether it is this person's to answer: assigned, or a provider's user whose organisation it is; while they hold a
    role."""
    if not access.permissions_of(viewer, on=on):
        return False
    if ReturnAssignment.objects.filter(answer_set=answer_set, user=viewer, ended_at__isnull=True).exists():
        return True
    return answer_set.organisation_id in organisations_of(viewer, on=on)


def may_answer(viewer: User, answer_set: Return, *, on: date) -> bool:
    """Whether the viewer may change answers now. A due date that has passed changes nothing."""
    return answer_set.state in ANSWERABLE and is_asked(viewer, answer_set, on=on)


def check_asked(
    act: Act,
    answer_set: Return,
) -> None:
    """Raise NotAllowed unless it is theirs to answer. `None` is the machine's administrator."""
    if act.by is not None and not is_asked(act.by, answer_set, on=act.on):
        raise NotAllowed(f"{act.by} is not asked to answer this return.")


def moderated(viewer: User, answer_set: Return) -> bool:
    """Whether someone moderated this return or an answer of it, so that another has to sign it off."""
    return answer_set.moderated_by_id == viewer.pk or answer_set.answers.filter(moderated_by=viewer).exists()


def gave_answers(viewer: User, answer_set: Return) -> bool:
    """Whether someone answered or handed in this return, so that another has to moderate and sign it off."""
    return answer_set.submitted_by_id == viewer.pk or answer_set.answers.filter(answered_by=viewer).exists()
