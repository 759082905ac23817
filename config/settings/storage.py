"""Object storage for images and sites; each has its own bucket."""

from __future__ import annotations

from config.settings.env import env

S3_REGION = env.str("S3_REGION", "ap-south-1")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", "") or None
S3_ACL = env.str("S3_ACL", "public-read")
