from typing import Any, ClassVar

from plumbline.contracts.models import Contract, IncidentType
from plumbline.contracts.operations.incidents import Told
from plumbline.contracts.rules.incidents import OUTCOMES
from plumbline.contracts.rules.notifications import Step, library
from plumbline.people.labels import later
from plumbline.people.models import User
from plumbline.web.contracts.incidents.words import CHANNELS
from plumbline.web.kit import forms
from plumbline.web.kit import setting_words as settings


class _Facts(forms.PageForm):
    """What is told of an incident, alike when it is reported and when it is corrected."""

    moments = {"occurred_at": ("occurred_on", "occurred_time"), "known_at": ("known_on", "known_time")}

    type = forms.ChoiceField(
        label="What happened?", missing="Choose what happened", choices=(("", "Choose one"), *IncidentType.choices)
    )
    setting = forms.ChoiceField(label="Where?", missing="Choose where", widget=forms.Radios)
    occurred_on = forms.DayField(label="On which day did it happen?", hint="For example, 31 7 2016")
    occurred_time = forms.TimeField(label="At what time?", hint="For example, 14:30", missing="Enter the time")
    known_on = forms.DayField(
        label="On which day did the provider learn of it?",
        required=False,
        hint="Leave this empty if that was when it happened",
    )
    known_time = forms.TimeField(label="At what time did the provider learn of it?", required=False)
    summary = forms.TextField(
        label="What happened, in a sentence or two",
        rows=3,
        max_length=1000,
        missing="Write what happened",
        hint="Many people read this. Name nobody: write “a child”, “a member of staff”.",
    )
    immediate_action = forms.TextField(
        label="What was done at once?", rows=3, max_length=2000, required=False, hint="Name nobody here either"
    )
    children_count = forms.NumberField(label="How many children are concerned?", min_value=0, initial=1)

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [
            (str(each.setting_id), settings.label(each.setting))
            for each in contract.settings.select_related("setting").order_by("urn")
        ]
        self.choice_field("setting").choices = [*places, ("none", "Elsewhere")]
        if len(places) == 1 and not self.is_bound:
            self.initial.setdefault("setting", places[0][0])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if bool(found.get("known_on")) != bool(found.get("known_time")) and not {"known_on", "known_time"} & set(
            self.errors
        ):
            missing = "known_time" if found.get("known_on") else "known_on"
            self.add_error(missing, "Enter both the day and the time at which the provider learnt of it, or neither")
        return found

    @property
    def setting_id(self) -> int | None:
        chosen = self.cleaned_data["setting"]
        return None if chosen == "none" else int(chosen)

    def told(self, *, staff: str = "") -> Told:
        """`staff`: the names to keep where the form does not ask for them."""
        given = {"staff_involved": staff, **self.cleaned_data}
        same = ("type", "summary", "immediate_action", "children_count", "narrative", "staff_involved",
                "police_reference", "lado_reference", "service_centre_reference", "placing_authority")  # fmt: skip
        discussed = {"yes": True, "no": False}.get(given.get("strategy_discussion", ""))
        return Told(
            occurred_at=given["occurred_at"],
            known_at=given["known_at"],
            strategy_discussion=discussed,
            **{name: given[name] for name in same if name in given},
        )


class Report(_Facts):
    narrative = forms.TextField(
        label="The full account",
        rows=6,
        max_length=20_000,
        required=False,
        hint="You may write names here. Only those who work with this contract read it, and each reading is recorded.",
    )
    staff_involved = forms.TextField(
        label="Staff concerned", rows=2, max_length=2000, required=False, hint="One name on each line; read as little"
    )


