"""The pages for visitors: the front page at / and the status at /status."""
