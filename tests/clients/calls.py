"""Calls of the generated Python client; its types are checked against this file."""

import os
import sys

from shopiq_client import AuthenticatedClient
from shopiq_client.api.accounts import create_account, get_account
from shopiq_client.api.images import create_image
from shopiq_client.models import (
    AccountCreated,
    AccountFound,
    AccountInput,
    Error,
    ImageCreated,
    MobileNumberInput,
    NewImageInput,
)

url, image_key, management_key = sys.argv[1], os.environ["IMAGE_KEY"], os.environ["MANAGEMENT_KEY"]
images = AuthenticatedClient(base_url=url, token=image_key, prefix="", auth_header_name="X-API-Key")
image = create_image.sync(client=images, body=NewImageInput(prompt="A red shoe"))
assert isinstance(image, ImageCreated), image
pixels: str = image.data.image_url
assert pixels.startswith("http"), pixels
refused = create_image.sync(client=images, body=NewImageInput(prompt="A"))
assert isinstance(refused, Error), refused
assert refused.code == "prompt_too_short", refused

accounts = AuthenticatedClient(base_url=url, token=management_key)
body = AccountInput(
    email="sarah@novaretail.com",
    mobile_number=MobileNumberInput(value="9876543210", country_code=91),
    first_name="Sarah",
)
created = create_account.sync(client=accounts, body=body)
assert isinstance(created, AccountCreated), created
found = get_account.sync(created.account_id, client=accounts)
assert isinstance(found, AccountFound), found
assert (found.data.email, found.data.first_name) == ("sarah@novaretail.com", "Sarah")
