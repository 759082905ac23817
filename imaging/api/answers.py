"""The bodies of successful responses, for the OpenAPI description; the tests compare each response
with them."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from accounts.api.answers import KeyReference, SpendLimits
from billing.models import Charge, OperationPrice
from config.api.descriptions import Identifier, Keywords, NextCursor, Notes, Points, Timestamp, Url
from imaging.models import ImageOperation
from imaging.sizes import ASPECT_RATIOS, RESOLUTIONS

Action = Annotated[str, Keywords(enum=OperationPrice.Action.values)]
Mode = Annotated[str, Keywords(enum=OperationPrice.Mode.values)]
AspectRatio = Annotated[str, Keywords(enum=list(ASPECT_RATIOS))]
Resolution = Annotated[str, Keywords(enum=list(RESOLUTIONS))]
Tier = Annotated[str, "The pricing tier: that of the bucket, or `test`."]
State = Annotated[str, Keywords(enum=Charge.State.values)]
Failure = Annotated[
    str, Keywords(enum=[each for each in ImageOperation.Failure.values if each != "account"])
]


class ImageAnswer(TypedDict):
    success: Literal[True]
    message: Literal["Success"]
    timestamp: Timestamp


class Result(Notes):
    mode: Mode
    resolution: Resolution
    pointsUsed: Points
    tier: Tier
    costPerOperation: Points
    remainingBalance: Annotated[float | None, "Null with a test key."]
    processingTimeMs: int
    totalTimeMs: int
    requestedMode: NotRequired[Annotated[str, "If thinking mode fell back to fast mode."]]
    testMode: NotRequired[Literal[True]]
    message: NotRequired[Annotated[str, "With a test key only."]]


class CreatedImage(Result):
    imageUrl: Annotated[Url, "A PNG that stays at this address."]


class EnhancedImages(Result):
    imageUrls: Annotated[list[str], "PNGs that stay at these addresses."]


class ImageCreated(ImageAnswer):
    data: CreatedImage


class ImagesEnhanced(ImageAnswer):
    data: EnhancedImages


class Movement(TypedDict):
    """A change of one bucket."""

    bucketId: Identifier
    packageId: str
    tier: Tier
    kind: Literal["charge", "reversal"]
    points: Annotated[float, "Negative for a charge."]
    at: Timestamp


class OperationError(TypedDict):
    """What the call returned or would have returned."""

    code: str
    message: str
    field: NotRequired[str]


class Receipt(Notes):
    """An image call, its result and each change of points."""

    operationId: Identifier
    operation: Action
    state: State
    failure: Failure | None
    mode: Mode
    requestedMode: Mode
    aspectRatio: AspectRatio
    resolution: Resolution
    imageUrls: list[str]
    key: KeyReference
    tier: Tier
    price: Points
    pointsRefunded: Points
    pointsUsed: Points
    buckets: list[Movement]
    processingTimeMs: int | None
    createdAt: Timestamp
    settledAt: Timestamp | None
    error: NotRequired[OperationError]
    clientRequestId: NotRequired[Annotated[str, "The `X-Request-Id` that you sent."]]
    testMode: NotRequired[Literal[True]]


class AcceptedReceipt(Receipt):
    operationUrl: Annotated[Url, "Where to read the receipt later."]


class CallAccepted(TypedDict):
    success: Literal[True]
    message: Literal["Accepted"]
    data: AcceptedReceipt
    timestamp: Timestamp


class ReceiptFound(ImageAnswer):
    data: Receipt


class ReceiptList(ImageAnswer):
    data: list[Receipt]
    nextCursor: NextCursor


class Draw(TypedDict):
    bucketId: Identifier
    packageId: str
    tier: Tier
    points: Points


class Quote(TypedDict):
    operation: Action
    mode: Mode
    aspectRatio: AspectRatio
    resolution: Resolution
    tier: Tier
    price: Points
    balance: Points
    balanceAfter: Annotated[float | None, "Null if the balance is too low."]
    buckets: Annotated[list[Draw], "Those that the call would draw from, oldest first."]
    callsLeft: Annotated[int, "How many such calls the balance pays."]
    refusal: Annotated[str | None, "The code of the 402 that the call would get now."]
    spendLimits: SpendLimits
    testMode: NotRequired[Literal[True]]


class QuoteGiven(ImageAnswer):
    data: Quote


class Calls(TypedDict):
    """Successful live calls."""

    imageCreations: int
    imageEnhancements: int
    totalCalls: int


class MonthlyUsage(TypedDict):
    month: Annotated[str, "In UTC, such as `2025-07`.", Keywords(pattern="^[0-9]{4}-[0-9]{2}$")]
    used: Points


class PointsUsage(TypedDict):
    balance: Annotated[float, "The points of all buckets."]
    totalUsed: Annotated[float, "Net of refunds."]
    monthlyUsage: MonthlyUsage


class CurrentPricing(TypedDict):
    tier: Tier
    imageCreateFast: Points
    imageCreateThinking: Points
    imageEnhanceFast: Points
    imageEnhanceThinking: Points


class TierPricing(TypedDict):
    tier: Tier
    createFast: Points
    createThinking: Points
    enhanceFast: Points
    enhanceThinking: Points


class Bucket(TypedDict):
    packageId: str
    tier: Tier
    remainingPoints: Points
    originalPoints: Points
    purchasedAt: Timestamp


class Usage(TypedDict):
    last30Days: Calls
    points: PointsUsage
    currentPricing: CurrentPricing | None
    activeBuckets: Annotated[list[Bucket], "Those with points left, oldest first."]
    allTierPricing: dict[str, TierPricing]
    supportedResolutions: list[Resolution]
    defaultResolution: Resolution
    testMode: NotRequired[Literal[True]]


class UsageFound(ImageAnswer):
    data: Usage
