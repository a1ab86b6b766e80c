"""Forms of one's own account that allauth does not have as they are needed here."""

from typing import Any

from allauth.mfa.base.forms import BaseAuthenticateForm


class TakeOffSecondFactor(BaseAuthenticateForm):
    """A code of the app, or a recovery code, before the second factor is taken off."""

    def __init__(self, *args: Any, authenticator: Any, **kwargs: Any) -> None:
        # allauth's page fills the form at once, to show what is wrong with it; here a code is still to be typed.
        if not kwargs.get("data"):
            kwargs["data"] = None
        super().__init__(*args, user=authenticator.user, **kwargs)
