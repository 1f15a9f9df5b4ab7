"""One environment: the settings of the stack that runs, declared and exported."""

from claude_byoc import ClaudeByoc, load_settings

ClaudeByoc("claude", load_settings()).export()
