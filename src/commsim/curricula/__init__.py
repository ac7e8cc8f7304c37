"""Workshop sessions: what a trainer needs for ninety minutes, as data, and its printing as PDF.

``session`` reads and checks a session's folder, ``printing`` sets it, ``measure`` asks the model for
the numbers that the guides quote.
"""
