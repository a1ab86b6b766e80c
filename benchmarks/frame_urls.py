"""A bare page: someone signed in, through all that every page goes through, and its frame with nothing in it."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from plumbline.config.urls import urlpatterns as pages
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.request import Request


@signed_in
def bare(request: Request) -> HttpResponseBase:
    return render(request, "base.html")


urlpatterns = [path("bare/", bare), *pages]
