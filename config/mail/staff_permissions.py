"""What each group of staff may do with emails.

No group reads the emails that an embedded installation keeps: their links open any login.
"""

from config.admin.permissions import OPERATIONS, SUPPORT, allow, view

allow((SUPPORT, OPERATIONS), *view("email", "outgoingmail"), "email.change_outgoingmail")
