"""Why a backup cannot be made or used."""


class BackupError(Exception):
    """The message is one sentence for the operator."""
