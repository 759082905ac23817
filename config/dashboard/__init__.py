"""The dashboard's pages that combine several apps."""
