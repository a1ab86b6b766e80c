"""How signing in behaves here: nobody signs themselves up, and what a second factor is made from is kept enciphered."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest

# Before what was enciphered; what was kept before it was has no mark, and is read as it is.
_MARK = "fernet:"


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """The key comes from PLUMBLINE_SECRET_KEY: who has the database alone, or a backup, makes no codes."""

    def encrypt(self, text: str) -> str:
        return _MARK + _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        if not encrypted_text.startswith(_MARK):
            return encrypted_text
        try:
            return _cipher().decrypt(encrypted_text.removeprefix(_MARK).encode()).decode()
        except InvalidToken:
            # Another PLUMBLINE_SECRET_KEY than it was set up under: no code is right, and it is set up again.
            return ""


def _cipher() -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"plumbline second factor")
    return Fernet(base64.urlsafe_b64encode(key.derive(settings.SECRET_KEY.encode())))
