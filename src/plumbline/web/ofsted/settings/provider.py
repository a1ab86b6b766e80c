"""The conversation with the provider of a setting that went wrong: once for the setting, naming no child."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.placements import operations
from plumbline.web.kit import setting_words as words
from plumbline.web.kit import wording
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting
from plumbline.web.ofsted.settings.entering import setting_of
from plumbline.web.ofsted.settings.forms import ProviderContact


@requires(Permission.PROVIDER_CONTACT)
def contact(request: Request, register: str, urn: str) -> HttpResponseBase:
    setting = setting_of(request, register, urn)
    form = ProviderContact(request.POST or None)
    if form.is_valid():
        try:
            settled = operations.record_provider_contact(
                setting_id=setting.pk, said=form.cleaned_data["said"], **acting(request)
            )
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            flags = wording.how_many(settled, "flag", "flags")
            messages.success(request, f"The conversation is recorded, on {flags} of {words.label(setting)}.")
            return redirect(words.address(setting))
    context = {"form": form, "label": words.label(setting), "back": words.address(setting),
               "heading": "Speak to the provider", "button": "Record the conversation",
               "about": "Speak about the risks, and ask for the improvement plan. It is recorded once, on the flag of "
                        "every child placed there; those who work with them read it."}  # fmt: skip
    return render(request, "ofsted/settings/enter.html", context)
