"""The bodies of image calls, with all members that one of their readers takes."""

from __future__ import annotations

from rest_framework import serializers

from billing.models import OperationPrice
from config.api.references import ReferenceSerializer
from config.api.serializers import StrictSerializer
from imaging.api import serializers as bodies
from imaging.api.accepted_calls import ReceiverSerializer


class NewImageSerializer(bodies.CreateSerializer, ReferenceSerializer, ReceiverSerializer):
    """The body of create."""


class EnhancementSerializer(bodies.EnhanceSerializer, ReferenceSerializer, ReceiverSerializer):
    """The body of enhance."""


class QuoteSerializer(StrictSerializer):
    """The body of a create or an enhance, and `operation`."""

    operation = serializers.ChoiceField(
        OperationPrice.Action.values, required=False, help_text="Default: `create`."
    )
    prompt = serializers.CharField(
        required=False, min_length=3, max_length=4000, help_text="Required for create."
    )
    images = serializers.ListField(
        child=serializers.URLField(),
        required=False,
        min_length=1,
        max_length=bodies.MAX_IMAGES,
        help_text="Required for enhance.",
    )
    userRequest = serializers.CharField(
        required=False, max_length=2000, help_text="For an enhance, what to improve."
    )
    aspectRatio = bodies.aspect_ratio_field()
    mode = bodies.mode_field()
    resolution = bodies.resolution_field()
