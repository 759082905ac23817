"""What each group of staff may do with image requests."""

from config.admin.permissions import ADMIN, FINANCE, GROUPS, OPERATIONS, allow, view

allow(GROUPS, *view("imaging", "imageoperation", "imagetakedown"))
allow(OPERATIONS, "imaging.take_down_images")
allow((FINANCE, ADMIN), *view("imaging", "providercost"), "imaging.add_providercost")
