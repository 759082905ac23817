"""Forms of the pages about people, teams and keys."""
