"""The conversation with the provider of a setting that went wrong: once for the setting, naming no child."""

from functools import partial

from django.http import HttpResponseBase

from plumbline.kernel import wording
from plumbline.people.access import Permission
from plumbline.placements import operations
from plumbline.web.kit import setting_words as words
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.ofsted.settings.entering import question, setting_of
from plumbline.web.ofsted.settings.forms import ProviderContact


@requires(Permission.PROVIDER_CONTACT)
def contact(request: Request, register: str, urn: str) -> HttpResponseBase:
    setting = setting_of(request, register, urn)

    def noted(settled: int) -> str:
        return (
            f"The conversation is recorded, on {wording.how_many(settled, 'flag', 'flags')} of {words.label(setting)}."
        )

    return ask(
        request,
        ProviderContact(request.POST or None),
        question(
            setting,
            heading="Speak to the provider",
            button="Record the conversation",
            about="Speak about the risks, and ask for the improvement plan. It is recorded once, on the flag of every "
            "child placed there; those who work with them read it.",
        ),
        do=partial(operations.record_provider_contact, setting_id=setting.pk, act=acting(request)),
        done=noted,
        to=words.address(setting),
    )
