"""Someone who walks through the pages: reads them, follows links, and presses buttons of forms that are there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

PAPER = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


class Walker:
    """One person's browser without scripts. Fails where a link, a form or a choice of it is not on the page."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.address = ""
        self.tree: Any = None

    def open(self, address: str) -> "Walker":
        return self._arrive(self.client.get(address, follow=True), address)

    def follow(self, words: str) -> "Walker":
        """The first link that has these words."""
        found = [each for each in self.tree.iter("a") if words in _words(each) and each.get("href")]
        assert found, f"{self.address} has no link “{words}”: {self.text}"
        return self.open(found[0].get("href"))

    def press(self, button: str, **given: Any) -> "Walker":
        """The button of these words, its form filled in by the names of its fields, the rest as the page has it.

        A day fills three fields; a list ticks boxes; words choose an option by what it says; True ticks a box.
        """
        presses = [each for each in self.tree.iter("button") if _words(each) == button]
        forms = [(each, form) for each in presses for form in each.iterancestors("form")]
        assert forms, f"{self.address} has no button “{button}”: {self.text}"
        pressed, form = forms[0]
        data = as_shown(form)
        if pressed.get("name"):
            data[pressed.get("name")] = pressed.get("value", "")
        names = {each.get("name") for each in form.xpath(".//input|.//select|.//textarea")}
        for name, value in _by_field(given).items():
            assert name in names, f"{self.address}: the form of “{button}” has no field {name}, only {sorted(names)}"
            data[name] = _chosen(form, name, value)
        address = form.get("action") or self.address
        if form.get("method", "get").lower() == "get":
            return self._arrive(self.client.get(address, data, follow=True), address)
        return self._arrive(self.client.post(address, data, follow=True), address)

    @property
    def text(self) -> str:
        return _words(self.tree.find(".//main") if self.tree.find(".//main") is not None else self.tree)

    @property
    def heading(self) -> str:
        """What the page is about: its heading, with what stands above it."""
        return " ".join(_words(each) for each in self.tree.xpath("//*[starts-with(@class, 'govuk-caption')] | //h1"))

    def reads(self, *words: str) -> "Walker":
        for each in words:
            assert each in self.text, f"{self.address} does not say “{each}”: {self.text}"
        return self

    def _arrive(self, answer: Any, address: str) -> "Walker":
        self.address = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        self.tree = html.fromstring(answer.content.decode())
        assert answer.status_code == 200, f"{self.address} answered {answer.status_code}: {self.text}"
        faults = self.tree.xpath("//*[contains(@class, 'govuk-error-summary__list')]//li")
        assert not faults, f"{self.address} refuses: {[_words(each) for each in faults]}"
        return self


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


def _by_field(given: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, date):
            fields |= {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}
        else:
            fields[name] = value
    return fields


def _chosen(form: Any, name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return SimpleUploadedFile("paper.pdf", value)
    options = form.xpath(f".//select[@name='{name}']/option")
    radios = form.xpath(f".//input[@name='{name}'][@type='radio' or @type='checkbox']")
    if value is True:
        return radios[0].get("value", "on")
    if value == "every one":
        return [each.get("value") for each in radios]
    if options and value not in {each.get("value") for each in options}:
        said = [each.get("value") for each in options if str(value) in _words(each)]
        assert said, f"No choice of {name} says “{value}”: {[_words(each) for each in options]}"
        return said[0]
    if radios and not isinstance(value, list):
        assert value in {each.get("value") for each in radios}, f"{name} has no choice {value}"
    return value


def as_shown(form: Any) -> dict[str, Any]:
    """The fields of a form as the page shows them, which is what a browser would send."""
    data: dict[str, Any] = {}
    for each in form.xpath(".//input|.//select|.//textarea"):
        name, kind = each.get("name"), each.get("type", "")
        if not name or kind in ("submit", "button", "file") or name == "csrfmiddlewaretoken":
            continue
        if kind in ("radio", "checkbox"):
            if each.get("checked") is None:
                continue
            data.setdefault(name, []).append(each.get("value", "on"))
        elif each.tag == "select":
            chosen = each.xpath("./option[@selected]") or each.xpath("./option[1]")
            data[name] = chosen[0].get("value", "") if chosen else ""
        else:
            data[name] = each.text or "" if each.tag == "textarea" else each.get("value", "")
    return data
