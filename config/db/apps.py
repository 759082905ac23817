from django.apps import AppConfig


class EncryptionConfig(AppConfig):
    name = "config.db"
    label = "encryption"
    verbose_name = "Encryption"
