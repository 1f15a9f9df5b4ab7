"""`python -m claude_byoc.cli`."""

from claude_byoc.cli import main

main()
