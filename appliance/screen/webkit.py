"""WebKit for the booth's own screen: nothing in; its bindings, and a view that keeps nothing and asks nobody, out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from appliance.errors import BoothError

HERE = Path(__file__).parent
PACKAGES = "cage seatd kbd gir1.2-webkit2-4.1 libegl-mesa0 fonts-dejavu-core"
"What a screen wants, as deploy/package/screen-packages.txt has it."
OFF = (
    "enable-developer-extras", "enable-webgl", "enable-media-stream", "enable-html5-database",
    "enable-html5-local-storage", "enable-page-cache", "javascript-can-access-clipboard",
    "javascript-can-open-windows-automatically", "enable-back-forward-navigation-gestures",
)  # fmt: skip


def load_webkit() -> tuple[Any, Any, Any]:
    """Import Gtk, GLib and WebKit2. Raises BoothError naming the packages where they or a screen are absent."""
    # A calm page needs no GPU, and the GPU is vision's.
    os.environ.setdefault("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
    # Nobody listens to these here, and each would be looked for by D-Bus.
    os.environ.update(GSETTINGS_BACKEND="memory", NO_AT_BRIDGE="1")
    try:
        import gi

        gi.require_version("Gtk", "3.0")
        gi.require_version("WebKit2", "4.1")
        from gi.repository import GLib, Gtk, WebKit2
    except (ImportError, ValueError) as error:
        raise BoothError(f"no browser for the screen ({error}); sudo apt install {PACKAGES}") from None
    if not Gtk.init_check(None)[0]:
        raise BoothError("no screen to show the board on: neither WAYLAND_DISPLAY nor DISPLAY leads to one")
    return Gtk, GLib, WebKit2


def make_view(webkit: Any) -> Any:
    """A view without profile, cache, storage, inspector or GPU, with the script and style of stillness."""
    settings = webkit.Settings()
    for name in OFF:
        settings.set_property(name, False)
    settings.set_hardware_acceleration_policy(webkit.HardwareAccelerationPolicy.NEVER)
    context = webkit.WebContext.new_ephemeral()
    context.set_cache_model(webkit.CacheModel.DOCUMENT_VIEWER)
    return webkit.WebView(web_context=context, settings=settings, user_content_manager=still(webkit))


def still(webkit: Any) -> Any:
    """What is put into every page at its end."""
    manager = webkit.UserContentManager()
    top = webkit.UserContentInjectedFrames.TOP_FRAME
    script, style = ((HERE / name).read_text(encoding="utf-8") for name in ("stillness.js", "stillness.css"))
    end, level = webkit.UserScriptInjectionTime.END, webkit.UserStyleLevel.USER
    manager.add_script(webkit.UserScript.new(script, top, end, None, None))
    manager.add_style_sheet(webkit.UserStyleSheet.new(style, top, level, None, None))
    return manager
