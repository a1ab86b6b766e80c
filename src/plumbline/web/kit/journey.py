"""A journey: one matter on several pages, kept as it is typed, checked at the end, and done in one go or not at all.

    class Who(Step):
        row, noun, least = Person, "Person", 4                # Person: a PageForm; its rows are added and taken out
        held_on = forms.DayField(label="When was the meeting held?")

    def _journey(request: Request, pk: int) -> Journey:
        return Journey(request, "meeting", pk, title="Record the meeting", leave=…, parts=(
            Part("who", "Who was there", Who),
            Part("minutes", "Minutes", Minutes, about="Name no child."),
        ))

    @requires(Permission.CONTRACTS_VIEW)                      # the routes meeting_record, meeting_step, meeting_check
    def record(request: Request, pk: int) -> HttpResponseBase:
        return show_parts(_journey(request, pk))

    @requires(Permission.CONTRACTS_VIEW)
    def step(request: Request, pk: int, key: str) -> HttpResponseBase:
        return show_part(_journey(request, pk), key)

    @requires(Permission.CONTRACTS_VIEW)
    def check(request: Request, pk: int) -> HttpResponseBase:
        return show_check(_journey(request, pk), button="Record the meeting", do=…, done="…", to=…)

`do` is given the forms of all parts by their keys, each found valid. Until then nothing is recorded: what is typed is
the draft of its writer, and stays one where `do` refuses. A part that shows what is recorded already says
`changes_a_record` (web.kit.forms), and so says what others have changed meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people import drafts
from plumbline.people.models import Draft
from plumbline.web.kit import drafts as places
from plumbline.web.kit.asking import Said, ask, pressed, whole
from plumbline.web.kit.forms import PageForm
from plumbline.web.kit.request import Request
from plumbline.web.kit.steps import PRESSED, Attached, Step

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Part:
    """One page. `form` is made of what was typed, the files sent with it, and `attached`: the files kept before."""

    key: str
    title: str
    form: Callable[..., Step]
    about: str = ""
    points: Sequence[str] = ()
    # What is said where nothing is to be answered.
    nothing: str = ""


@dataclass(frozen=True)
class Journey:
    """The pages about one matter, for who is signed in. `route`: how the names of its three routes begin.

    `leave`: where one comes from, and goes on leaving it. `closed`: why the matter takes no record any more; what was
    typed can then still be read.
    """

    request: Request
    route: str
    number: int
    title: str
    caption: str
    parts: Sequence[Part]
    leave: str
    closed: str = ""

    @property
    def address(self) -> str:
        return reverse(f"{self.route}_record", args=[self.number])

    @property
    def address_of_check(self) -> str:
        return reverse(f"{self.route}_check", args=[self.number])

    def address_of(self, key: str) -> str:
        return reverse(f"{self.route}_step", args=[self.number, key])

    def part(self, key: str) -> Part:
        """Raise NotAllowed for a key that is none of its parts'."""
        found = next((part for part in self.parts if part.key == key), None)
        if found is None:
            raise NotAllowed(f"There is no page {key}.")
        return found

    def subject(self, key: str) -> str:
        return f"{self.number}.{key}"

    @cached_property
    def drafts(self) -> Mapping[str, Draft]:
        return drafts.of(user=self.request.user, form=self.route, prefix=self.subject(""))

    def typed(self, key: str) -> QueryDict | None:
        """What was typed into a part and is kept; None where it was not opened yet."""
        found = self.drafts.get(self.subject(key))
        return places.typed_values(found) if found else None

    def attached(self, key: str) -> dict[str, Attached]:
        """The files that were attached in a part. They are kept apart from what is typed: what is kept while a file is
        still on its way knows nothing of it, and would else take its place."""
        found = self.drafts.get(self.subject(f"{key}.files"))
        return {name: Attached(*kept) for name, kept in found.payload.items()} if found else {}

    def form(self, part: Part, typed: QueryDict | None, files: Any = None) -> Step:
        return part.form(typed, files, attached=self.attached(part.key))

    @cached_property
    def forms(self) -> dict[str, Step]:
        """The form of each part, with what is kept of it. One that was not opened counts as it would be shown."""
        found = {}
        for part in self.parts:
            typed = self.typed(part.key)
            found[part.key] = self.form(part, self.form(part, None).as_shown() if typed is None else typed)
        return found

    def keep(self, key: str, payload: Mapping[str, Any]) -> None:
        drafts.keep(
            user=self.request.user,
            form=self.route,
            subject=self.subject(key),
            base=0,
            payload=payload,
            at=self.request.at,
            **places.sent_from(self.request.POST),
        )

    def drop(self) -> None:
        for subject in self.drafts:
            drafts.drop(user=self.request.user, form=self.route, subject=subject)


def show_parts(journey: Journey) -> HttpResponseBase:
    """The list of the parts: which are done, which were begun, which not."""
    if journey.closed:
        return redirect(journey.address_of_check)
    lines = [
        {"part": part, "url": journey.address_of(part.key), "state": state, "word": word}
        for part in journey.parts
        for state, word in [_state(journey, part)]
    ]
    done = sum(line["state"] == "done" for line in lines)
    return render(journey.request, "kit/parts.html", {"journey": journey, "lines": lines, "done": done})


