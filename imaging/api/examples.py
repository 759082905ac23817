"""Examples of the API documentation, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from imaging.api.representations import TEST_MESSAGE

_BUCKET = "https://your-bucket.s3.ap-south-1.amazonaws.com/partners/abc123"
HANDBAG = {
    "prompt": "A premium leather handbag on a marble surface with soft studio lighting, luxury"
    " fashion photography",
    "aspectRatio": "1:1",
    "mode": "fast",
    "resolution": "1k",
}
CREATED: dict[str, Any] = {
    "imageUrl": f"{_BUCKET}/generated/uuid.png",
    "mode": "fast",
    "resolution": "1k",
    "pointsUsed": 8,
    "tier": "starter",
    "costPerOperation": 8,
    "remainingBalance": 4992,
    "processingTimeMs": 11234,
    "totalTimeMs": 11890,
}
TEST = {
    "imageUrl": "https://placehold.co/1024x1024/1a1a2e/ffffff/png"
    "?text=ShopIQ+Test%0AImage+Create%0A1:1",
    "mode": "fast",
    "resolution": "1k",
    "pointsUsed": 0,
    "tier": "test",
    "costPerOperation": 0,
    "remainingBalance": None,
    "processingTimeMs": 5,
    "totalTimeMs": 5,
    "testMode": True,
    "message": TEST_MESSAGE,
}
ENHANCED = {
    "imageUrls": [f"{_BUCKET}/enhanced/uuid1.png", f"{_BUCKET}/enhanced/uuid2.png"],
    "mode": "thinking",
    "resolution": "1k",
    "pointsUsed": 15,
    "tier": "starter",
    "costPerOperation": 15,
    "remainingBalance": 4985,
    "processingTimeMs": 18500,
    "totalTimeMs": 19200,
}
QUOTE = {
    "operation": "create",
    "mode": "thinking",
    "aspectRatio": "1:1",
    "resolution": "1k",
    "tier": "starter",
    "price": 15,
    "balance": 5011,
    "balanceAfter": 4996,
    "buckets": [
        {
            "bucketId": "665a1f2e3b4c5d6e7f8a9b12",
            "packageId": "pack_5000",
            "tier": "starter",
            "points": 11,
        },
        {
            "bucketId": "665a1f2e3b4c5d6e7f8a9b13",
            "packageId": "pack_25000",
            "tier": "growth",
            "points": 4,
        },
    ],
    "callsLeft": 358,
    "refusal": None,
    "spendLimits": {"day": None, "month": None},
}
