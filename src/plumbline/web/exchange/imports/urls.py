from django.urls import path

from plumbline.web.exchange.imports import views, withdrawing

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new_import, name="import_new"),
    path("imports/<int:import_id>/", views.one_import, name="import"),
    path("imports/<int:import_id>/withdraw/", withdrawing.withdraw, name="import_withdraw"),
    path("imports/withdrawals/<int:withdrawal_id>/", withdrawing.withdrawal, name="withdrawal"),
    path("imports/withdrawals/<int:withdrawal_id>/settle/", withdrawing.settle, name="withdrawal_settle"),
    path("imports/uploads/", views.uploads, name="uploads"),
    path("imports/uploads/<int:upload_id>/", views.upload, name="upload"),
    path("imports/uploads/<int:upload_id>/look/", views.look, name="upload_look"),
    path("imports/uploads/<int:upload_id>/take/", views.take, name="upload_take"),
]
