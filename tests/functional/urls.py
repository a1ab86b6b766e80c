from django.urls import include, path

from plumbline.config.urls import urlpatterns as ours
from tests.functional import sample

about = "plumbline.web.about.urls"
included = {getattr(getattr(pattern, "urlconf_name", None), "__name__", "") for pattern in ours}

urlpatterns = [
    *ours,
    *([] if about in included else [path("", include(about))]),
    path("sample/", sample.components, name="sample"),
    path("sample/list/", sample.listing, name="sample_list"),
    path("sample/chart.svg", sample.chart, name="sample_chart"),
]
