"""A council's own toolkits: copied, written, published, withdrawn. Whatever is typed is kept, right or wrong."""

from difflib import unified_diff
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.toolkits.models import ToolkitVersion
from plumbline.toolkits.operations import versions as operations
from plumbline.toolkits.queries import versions as queries
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask, pressed
from plumbline.web.kit.forms import PageForm
from plumbline.web.kit.request import Request, acting
from plumbline.web.toolkits.versions.forms import BEGINNING, Withdraw, Written
from plumbline.web.toolkits.versions.views import crumbs, faults_of, name_of, version_or_404


@requires(Permission.TOOLKITS_MANAGE)
def copy(request: Request, version_id: int) -> HttpResponseBase:
    version = version_or_404(request, version_id)
    return act(
        request,
        do=partial(operations.copy_version, version_id=version.pk, act=acting(request)),
        done=lambda draft: f"Version {draft.number} is a draft of your own. Nothing changes until you publish it.",
        to=lambda draft: reverse("toolkit_edit", args=[draft.pk]),
        back=reverse("toolkit_version", args=[version.pk]),
    )


@requires(Permission.TOOLKITS_MANAGE)
def new_toolkit(request: Request) -> HttpResponseBase:
    def write(text: str, **_: str) -> ToolkitVersion:
        if faults_of(text, "your text"):
            raise RuleBroken("The text has faults: each is named on the page, with its line.", code="wrong_toolkit")
        return operations.write_toolkit(text=text, act=acting(request))

    def page(form: Written) -> HttpResponseBase:
        context = {
            "form": form,
            "faults": faults_of(form["text"].value(), "your text") if form.data.get("text") else [],
            "breadcrumbs": [("Toolkits", reverse("toolkits")), ("Write a new toolkit", "")],
        }
        return render(request, "toolkits/versions/new.html", context)

    return ask(
        request,
        Written(request.POST or None, initial={"text": BEGINNING}),
        page,
        do=write,
        done="The toolkit is a draft. Look at it as it will be answered, then publish it.",
        to=lambda draft: reverse("toolkit_version", args=[draft.pk]),
    )


@requires(Permission.TOOLKITS_MANAGE)
def edit(request: Request, version_id: int) -> HttpResponseBase:
    """Saving keeps the text with its faults or without, and says where they are; only publishing needs it right."""
    draft = version_or_404(request, version_id)
    is_ours = draft.state == ToolkitVersion.State.DRAFT and draft.source == ToolkitVersion.Source.COUNCIL
    # What was typed while someone else published it is refused on the page, and not lost with a redirect.
    if not is_ours and request.method != "POST":
        return redirect("toolkit_version", draft.pk)
    form = Written(request.POST or None, initial={"text": draft.text, "base": draft.sha256})
    context: dict[str, Any] = {"version": draft, "name": name_of(draft), "shown": draft.text}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            _, faults = operations.save_draft(
                version_id=draft.pk, text=text, base_sha256=form.cleaned_data["base"], act=acting(request)
            )
        except RuleBroken as refusal:
            context["shown"] = text
            form = _again(request, draft, refusal)
            if refusal.code == "changed_since":
                context["theirs"] = "\n".join(
                    unified_diff(draft.text.splitlines(), text.splitlines(), "kept now", "what you typed", lineterm="")
                )
        else:
            if not faults:
                messages.success(request, "Saved. There are no faults in it.")
                return redirect("toolkit_version", draft.pk)
            messages.warning(request, "Saved as you typed it. It cannot be published until the faults are mended.")
            return redirect("toolkit_edit", draft.pk)
    context |= {
        "form": form,
        "faults": faults_of(context["shown"], draft.toolkit.key),
        "breadcrumbs": [
            *crumbs(draft)[:-1],
            (f"Version {draft.number}", reverse("toolkit_version", args=[draft.pk])),
            ("Edit", ""),
        ],
    }
    return render(request, "toolkits/versions/edit.html", context)


def _again(request: Request, draft: ToolkitVersion, refusal: RuleBroken) -> Written:
    """The form with what was typed. Its base is what is kept now: who saves again has seen what the other wrote."""
    given = request.POST.copy()
    given["base"] = draft.sha256
    form = Written(given)
    form.is_valid()
    form.refuse(refusal, field="text")
    return form


@requires(Permission.TOOLKITS_MANAGE)
def publish(request: Request, version_id: int) -> HttpResponseBase:
    version = version_or_404(request, version_id)

    def page(form: PageForm) -> HttpResponseBase:
        others = queries.versions_of(request.user, version.toolkit_id, on=request.day)
        before = others.filter(state=ToolkitVersion.State.PUBLISHED).first()
        context = {
            "form": form,
            "version": version,
            "name": name_of(version),
            "before": before,
            "before_name": name_of(before) if before else "",
            "draft": version.state == ToolkitVersion.State.DRAFT,
            "faults": faults_of(version.text, version.toolkit.key),
            "breadcrumbs": [*crumbs(version)[:-1], ("Publish", "")],
        }
        return render(request, "toolkits/versions/publish.html", context)

    return ask(
        request,
        pressed(request),
        page,
        do=partial(operations.publish_version, version_id=version.pk, act=acting(request)),
        done=f"Version {version.number} is in use from now on. Returns keep the version they have.",
        to=reverse("toolkit", args=[version.toolkit_id]),
    )


@requires(Permission.TOOLKITS_MANAGE)
def withdraw(request: Request, version_id: int) -> HttpResponseBase:
    version = version_or_404(request, version_id)
    context = {
        "question": Question(
            heading=f"Withdraw version {version.number}",
            button="Withdraw it",
            back=reverse("toolkit_version", args=[version.pk]),
            caption=version.title,
            kind="warning",
        ),
        "in_use": version.state == ToolkitVersion.State.PUBLISHED,
        "breadcrumbs": [*crumbs(version)[:-1], ("Withdraw", "")],
    }
    return ask(
        request,
        Withdraw(request.POST or None),
        ("toolkits/versions/withdraw.html", context),
        do=partial(operations.withdraw_version, version_id=version.pk, act=acting(request)),
        done=f"Version {version.number} is withdrawn.",
        to=reverse("toolkit", args=[version.toolkit_id]),
    )
