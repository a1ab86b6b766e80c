"""Question sets, reports that answer them, and the claims that tie each sentence to its evidence."""

from django.db import models
from django.db.models import Q

from plumbline.audit.models import Recorded
from plumbline.evidence.models import Document
from plumbline.indicators.models import Publication
from plumbline.people.models import User


class QuestionSet(models.Model):
    """A published guide of questions for scrutiny, or the council's own: versioned, with its source."""

    key = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200)
    year = models.IntegerField()
    source = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)


class Question(models.Model):
    """A numbered question. An empty wording is a slot whose wording was not found; nothing is invented."""

    question_set = models.ForeignKey(QuestionSet, on_delete=models.CASCADE, related_name="questions")
    number = models.IntegerField()
    wording = models.TextField(blank=True)
    theme = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question_set", "number"], name="question_once_per_set")]


class Report(Recorded):
    """An assurance report to the committee: draft until published, then frozen with its figures' moment."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    title = models.CharField(max_length=300)
    as_at = models.DateField()
    profile = models.CharField(max_length=20, default="dfe-cin")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    front = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, null=True, related_name="report")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_published_with_its_figures",
                condition=Q(
                    state="draft", publication__isnull=True, published_at__isnull=True, published_by__isnull=True
                )
                | Q(state="published", publication__isnull=False, published_at__isnull=False),
            )
        ]


class Answer(Recorded):
    """The answer of one report to one question."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    # Both place figures as a claim does, and only figures that a claim of this answer rests on.
    summary = models.TextField(blank=True)
    conclusion = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "question"], name="answer_once_per_report")]


class Claim(Recorded):
    """One numbered paragraph. `text` places figures by reference: {{open_now}}, {{open_now.value}}."""

    class Kind(models.TextChoices):
        HEADING = "heading", "Heading"
        PARAGRAPH = "paragraph", "Paragraph"
        TABLE = "table", "Table"
        CHART = "chart", "Chart"
        QUOTATION = "quotation", "Quotation"
        GAP = "gap", "What cannot be shown yet"

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="claims")
    position = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField()
    options = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "position"], name="claim_position_once")]


class Quotation(Recorded):
    """Words of another body, with where and when; stale after 24 months."""

    source_body = models.CharField(max_length=200)
    source_title = models.CharField(max_length=300)
    said_on = models.DateField()
    text = models.TextField()
    permission = models.CharField(max_length=300)


class ClaimEvidence(Recorded):
    """What a claim rests on: exactly one of a figure, a quotation, a document."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="evidence")
    # The reference by which the text places the figure, and the question it asks (measure, days, split).
    figure_ref = models.CharField(max_length=80, blank=True)
    figure_asked = models.JSONField(null=True)
    quotation = models.ForeignKey(Quotation, on_delete=models.PROTECT, null=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="claim_evidence_exactly_one_kind",
                condition=(
                    Q(figure_asked__isnull=False, quotation__isnull=True, document__isnull=True) & ~Q(figure_ref="")
                )
                | Q(figure_asked__isnull=True, figure_ref="", quotation__isnull=False, document__isnull=True)
                | Q(figure_asked__isnull=True, figure_ref="", quotation__isnull=True, document__isnull=False),
            )
        ]
