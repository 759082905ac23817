"""What processes of the platform announce to the apps."""

from django.dispatch import Signal

#: Sent by a web server that has ended, after its grace time: `instance`, as its charges name it.
web_server_stopped = Signal()
