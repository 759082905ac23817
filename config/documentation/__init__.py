"""The documentation for partners at /docs/: Markdown files in which tags put the facts."""
