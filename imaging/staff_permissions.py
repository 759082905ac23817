"""What each group of staff may do with image requests."""

from config.admin.permissions import GROUPS, allow, view

allow(GROUPS, *view("imaging", "imageoperation"))
