"""The configuration of Claude Desktop as files for device management: macOS, Windows, Linux, Intune."""

from claude_byoc.rollout.desktop.render import FORMATS, DesktopFiles, render_all, render_desktop

__all__ = ["FORMATS", "DesktopFiles", "render_all", "render_desktop"]