class ChangeFacts(_Facts):
    changes_a_record = True

    staff_involved = forms.TextField(label="Staff concerned", rows=2, max_length=2000, required=False)
    strategy_discussion = forms.ChoiceField(
        label="Was there a strategy discussion?",
        widget=forms.Radios,
        required=False,
        choices=(("yes", "Yes"), ("no", "No"), ("", "Not known yet")),
    )
    placing_authority = forms.LineField(label="Placing authority", required=False, max_length=200)
    police_reference = forms.LineField(label="Police reference", required=False, max_length=60)
    lado_reference = forms.LineField(label="Designated officer’s reference", required=False, max_length=60)
    service_centre_reference = forms.LineField(
        label=later("{Contact_centre}’s reference"), required=False, max_length=60
    )
    because = forms.TextField(label="Why is it changed?", rows=2, max_length=1000, missing="Say why it is changed")


class MarkSent(forms.PageForm):
    """`sent_at` is None where it was just now."""

    moments = {"sent_at": ("sent_on", "sent_time")}
    asked_if = dict.fromkeys(("sent_on", "sent_time"), ("sent", "earlier"))

    channel = forms.ChoiceField(
        label="How were they told?", choices=CHANNELS, widget=forms.Radios, missing="Choose how they were told"
    )
    sent = forms.ChoiceField(
        label="When?",
        widget=forms.Radios,
        choices=(("now", "Just now"), ("earlier", "Earlier")),
        initial="now",
        missing="Choose when",
    )
    sent_on = forms.DayField(label="On which day?", missing="Enter the day at which they were told")
    sent_time = forms.TimeField(label="At what time?", missing="Enter the time at which they were told")


class MarkReceived(forms.PageForm):
    refused_at: ClassVar = {"missing_words": "received_by"}

    received_by = forms.LineField(
        label="Who received it?",
        hint="A person’s role, or the reference they gave",
        max_length=200,
        missing="Say who received it, or what reference they gave",
    )


class MailRead(forms.PageForm):
    read_by = forms.LineField(
        label="Who has taken it?",
        hint="Your name and role, such as: Jane Smith, duty officer",
        max_length=100,
        missing="Write your name and role",
    )


class NotNeeded(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}

    because = forms.TextField(
        label="Why need they not be told?", rows=3, max_length=1000, missing="Say why it is not needed"
    )


class News(forms.PageForm):
    text = forms.TextField(
        label="What has become known?",
        rows=4,
        max_length=2000,
        missing="Write the news",
        hint="Everybody who was told of the incident is to be told this. Name nobody.",
    )


class Decide(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}

    notifiable = forms.ChoiceField(
        label="Must the council notify the national panel?",
        widget=forms.Radios,
        missing="Choose yes or no",
        choices=(
            ("yes", "Yes: abuse or neglect is known or suspected, and a child died or was seriously harmed"),
            ("no", "No"),
        ),
    )
    learnt_on = forms.DayField(label="On which day did the council learn of it?")
    because = forms.TextField(label="Why?", rows=3, max_length=2000, missing="Say why")


class Outcome(forms.PageForm):
    changes_a_record = True
    refused_at: ClassVar = {"missing_reason": "because"}

    outcome = forms.ChoiceField(
        label="Outcome of the allegation",
        widget=forms.Radios,
        choices=tuple(OUTCOMES.items()),
        missing="Choose the outcome",
    )
    because = forms.TextField(
        label="Who decided it, and on what?", rows=3, max_length=2000, missing="Say by whom it was decided"
    )


