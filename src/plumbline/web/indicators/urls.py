from django.urls import path

from plumbline.web.indicators import views

urlpatterns = [
    path("figures/", views.figures, name="figures"),
    path("figures/<slug:key>/", views.figure, name="figure"),
    path("figures/<slug:key>/definition/", views.definition, name="figure_definition"),
    path("figures/<slug:key>/records/", views.records, name="figure_records"),
    path("figures/<slug:key>/trend.svg", views.trend_image, name="figure_trend"),
    path("figures/<slug:key>/spark.svg", views.spark_image, name="figure_spark"),
]
