"""What each group of staff may do with image requests."""

from config.admin.permissions import GROUPS, OPERATIONS, allow, view

allow(GROUPS, *view("imaging", "imageoperation", "imagetakedown"))
allow(OPERATIONS, "imaging.take_down_images")
