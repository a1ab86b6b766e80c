"""What someone does with their own list: put a matter off, take it up again, read what came back."""

from datetime import date

from plumbline.due import queries, rules
from plumbline.due.models import Item, PutOff, Seen
from plumbline.kernel.duties import BACK
from plumbline.kernel.errors import NotAllowed
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation


@operation
def put_off(*, matter_type: str, matter_id: int, until_on: date, because: str, act: PersonalAct) -> PutOff:
    """The matter leaves the list of this person until the day. Others have it as before.

    Raises NotAllowed where it is not theirs, and RuleBroken: child_in_danger, missing_reason, day_not_to_come,
    too_long.
    """
    own = queries.of_matter(act.by, matter=(matter_type, matter_id), on=act.on, at=act.at)
    if not own:
        raise NotAllowed("There is nothing of yours to put off.")
    gravest = min(each.item.gravity for each in own)
    rules.check_put_off(gravest=gravest, until_on=until_on, because=because, on=act.on)
    made, _ = PutOff.objects.update_or_create(
        user=act.by,
        matter_type=matter_type,
        matter_id=matter_id,
        defaults={"until_on": until_on, "because": because.strip(), "at": act.at},
    )
    act.record(
        "due.matter.put_off",
        subject=made,
        because=because.strip(),
        matter=f"{matter_type} {matter_id}",
        until=until_on.isoformat(),
    )
    return made


@operation
def take_up(*, matter_type: str, matter_id: int, act: PersonalAct) -> None:
    """What was put off is in the list again."""
    found = queries.put_off_by(act.by, on=act.on).filter(matter_type=matter_type, matter_id=matter_id).first()
    if found is None:
        raise NotAllowed("This is not put off.")
    act.record("due.matter.taken_up", subject=found, matter=f"{matter_type} {matter_id}")
    found.delete()


@operation
def read(*, item_id: int, act: PersonalAct) -> Item:
    """Something that came back was read, and leaves the list."""
    found = queries.items_of(act.by, on=act.on, at=act.at).filter(pk=item_id, kind__startswith=BACK).first()
    if found is None:
        raise NotAllowed("There is nothing of yours to read.")
    Seen.objects.get_or_create(
        user=act.by,
        kind=found.kind,
        subject_type=found.subject_type,
        subject_id=found.subject_id,
        about=found.about,
        defaults={"at": act.at},
    )
    act.record("due.back.read", subject_type=found.subject_type, subject_id=found.subject_id, what=found.kind)
    return found
