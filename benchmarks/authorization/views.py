"""The same POST of five fields, authorized and unchecked."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.views import ImageApiView
from config.api.error_codes import INVALID_FIELD
from config.api.renderers import ApiResponse
from config.api.timestamps import timestamp
from imaging.api.serializers import CreateSerializer, FieldError, TextField
from imaging.sizes import ASPECT_RATIOS, RESOLUTIONS


def _answer(values: dict[str, Any]) -> dict[str, Any]:
    return {"success": True, "message": "Success", "data": values, "timestamp": timestamp()}


class AuthorizedSerializer(CreateSerializer):
    """The four fields of a create, and another one."""

    note = TextField(
        min_length=0,
        max_length=2000,
        help_text="A fifth member.",
        missing=FieldError("note must be a string", INVALID_FIELD),
        too_long=FieldError("note is too long", INVALID_FIELD),
    )


class AuthorizedView(ImageApiView):
    """Checks key, partner, networks, permission and both rate windows in the database; logged."""

    endpoint = "benchmark"
    label = "Benchmark"
    serializer = AuthorizedSerializer()

    def post(self, request: Any) -> ApiResponse:
        return ApiResponse(_answer(self.serializer.read(request.data)))


class PlainSerializer(serializers.Serializer[Any]):
    """The same five fields in an ordinary serializer."""

    prompt = serializers.CharField(min_length=3, max_length=4000)
    aspectRatio = serializers.ChoiceField(list(ASPECT_RATIOS))  # noqa: N815
    mode = serializers.ChoiceField(["fast", "thinking"])
    resolution = serializers.ChoiceField(list(RESOLUTIONS))
    note = serializers.CharField(allow_blank=True, max_length=2000)


class FloorView(APIView):
    """The framework's defaults: only the body is checked, and nothing is logged."""

    authentication_classes: Any = ()
    permission_classes: Any = ()
    throttle_classes: Any = ()
    parser_classes = (JSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = DefaultContentNegotiation

    def post(self, request: Any) -> Response:
        serializer = PlainSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(_answer(serializer.validated_data))
