"""What is typed in an evaluation: shape only; the operations decide."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from plumbline.commissioning.rules.scoring import Question, plain
from plumbline.people.models import User
from plumbline.toolkits.content import Criterion
from plumbline.web.kit import forms


class Declaration(forms.PageForm):
    refused_at: ClassVar = dict.fromkeys(("missing_conflict", "conflict_unclear", "acts_for_bidder"), "conflict")
    asked_if = {"conflict": ("has_conflict", "yes")}

    has_conflict = forms.ChoiceField(
        label="Do you, your family or your friends have an interest in any of these bidders?",
        widget=forms.Radios,
        choices=(("no", "No, I have no interest in any of them"), ("yes", "Yes, or it could look like it")),
        missing="Say whether you have an interest in any of the bidders",
        hint="Work, shares, a relative who works there, a friend, a dispute, or a post you hope for.",
    )
    conflict = forms.TextField(
        label="In which bidder, and what is it?",
        rows=4,
        max_length=4000,
        missing="Say in which bidder you have an interest, and what it is",
        hint="The lead commissioner decides whether you may evaluate.",
    )


def scores_of(question: Question, criterion: Criterion) -> list[tuple[str, str]]:
    """The scale, best first, with the words of the toolkit."""
    said = {option.points: option.label for option in criterion.options if option.points is not None}
    return [(plain(point), said.get(point, plain(point))) for point in sorted(question.scale, reverse=True)]


class Score(forms.PageForm):
    refused_at: ClassVar = {"missing_comment": "comment", "off_scale": "score"}

    score = forms.ChoiceField(label="Score", widget=forms.Radios, missing="Choose a score")
    comment = forms.TextField(
        label="Why this score?",
        rows=6,
        max_length=4000,
        missing="Say why you give this score",
        hint="Only from what the bid says. The bidder, and a court, may read it.",
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("score").choices = choices

    def given(self) -> Decimal:
        return Decimal(self.cleaned_data["score"])


class Assign(forms.PageForm):
    refused_at: ClassVar = {"acts_for_bidder": "user", "not_an_evaluator": "user"}

    user = forms.ChoiceField(label="Who evaluates?", missing="Choose who evaluates")
    questions = forms.ChoicesField(
        label="Which questions do they score?", required=False, hint="Tick none for all of them."
    )

    def __init__(self, *args: Any, people: Sequence[User], titles: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("user").choices = [("", "Choose"), *((str(each.pk), str(each)) for each in people)]
        self.choice_field("questions").choices = list(titles.items())


class Because(forms.PageForm):
    """A reason and nothing else; the view says for what."""

    refused_at: ClassVar = {"missing_reason": "because"}

    because = forms.TextField(label="Why?", rows=4, max_length=4000, missing="Say why")

    def __init__(self, *args: Any, label: str = "", hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].label = label or "Why?"
        self.fields["because"].help_text = hint


class Meeting(forms.PageForm):
    refused_at: ClassVar = {"missing_chair": "chair", "missing_attendees": "attendees", "": "held_on"}

    held_on = forms.DayField(label="When was the meeting?")
    chair = forms.LineField(label="Who chaired it?", missing="Say who chaired it")
    attendees = forms.TextField(label="Who was there?", rows=3, max_length=2000, missing="Say who was there")


class Agree(Score):
    changes_a_record = True
    refused_at: ClassVar = {"missing_reason": "reason"}

    discussion = forms.TextField(
        label="What was discussed?",
        rows=5,
        max_length=6000,
        missing="Say what was discussed",
        hint="Enough to explain the score later. Bidders are told these words: name no evaluator and no other bidder.",
    )
    reason = forms.TextField(label="Why this score, where it differs?", rows=3, max_length=4000, required=False)

    def __init__(self, *args: Any, reason_hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["comment"]
        self.fields["score"].label = "Agreed score"
        self.fields["score"].error_messages["required"] = "Choose the agreed score"
        self.fields["reason"].help_text = reason_hint
        self.order_fields(["discussion", "score", "reason"])


class Recommend(forms.PageForm):
    refused_at: ClassVar = {"tie_needs_reason": "tie_reason", "passed_over": "bid", "one_supplier": "bid"}

    bid = forms.ChoiceField(label="Which bid is recommended?", widget=forms.Radios, missing="Choose the bid")
    reason = forms.TextField(label="Why?", rows=4, max_length=4000, missing="Say why this bid is recommended")
    tie_reason = forms.TextField(
        label="How was it decided between the bids with the same total, and why?",
        rows=4,
        max_length=4000,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        choices: Sequence[tuple[str, str]],
        hints: Mapping[str, str],
        tied: bool,
        several: bool,
        **kwargs: Any,
    ) -> None:
        """`several`: more than one may be recommended, as of a framework. `hints`: what is under each bid."""
        super().__init__(*args, **kwargs)
        if several:
            self.fields["bid"] = forms.ChoicesField(
                label="Which bids are recommended?",
                missing="Tick the bids that are recommended",
                hint="One or several, from the highest total down: none is left out for one that is ranked below it.",
            )
            forms.dress(self)
        bid = self.choice_field("bid")
        bid.choices, bid.choice_hints = choices, dict(hints)
        if not tied:
            del self.fields["tie_reason"]

    def bids(self) -> list[int]:
        chosen = self.cleaned_data["bid"]
        return [int(number) for number in (chosen if isinstance(chosen, list) else [chosen])]


class OnDay(forms.PageForm):
    """A day and nothing else; the view says of what."""

    refused_at: ClassVar = {"": "day"}

    day = forms.DayField(label="On which day?")

    def __init__(self, *args: Any, label: str, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].label, self.fields["day"].help_text = label, hint


class Letter(forms.PageForm):
    changes_a_record = True
    refused_at: ClassVar = {"": "text"}

    text = forms.TextField(label="The letter", rows=24, missing="The letter is empty")


class PromiseMade(forms.PageForm):
    refused_at: ClassVar = {"missing_promise": "text", "unknown_question": "question"}

    text = forms.TextField(
        label="What did the winner promise?",
        rows=3,
        max_length=4000,
        missing="Say what was promised",
        hint="In words that a review of the contract can check.",
    )
    question = forms.ChoiceField(label="In the answer to which question?", required=False)
    due_on = forms.DayField(label="By when?", required=False, hint="Leave it empty for the whole of the contract.")

    def __init__(self, *args: Any, titles: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice_field("question").choices = [("", "Elsewhere in the bid"), *titles.items()]
