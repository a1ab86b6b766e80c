"""Pages about the service itself, and the council's stylesheet. Open to anybody."""

from pathlib import Path

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plumbline.kernel.labels import say
from plumbline.web.home.about.colours import text_on
from plumbline.web.kit.access import public

GLOSSARY = yaml.safe_load((Path(__file__).parent / "glossary.yaml").read_text(encoding="utf-8"))


@public
def council_stylesheet(request: HttpRequest) -> HttpResponse:
    """The council's colour as custom properties: a stylesheet of its own, since no style is in a page."""
    colour = settings.COLOUR
    css = f":root{{--pl-council:{colour};--pl-council-text:{text_on(colour)};--govuk-brand-colour:{colour}}}\n"
    answer = HttpResponse(css, content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "home/about/accessibility.html")


@public
def glossary(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "home/about/glossary.html",
        {"terms": [{**each, **{part: say(each[part]) for part in ("term", "means")}} for each in GLOSSARY]},
    )


@public
def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "home/about/sources.html")
