"""The bodies of successful responses, for the OpenAPI description; the tests compare each response
with them."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from accounts.api.responses import KeyReference, SpendLimits
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
    success: Annotated[Literal[True], "Always true."]
    message: Annotated[Literal["Success"], "Always the same."]
    timestamp: Annotated[Timestamp, "When the response was made."]


class Result(Notes):
    mode: Annotated[Mode, "The mode in which the image was made."]
    resolution: Annotated[Resolution, "The length of the longer edge."]
    pointsUsed: Annotated[Points, "What the call cost, in points."]
    tier: Tier
    costPerOperation: Annotated[Points, "The price of such a call, in points."]
    remainingBalance: Annotated[float | None, "Null with a test key."]
    processingTimeMs: Annotated[int, "How long the model took."]
    totalTimeMs: Annotated[int, "How long the whole call took."]
    requestedMode: NotRequired[Annotated[str, "If thinking mode fell back to fast mode."]]
    testMode: NotRequired[Annotated[Literal[True], "The key is a test key."]]
    message: NotRequired[Annotated[str, "With a test key only."]]


class CreatedImage(Result):
    imageUrl: Annotated[Url, "A PNG that stays at this address."]


class EnhancedImages(Result):
    imageUrls: Annotated[list[str], "PNGs that stay at these addresses."]


class ImageCreated(ImageAnswer):
    data: Annotated[CreatedImage, "The image."]


class ImagesEnhanced(ImageAnswer):
    data: Annotated[EnhancedImages, "The images."]


class Movement(TypedDict):
    """A change of one bucket."""

    bucketId: Annotated[Identifier, "The ID of the bucket."]
    packageId: Annotated[str, "The package with which its points were bought."]
    tier: Tier
    kind: Annotated[Literal["charge", "reversal"], "A charge, or its reversal."]
    points: Annotated[float, "Negative for a charge."]
    at: Annotated[Timestamp, "When it was made."]


class OperationError(TypedDict):
    """What the call returned or would have returned."""

    code: Annotated[str, "The code."]
    message: Annotated[str, "The message."]
    field: NotRequired[Annotated[str, "The member that is wrong."]]


class Receipt(Notes):
    """An image call, its result and each change of points."""

    operationId: Annotated[Identifier, "The ID of the operation."]
    operation: Annotated[Action, "What was asked for."]
    state: Annotated[State, "What became of its points."]
    failure: Annotated[Failure | None, "Why it was refunded."]
    mode: Annotated[Mode, "The mode in which the image was made."]
    requestedMode: Annotated[Mode, "The mode that was asked for."]
    aspectRatio: Annotated[AspectRatio, "The shape of the image."]
    resolution: Annotated[Resolution, "The length of the longer edge."]
    imageUrls: Annotated[list[str], "The images."]
    key: Annotated[KeyReference, "The key of the call."]
    tier: Tier
    price: Annotated[Points, "What was reserved, in points."]
    pointsRefunded: Annotated[Points, "What was given back, in points."]
    pointsUsed: Annotated[Points, "What the call cost, in points."]
    buckets: Annotated[list[Movement], "The buckets that paid, and what they got back."]
    processingTimeMs: Annotated[int | None, "How long the model took."]
    createdAt: Annotated[Timestamp, "When the call began."]
    settledAt: Annotated[Timestamp | None, "When the call ended."]
    error: NotRequired[Annotated[OperationError, "The error of a call that failed."]]
    clientRequestId: NotRequired[Annotated[str, "The `X-Request-Id` that you sent."]]
    testMode: NotRequired[Annotated[Literal[True], "The key is a test key."]]


class AcceptedReceipt(Receipt):
    operationUrl: Annotated[Url, "Where to read the receipt later."]


class CallAccepted(TypedDict):
    success: Annotated[Literal[True], "Always true."]
    message: Annotated[Literal["Accepted"], "Always the same."]
    data: Annotated[AcceptedReceipt, "The receipt so far."]
    timestamp: Annotated[Timestamp, "When the response was made."]


class ReceiptFound(ImageAnswer):
    data: Annotated[Receipt, "The receipt."]


class ReceiptList(ImageAnswer):
    data: Annotated[list[Receipt], "The receipts, newest first."]
    nextCursor: NextCursor


class Draw(TypedDict):
    bucketId: Annotated[Identifier, "The ID of the bucket."]
    packageId: Annotated[str, "The package with which its points were bought."]
    tier: Tier
    points: Annotated[Points, "What it would pay."]


class Quote(TypedDict):
    operation: Annotated[Action, "What was asked for."]
    mode: Annotated[Mode, "The mode."]
    aspectRatio: Annotated[AspectRatio, "The shape of the image."]
    resolution: Annotated[Resolution, "The length of the longer edge."]
    tier: Tier
    price: Annotated[Points, "What the call would cost, in points."]
    balance: Annotated[Points, "Your balance, in points."]
    balanceAfter: Annotated[float | None, "Null if the balance is too low."]
    buckets: Annotated[list[Draw], "Those that the call would draw from, oldest first."]
    callsLeft: Annotated[int, "How many such calls the balance pays."]
    refusal: Annotated[str | None, "The code of the 402 that the call would get now."]
    spendLimits: Annotated[SpendLimits, "The spend limits of the key."]
    testMode: NotRequired[Annotated[Literal[True], "The key is a test key."]]


class QuoteGiven(ImageAnswer):
    data: Annotated[Quote, "The quote."]


class Calls(TypedDict):
    """Successful live calls."""

    imageCreations: Annotated[int, "Images created."]
    imageEnhancements: Annotated[int, "Images enhanced."]
    totalCalls: Annotated[int, "Both together."]


class MonthlyUsage(TypedDict):
    month: Annotated[str, "In UTC, such as `2025-07`.", Keywords(pattern="^[0-9]{4}-[0-9]{2}$")]
    used: Annotated[Points, "The points used in the month."]


class PointsUsage(TypedDict):
    balance: Annotated[float, "The points of all buckets."]
    totalUsed: Annotated[float, "Net of refunds."]
    monthlyUsage: Annotated[MonthlyUsage, "What was used in the current month."]


class CurrentPricing(TypedDict):
    tier: Tier
    imageCreateFast: Annotated[Points, "Points for a create in fast mode."]
    imageCreateThinking: Annotated[Points, "Points for a create in thinking mode."]
    imageEnhanceFast: Annotated[Points, "Points for an enhance in fast mode."]
    imageEnhanceThinking: Annotated[Points, "Points for an enhance in thinking mode."]


class TierPricing(TypedDict):
    tier: Tier
    createFast: Annotated[Points, "Points for a create in fast mode."]
    createThinking: Annotated[Points, "Points for a create in thinking mode."]
    enhanceFast: Annotated[Points, "Points for an enhance in fast mode."]
    enhanceThinking: Annotated[Points, "Points for an enhance in thinking mode."]


class Bucket(TypedDict):
    packageId: Annotated[str, "The package with which the points were bought."]
    tier: Tier
    remainingPoints: Annotated[Points, "The points that are left."]
    originalPoints: Annotated[Points, "The points that were bought."]
    purchasedAt: Annotated[Timestamp, "When they were bought."]


class Usage(TypedDict):
    last30Days: Annotated[Calls, "Successful live calls of the last 30 days."]
    points: Annotated[PointsUsage, "Your balance and what you have used."]
    currentPricing: Annotated[
        CurrentPricing | None, "The prices of the oldest bucket with points; null without one."
    ]
    activeBuckets: Annotated[list[Bucket], "Those with points left, oldest first."]
    allTierPricing: Annotated[dict[str, TierPricing], "The prices of all tiers."]
    supportedResolutions: Annotated[list[Resolution], "The resolutions that a call can ask for."]
    defaultResolution: Annotated[Resolution, "The resolution of a call that asks for none."]
    testMode: NotRequired[Annotated[Literal[True], "The key is a test key."]]


class UsageFound(ImageAnswer):
    data: Annotated[Usage, "The figures."]
