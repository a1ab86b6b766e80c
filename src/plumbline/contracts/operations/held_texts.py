"""Texts that nobody reads yet: kept, and read by someone who may see every name that they must not hold."""

from django.db import models
from django.db.models import QuerySet

from plumbline.actions.models import Action
from plumbline.contracts.models import EvaluationCase, HeldText, Incident, IncidentNews
from plumbline.contracts.queries import held
from plumbline.contracts.rules import incidents as rules
from plumbline.flags.models import Message
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.access import held_on
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Child, Tie, User

# What an action is called whose words nobody reads yet.
UNREAD_ACTION = "An action whose words are being read"


@operation
def hold_text(
    *,
    record: models.Model,
    field: str,
    text: str,
    incident: Incident | None = None,
    case: EvaluationCase | None = None,
    child: Child | None = None,
    act: Act,
) -> None:
    """Keep what was typed where `naming.shown` did not let others read it, and ask those who know the children by mail.
    `child`: whom it names, and who is not linked to the incident.

    A text of the same field that waits already is replaced: it was never shown. Of a case without a child nothing is
    kept: nobody could read it.
    """
    children = {link.child_id for link in incident.children.all()} if incident else set()
    if case is not None:
        if case.child_id is None:
            raise ValueError("a case with a child")
        children.add(case.child_id)
    if child is not None:
        children.add(child.pk)
    about = {"subject_type": record._meta.label_lower, "subject_id": record.pk, "field": field}
    HeldText.objects.filter(**about, settled_at=None).delete()
    kept = HeldText.objects.create(
        **about, text=text, incident=incident, case=case, child=child, written_by=act.by, written_at=act.at
    )
    act.record("contracts.text.held", subject=record, field=field)
    tied = Tie.objects.filter(held_on(act.on), subject_type="child", subject_id__in=children)
    readers = User.objects.filter(is_active=True, pk__in=tied.values("user")).exclude(email="").order_by("pk")
    Message.objects.bulk_create(
        Message(
            to_user=user,
            to_address=user.email,
            subject="Plumbline: a text waits to be read",
            body=f"A text ({kept.pk}) about a child whom you work with is not shown to others until someone who may "
            "see the child has read it. You find it under “Texts to read”.",
            written_at=act.at,
            next_attempt_at=act.at,
        )
        for user in readers
        if act.by is None or user.pk != act.by.pk
    )


@operation
def hide_texts(*, incident: Incident, child: Child, linked: bool = True, act: Act) -> int:
    """Of a child who has just been linked, or was placed at the setting on its day: keep every text for wide reading
    that names the child unseen, until someone who may has mended it; how many. Linking and telling never wait for that.
    """
    if not (child.forename or child.surname):
        return 0
    named = None if linked else child
    hidden = 0
    texts: list[tuple[Incident | IncidentNews, str]] = [
        *((incident, field) for field in ("summary", "immediate_action", "lessons", "aside_because")),
        *((news, "text") for news in incident.news.order_by("pk")),
    ]
    for record, field in texts:
        text = getattr(record, field)
        if rules.names_in(text, [child.name]):
            type(record)._default_manager.filter(pk=record.pk).update(**{field: held.HELD})
            setattr(record, field, held.HELD)
            hold_text(record=record, field=field, text=text, incident=incident, child=named, act=act)
            hidden += 1
    for action in Action.objects.filter(origin_type=Action.Origin.INCIDENT, origin_id=incident.pk).order_by("pk"):
        words = f"{action.title}\n{action.detail}"
        if rules.names_in(words, [child.name]):
            Action.objects.filter(pk=action.pk).update(title=UNREAD_ACTION, detail=held.HELD)
            hold_text(record=action, field="title", text=words, incident=incident, child=named, act=act)
            hidden += 1
    return hidden


@operation
def settle_text(*, held_id: int, text: str, visible: QuerySet[Child], act: PersonalAct) -> HeldText:
    """Let others read a text that was kept unseen, as it is or mended. `visible`: the children whom `act.by` may see.

    Raises NotAllowed for whom the text is not, RuleBroken where it still names someone.
    """
    theirs = held.to_read(act.by, visible=visible, on=act.on)
    waiting = HeldText.objects.select_for_update(of=("self",)).filter(settled_at=None)
    found = waiting.filter(pk=held_id, pk__in=theirs.order_by().values("pk")).first()
    if found is None:
        raise NotAllowed(f"There is no text {held_id} to read.")
    if not text.strip():
        raise RuleBroken("Write the text as others may read it.", code="missing_words")
    rules.check_nameless(text, held.names_of(found), what="The text")
    _write(found, text.strip())
    found.settled_by, found.settled_at = act.by, act.at
    found.save(update_fields=["settled_by", "settled_at"])
    act.record(
        "contracts.text.settled",
        subject_type=found.subject_type,
        subject_id=found.subject_id,
        field=found.field,
        mended=text.strip() != found.text.strip(),
    )
    return found


def _write(found: HeldText, text: str) -> None:
    if found.subject_type == "actions.action":
        title, _, detail = text.partition("\n")
        Action.objects.filter(pk=found.subject_id).update(title=title[:200], detail=detail.strip())
        return
    table: type[models.Model] = {
        "contracts.incident": Incident,
        "contracts.incidentnews": IncidentNews,
        "contracts.evaluationcase": EvaluationCase,
    }[found.subject_type]
    longest = getattr(table._meta.get_field(found.field), "max_length", None)
    if longest and len(text) > longest:
        raise RuleBroken(f"Here at most {longest} characters can be kept.", code="too_long")
    table._default_manager.filter(pk=found.subject_id).update(**{found.field: text})
