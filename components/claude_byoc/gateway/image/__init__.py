"""What runs inside the gateway's second container: who may call, the shape of errors, the usage record.

These files are copied beside LiteLLM as the package `claude_gateway`, so they import the standard library, each
other, and what LiteLLM's image holds (cryptography, PyJWT), and nothing else of this project.
"""
