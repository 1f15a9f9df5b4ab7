"""The allowlist in the forms that people and firewalls read."""

from claude_byoc.rollout.allowlist.browser_policy import browser_policy_files
from claude_byoc.rollout.allowlist.formats import FORMATS, Listed, allowlist_csv_file, render
from claude_byoc.rollout.allowlist.read import rows_of

__all__ = ["FORMATS", "Listed", "allowlist_csv_file", "browser_policy_files", "render", "rows_of"]
