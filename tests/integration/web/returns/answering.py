"""The pages of a return, and what they send."""

from plumbline.people.act import Act
from plumbline.toolkits.models import Return
from plumbline.toolkits.operations import returns
from tests.factories.toolkits import AT, TODAY, answer_all

ACT = Act(None, AT, TODAY)


def section(made, part="part_1") -> str:
    """The page that asks all the questions of a section."""
    return f"/returns/{made.pk}/sections/{part}/whole/"


def question(made, key="supervision") -> str:
    return f"/returns/{made.pk}/questions/{key}/"


def fields_of(page) -> dict[str, str]:
    """What a browser would send of the page's form as it stands."""
    form = page.context["form"]
    sent = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, list):
            sent |= {
                f"{bound.html_name}_{part}": str(each or "")
                for part, each in zip(("day", "month", "year"), value, strict=True)
            }
        elif hasattr(value, "day"):
            sent |= {f"{bound.html_name}_{part}": str(getattr(value, part)) for part in ("day", "month", "year")}
        else:
            sent[bound.html_name] = value or ""
    return sent


def kept(made, key) -> str:
    found = made.answers.filter(criterion=key).first()
    return found.value if found else ""


def handed_in(made) -> Return:
    answer_all(made)
    return returns.submit(return_id=made.pk, act=ACT)
