"""The contract: what the add-in, the desktop app and the clouds impose, as data and pure functions.

Nothing here reads a file, a clock or the network, and nothing imports Pulumi or a cloud SDK, so
that the program, the command and the tests judge by the same tables.
"""
