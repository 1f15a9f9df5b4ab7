"""How each part is declared within an environment, and what it gives to the stack outputs.

One module per part; `ClaudeByoc` loads those that the settings ask for, so that one cloud loads one SDK.
"""
