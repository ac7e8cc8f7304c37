"""Real chat logs: readers, pseudonyms, the group's health, and a scenario fitted to it."""