def show_part(journey: Journey, key: str, *, attach: Callable[[Any], int] | None = None) -> HttpResponseBase:
    """One part: kept whatever comes of it, and left for the next once it has no fault.

    `attach` keeps a file of a part with a field for one, and gives its number.
    """
    request, part = journey.request, journey.part(key)
    if request.method != "POST":
        if journey.closed:
            return redirect(journey.address_of_check)
        typed = journey.typed(key)
        form = journey.form(part, typed)
        # Who comes to correct a part is shown what is wrong with it; who goes on typing is not.
        return _page(journey, part, form if typed is None or "from" in request.GET else form.quiet())
    typed = _typed(request)
    form = journey.form(part, typed, request.FILES)
    if attach:
        _attach(journey, part, form, attach)
    changed, place = form.with_rows_changed(request.POST)
    journey.keep(key, _payload(changed or typed))
    if journey.closed:
        return redirect(journey.address_of_check)
    if any(name in form.errors for name in request.FILES):
        return _page(journey, part, form)
    if changed:
        return redirect(f"{request.get_full_path()}#{place}")
    if "later" in request.POST:
        messages.success(request, "What you have typed is kept. You can go on with it from here.")
        return redirect(journey.leave)
    if not form.is_valid():
        return _page(journey, part, form)
    keys = [each.key for each in journey.parts]
    after = keys.index(key) + 1
    to_check = request.GET.get("from") == "check" or after == len(keys)
    return redirect(journey.address_of_check if to_check else journey.address_of(keys[after]))


def show_check(
    journey: Journey,
    *,
    button: str,
    do: Callable[[dict[str, Step]], Made],
    done: Said[Made],
    to: str | Callable[[Made], str],
) -> HttpResponseBase:
    """All answers once more, and the button that does it: all of it, or nothing, with the reason."""
    if journey.closed and not journey.drafts:
        raise RuleBroken(journey.closed, code="wrong_state")
    wrong = (
        []
        if journey.closed
        else [
            {"sentence": f"{part.title}: {fault}", "url": _to_correct(journey, part), "link": "Correct it"}
            for part in journey.parts
            if (fault := journey.forms[part.key].first_fault())
        ]
    )

    def page(form: PageForm) -> HttpResponseBase:
        refused = journey.closed or " ".join(str(each) for each in form.non_field_errors())
        rows = [
            {"part": part, "said": journey.forms[part.key].answers(), "url": _to_correct(journey, part)}
            for part in journey.parts
        ]
        context = {"journey": journey, "rows": rows, "wrong": wrong, "refused": refused, "button": button}
        return render(journey.request, "kit/check.html", context, status=409 if refused else 200)

    if wrong or journey.closed:
        return page(PageForm())

    def all_of_it() -> Made:
        made = do(journey.forms)
        journey.drop()
        return made

    return ask(journey.request, pressed(journey.request), page, do=all_of_it, done=done, to=to)


def _to_correct(journey: Journey, part: Part) -> str:
    return f"{journey.address_of(part.key)}?from=check"


def _state(journey: Journey, part: Part) -> tuple[str, str]:
    if journey.typed(part.key) is None and not journey.attached(part.key):
        return "grey", "Not started"
    return ("open", "To finish") if journey.forms[part.key].first_fault() else ("done", "Done")


def _page(journey: Journey, part: Part, form: Step) -> HttpResponseBase:
    number = journey.parts.index(part)
    place = places.Place(
        journey.request.user.pk, journey.route, journey.subject(part.key), journey.request.get_full_path(), by_page=True
    )
    context = {
        "journey": journey, "part": part, "form": form, "number": number + 1, "before": {"line": place.sealed()},
        "back": journey.address_of(journey.parts[number - 1].key) if number else journey.leave,
    }  # fmt: skip
    return render(journey.request, "kit/part.html", context)


def _typed(request: Request) -> QueryDict:
    typed = request.POST.copy()
    for name in (*places.OURS, *PRESSED):
        typed.pop(name, None)
    return typed


def _payload(typed: QueryDict) -> dict[str, Any]:
    return {name: values[0] if len(values) == 1 else values for name, values in typed.lists() if values}


def _attach(journey: Journey, part: Part, form: Step, attach: Callable[[Any], int]) -> None:
    """Keep the files that were sent with a part, each with its number among the drafts, or not at all; a file that is
    refused says so at its field."""
    for name, upload in form.uploads().items():

        def keep(name: str = name, upload: Any = upload) -> None:
            kept = {**form.attached, name: Attached(attach(upload), upload.name or "")}
            journey.keep(f"{part.key}.files", {each: list(file) for each, file in kept.items()})
            form.attached = kept

        try:
            whole(keep)
        except RuleBroken as refusal:
            form.refuse(refusal, field=name)
