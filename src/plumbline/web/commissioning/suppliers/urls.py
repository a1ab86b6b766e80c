from django.urls import path

from plumbline.web.commissioning.suppliers import deciding, notice_files, notices, open_data, views

urlpatterns = [
    path("suppliers/", views.suppliers, name="suppliers"),
    path("suppliers/<int:pk>/", views.supplier, name="supplier"),
    path("suppliers/<int:pk>/name/", views.rename, name="supplier_rename"),
    path("suppliers/<int:pk>/merge/", views.merge, name="supplier_merge"),
    path("suppliers/merges/<int:merge_id>/undo/", views.unmerge, name="supplier_unmerge"),
    path("suppliers/to-decide/", deciding.queue, name="supplier_queue"),
    path("suppliers/to-decide/<int:party_id>/", deciding.decide, name="supplier_decide"),
    path("suppliers/to-decide/undo/", deciding.undo, name="supplier_undo"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/tender/", notices.notice_tender, name="notice_tender"),
    path("notices/contracts/<int:contract_id>/", notices.notice_contract, name="notice_contract"),
    path("notices/hand-in/", notice_files.hand_in, name="notices_hand_in"),
    path("notices/hand-in/<int:upload_id>/", notice_files.upload, name="notices_upload"),
    path("notices/hand-in/<int:upload_id>/look/", notice_files.look, name="notices_look"),
    path("notices/hand-in/<int:upload_id>/take/", notice_files.take, name="notices_take"),
    path("contracts/<int:pk>/not-published/", notices.notice_contract_undo, name="notice_contract_undo"),
    path("tenders/<int:pk>/open-data.json", open_data.tender_open_data, name="tender_open_data"),
]
