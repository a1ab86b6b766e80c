from django.urls import path

from plumbline.config.urls import urlpatterns as ours
from tests.functional import sample

urlpatterns = [
    *ours,
    path("sample/", sample.components, name="sample"),
    path("sample/list/", sample.listing, name="sample_list"),
    path("sample/chart.svg", sample.chart, name="sample_chart"),
]