class RaiseAction(forms.PageForm):
    title = forms.LineField(
        label="What is to be done?", max_length=300, missing="Say what is to be done", hint="Name nobody concerned"
    )
    detail = forms.TextField(label="More about it", rows=3, max_length=2000, required=False)
    owner = forms.ChoiceField(
        label="Who does it?",
        widget=forms.Radios,
        missing="Choose who does it",
        choices=(("provider", "The provider"), ("me", "I do"), ("manager", "The contract manager")),
    )
    due_on = forms.DayField(label="By when?")
    critical = forms.TickField(label="Children are not safe until it is done", required=False)

    def __init__(self, *args: Any, has_manager: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_manager:
            self.choice_field("owner").choices = [("provider", "The provider"), ("me", "I do")]


class Reopen(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}

    because = forms.TextField(
        label="Why is it opened again?", rows=3, max_length=2000, missing="Say why it is opened again"
    )


class SetAside(forms.PageForm):
    refused_at: ClassVar = {"unknown_incident": "other", "same_incident": "other", "missing_reason": "because"}
    asked_if = {"other": ("kind", "same")}

    kind = forms.ChoiceField(
        label="Why does it not count?",
        widget=forms.Radios,
        missing="Choose why it does not count",
        choices=(("same", "It is the same as another incident"), ("error", "It was entered in error")),
    )
    other = forms.LineField(
        label="Number of the other incident",
        width=20,
        max_length=30,
        autocomplete="off",
        hint="For example, INC-2016-00004",
        missing="Enter the number of the other incident",
    )
    because = forms.TextField(
        label="How do you know?",
        rows=3,
        max_length=2000,
        missing="Say how you know",
        hint="Many people read this. Name nobody.",
    )


class TakeBack(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}

    because = forms.TextField(
        label="Why is it an incident of its own?",
        rows=3,
        max_length=2000,
        missing="Say why it is an incident of its own",
    )


class Close(forms.PageForm):
    changes_a_record = True

    lessons = forms.TextField(
        label="What was learnt?",
        rows=6,
        max_length=10_000,
        missing="Write down what was learnt",
        hint="Many people read this. Name nobody.",
    )


class LetRead(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}

    reader = forms.ChoiceField(label="Who is to read it?", missing="Choose who is to read it")
    because = forms.TextField(label="Why do they need to?", rows=2, max_length=1000, missing="Say why")

    def __init__(self, *args: Any, readers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("reader").choices = [("", "Choose one"), *((str(each.pk), str(each)) for each in readers)]


class Concerns(forms.PageForm):
    refused_at: ClassVar = {"missing_reason": "because"}
    asked_if = {"because": ("concerned", "no")}

    concerned = forms.ChoiceField(
        label="Does the incident concern this child?",
        widget=forms.Radios,
        missing="Say whether it concerns the child",
        choices=(("yes", "Yes: link the child to the incident"), ("no", "No")),
    )
    because = forms.TextField(
        label="How do you know?",
        rows=2,
        max_length=1000,
        missing="Say how you know",
        hint="For example: I rang the home, and the child was at school that day",
    )


class LinkChild(forms.PageForm):
    refused_at: ClassVar = {"": "child"}

    child = forms.LineField(
        label="The child’s number",
        missing="Enter the child’s number",
        autocomplete="off",
        hint="As the social-care system has it",
    )


class Steps(forms.PageForm):
    """The steps of an incident form: a line each, of text, duty and whom it tells; `more` empty lines at the end."""

    changes_a_record = True

    def __init__(self, *args: Any, steps: list[Step], more: int = 3, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = len(steps) + more
        duties = (("provider", "The provider"), ("council", "The council"))
        tells = (("", "Nobody in particular"), *((key, each.label) for key, each in library().recipients.items()))
        for at in range(self.count):
            step = steps[at] if at < len(steps) else Step("", "provider", "")
            n = at + 1
            self.fields[f"step_{at}"] = forms.TextField(
                label=f"Step {n}", rows=2, max_length=500, required=False, initial=step.step
            )
            self.fields[f"duty_{at}"] = forms.ChoiceField(
                label=f"Step {n}: who does it?", choices=duties, initial=step.duty
            )
            self.fields[f"recipient_{at}"] = forms.ChoiceField(
                label=f"Step {n}: whom does it tell?", choices=tells, required=False, initial=step.recipient
            )
        forms.dress(self)

    def steps(self) -> list[Step]:
        given = self.cleaned_data
        found = [
            Step(given[f"step_{at}"].strip(), given[f"duty_{at}"], given[f"recipient_{at}"]) for at in range(self.count)
        ]
        return [step for step in found if step.step]
