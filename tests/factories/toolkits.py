"""Small toolkits of our own, published, and returns on them, made by the shortest way."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from plumbline.evidence.models import Document
from plumbline.kernel.names import sort_key
from plumbline.people.act import Act
from plumbline.people.models import Organisation, User
from plumbline.toolkits.models import Return, Toolkit, ToolkitVersion
from plumbline.toolkits.operations import returns
from tests.factories.people import hold_role

TODAY = date(2016, 7, 31)
AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
LONG_AGO = date(2010, 1, 1)
_numbers = count(1)


def criterion(key: str, answer: str = "yes_no", **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "title": more.pop("title", key.replace("_", " ").capitalize()),
        "guidance": "",
        "answer": answer,
        "options": [],
        "evidence": "none",
        "weight": None,
        "minimum": None,
        "critical": False,
        "safeguarding": False,
        "fact": "",
        "due_days": None,
        **more,
    }


def content(key: str, *sections: list[dict[str, Any]], purpose: str = "self_assessment") -> dict[str, Any]:
    """The content of a version, one list of criteria a section."""
    return {
        "key": key,
        "title": key.replace("_", " ").capitalize(),
        "purpose": purpose,
        "introduction": "",
        "sources": [],
        "sections": [
            {"key": f"part_{number}", "title": f"Part {number}", "guidance": "", "criteria": criteria}
            for number, criteria in enumerate(sections, 1)
        ],
    }


def published(data: dict[str, Any]) -> ToolkitVersion:
    """A version in use; the one in use before is withdrawn."""
    toolkit, _ = Toolkit.objects.get_or_create(
        key=data["key"], defaults={"title": data["title"], "purpose": data["purpose"]}
    )
    ToolkitVersion.objects.filter(toolkit=toolkit, state="published").update(state="withdrawn")
    return ToolkitVersion.objects.create(
        toolkit=toolkit,
        number=toolkit.versions.count() + 1,
        title=data["title"],
        text="",
        content=data,
        sha256=f"{next(_numbers):064}",
        source="library",
        state="published",
        made_at=AT,
        published_at=AT,
    )


def plain_version() -> ToolkitVersion:
    """Two sections: a yes or no with a document, a grade; then words that need nothing."""
    number = next(_numbers)
    return published(
        content(
            f"trial_{number}",
            [
                criterion("recruits_safely", evidence="optional", fact="policy.safer_recruitment"),
                criterion("supervision", "four_grades", weight="60", critical=True),
            ],
            [criterion("culture", "four_grades", weight="40"), criterion("impact_seen", "text")],
        )
    )


def an_organisation(name: str = "") -> Organisation:
    name = name or f"Hearth Care {next(_numbers)}"
    return Organisation.objects.create(name=name, sort_key=sort_key(name), sector="voluntary")


def a_person(role: str = "lead_professional", *, organisation: Organisation | None = None, name: str = "") -> User:
    number = next(_numbers)
    user = User.objects.create(username=f"person{number}", name=name or f"Person {number}")
    if role:
        hold_role(user=user, role=role, from_on=LONG_AGO, organisation=organisation)
    return user


def asked(
    version: ToolkitVersion | None = None, organisation: Organisation | None = None, *people: User, **more: Any
) -> Return:
    """A return that was asked for, of a provider unless people are named."""
    if organisation is None and not people:
        organisation = an_organisation()
    given = {"title": "Self-assessment 2016", "period_from": None, "period_to": None, "due_on": None, **more}
    return returns.request_return(
        version=version or plain_version(),
        organisation=organisation,
        assign_to=people,
        act=Act(None, AT, TODAY),
        **given,
    )


def answer(answer_set: Return, key: str, value: str, *, base: int = 0, by: User | None = None, **more: Any) -> Any:
    return returns.save_answer(
        return_id=answer_set.pk,
        criterion=key,
        value=value,
        base_revision=base,
        act=Act(by, more.pop("at", AT), more.pop("on", TODAY)),
        **more,
    )


def answer_all(answer_set: Return, *, by: User | None = None, **values: str) -> None:
    """Everything that `plain_version` asks."""
    said = {"recruits_safely": "yes", "supervision": "good", "culture": "good", "impact_seen": "It helped.", **values}
    kept = {row.criterion: row.revision for row in answer_set.answers.all()}
    for key, value in said.items():
        answer(answer_set, key, value, base=kept.get(key, 0), by=by)


def a_document(organisation: Organisation | None = None, **more: Any) -> Document:
    return Document.objects.create(
        organisation=organisation,
        **{
            "title": "Safer recruitment policy",
            "file_name": "policy.pdf",
            "media_type": "application/pdf",
            "size": 3,
            "sha256": "0" * 64,
            "added_at": AT,
            "sensitivity": "shared",
            **more,
        },
    )


def handed_in(organisation: Organisation | None = None, version: ToolkitVersion | None = None, **values: Any) -> Return:
    """A return that is answered in full and handed in."""
    made = asked(version, organisation)
    answer_all(made, **values)
    return returns.submit(return_id=made.pk, act=Act(None, AT, TODAY))
