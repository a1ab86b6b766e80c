from typing import Any, ClassVar

from plumbline.toolkits import schema
from plumbline.web.kit import forms


class Written(forms.PageForm):
    """The text of a toolkit. `base`: the checksum of the text that was opened, so that nobody's work is overwritten."""

    refused_at: ClassVar = {"": "text"}

    text = forms.TextField(
        label="The toolkit, as YAML",
        rows=30,
        strip=False,
        missing="Write the toolkit",
        hint="Each line is a field and its value. Nothing in it is run: it is text, checked when you save it.",
    )
    base = forms.HiddenField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs |= {"spellcheck": "false", "autocapitalize": "off"}

    def clean_text(self) -> str:
        # Browsers send the line ends of a text area as carriage return and line feed.
        return self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")


class Withdraw(forms.PageForm):
    because = forms.TextField(
        label="Why is it withdrawn?",
        rows=3,
        missing="Say why it is withdrawn",
        hint="It is kept with the version and in the trail",
    )


# A toolkit to begin with, short enough to be overwritten.
BEGINNING = f"""\
key: our_questions
title: Our questions
# One of: {", ".join(schema.PURPOSES)}
purpose: other
introduction: >-
  Who answers this, and what for.
sources:
  - What it rests on
sections:
  - key: first
    title: The first section
    criteria:
      - key: first_question
        title: What do you ask?
        guidance: What a good answer looks like.
        answer: yes_no
        evidence: optional
"""
