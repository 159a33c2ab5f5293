"""The list as Django REST Framework serves it: models, a nested serializer, a generic view, limit and offset.

It is spared what costs time in a usual project and would not change the answer: sessions, the browsable API, a new
database connection for each request.
"""

import os
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="not-used-by-anything-here",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": None,
            **{name: os.environ[f"BENCH_{name}"] for name in ("HOST", "PORT", "NAME", "USER", "PASSWORD")},
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django must be set up before
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, pagination, serializers  # noqa: E402


class Document(models.Field):
    """A ``json`` column, which the driver has read already."""

    def db_type(self, connection: Any) -> str:
        return "json"


class Area(models.Model):
    id = models.UUIDField(primary_key=True)
    slug = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    name = Document()

    class Meta:
        app_label, db_table, managed = "bench", "area", False


class MeetingPlace(models.Model):
    id = models.UUIDField(primary_key=True)
    version = models.IntegerField()
    updated_at = models.DateTimeField()
    slug = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    name = Document()
    address = models.CharField(max_length=300, null=True)
    description = Document(null=True)
    accessibility = Document(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    county_id = models.UUIDField()
    sort_name = models.TextField()
    municipality = models.ForeignKey(Area, models.DO_NOTHING)

    class Meta:
        app_label, db_table, managed = "bench", "meeting_place", False


class AreaSerializer(serializers.ModelSerializer):
    name = serializers.JSONField()

    class Meta:
        model = Area
        fields = ("id", "slug", "kind", "name")


class PlaceSerializer(serializers.ModelSerializer):
    name = serializers.JSONField()
    description = serializers.JSONField()
    accessibility = serializers.JSONField()
    municipality = AreaSerializer()

    class Meta:
        model = MeetingPlace
        exclude = ("sort_name",)


class Places(generics.ListAPIView):
    queryset = MeetingPlace.objects.select_related("municipality").order_by("sort_name", "id")
    serializer_class = PlaceSerializer
    pagination_class = pagination.LimitOffsetPagination


urlpatterns = [path("v1/meeting-places", Places.as_view())]
application = get_wsgi_application()
