"""The window of the booth's own screen: the board's address in; the board and nothing else, until the window is gone.

There is no way to another page, window, file, menu or dialogue. What cannot be loaded is tried again; a page process
that has died is replaced; one that no longer answers starves the unit's watchdog.
"""

from __future__ import annotations

import logging
from typing import Any

from appliance.health import notify
from appliance.screen.address import is_ours
from appliance.screen.webkit import load_webkit, make_view

AGAIN_S = 2
PULSE_S = 10
ABSENT = """The board does not answer at {home}
It is tried again every few seconds.
At the booth: systemctl status booth-display"""
log = logging.getLogger(__name__)


def show_window(home: str) -> None:
    """Show `home` until the window is closed. Raises BoothError without WebKit or a screen."""
    gtk, glib, webkit = load_webkit()
    Window(gtk, glib, webkit, home).show()
    gtk.main()


class Window:
    """Owner of the one view; lives in Gtk's loop."""

    def __init__(self, gtk: Any, glib: Any, webkit: Any, home: str) -> None:
        self._gtk, self._glib, self._webkit, self._home = gtk, glib, webkit, home
        self._absent = False
        self._view = make_view(webkit)
        self._words = gtk.Label(label=ABSENT.format(home=home), wrap=True, justify=gtk.Justification.CENTER)
        self._stack = gtk.Stack()
        self._window = gtk.Window(title="booth")
        self._lay_out()
        self._connect()

    def show(self) -> None:
        """Fill the screen and begin to load."""
        self._window.show_all()
        self._window.fullscreen()
        self._view.load_uri(self._home)
        self._glib.timeout_add_seconds(PULSE_S, self._feel_pulse)

    def _lay_out(self) -> None:
        for name, child in (("board", self._view), ("words", self._words)):
            self._stack.add_named(child, name)
        self._window.add(self._stack)
        self._window.set_default_size(1280, 720)
        self._view.grab_focus()

    def _connect(self) -> None:
        refused = ("context-menu", "script-dialog", "print", "run-file-chooser", "show-notification")
        for signal in refused:
            self._view.connect(signal, lambda *_: True)
        self._view.connect("permission-request", refuse_permission)
        self._view.connect("decide-policy", self._decide)
        self._view.connect("load-changed", self._follow_load)
        self._view.connect("load-failed", self._take_failure)
        self._view.connect("web-process-terminated", self._replace_process)
        self._window.connect("destroy", self._gtk.main_quit)

    def _decide(self, _view: Any, decision: Any, kind: Any) -> bool:
        """The booth's own pages in this one window; no other, no second window, no download."""
        kinds = self._webkit.PolicyDecisionType
        good = False
        if kind == kinds.NAVIGATION_ACTION:
            address = decision.get_navigation_action().get_request().get_uri()
            good = is_ours(address, self._home)
        elif kind == kinds.RESPONSE:
            good = decision.is_mime_type_supported()
        if good:
            decision.use()
        else:
            decision.ignore()
        return True

    def _follow_load(self, _view: Any, event: Any) -> None:
        events = self._webkit.LoadEvent
        if event == events.STARTED:
            self._absent = False
        elif event == events.FINISHED:
            self._stack.set_visible_child_name("words" if self._absent else "board")
            self._view.grab_focus()
            notify.status("the board does not answer" if self._absent else "the board is on the screen")
            notify.ready()

    def _take_failure(self, _view: Any, _event: Any, address: str, error: Any) -> bool:
        """No error page: the words of this window, and another try. What was refused or overtaken is no failure."""
        overtaken = error.matches(self._webkit.NetworkError.quark(), self._webkit.NetworkError.CANCELLED)
        if is_ours(address, self._home) and not overtaken:
            self._absent = True
            self._glib.timeout_add_seconds(AGAIN_S, self._load_again)
        return True

    def _replace_process(self, *_: Any) -> None:
        """The next load makes another one."""
        log.warning("the page's process has ended; the board is loaded again")
        self._glib.timeout_add_seconds(1, self._load_again)

    def _load_again(self) -> bool:
        self._view.load_uri(self._home)
        return False

    def _feel_pulse(self) -> bool:
        """Ask the page's process for anything: only its answer feeds the watchdog."""
        self._view.run_javascript("1", None, lambda *_: notify.alive(), None)
        return True


def refuse_permission(_view: Any, request: Any) -> bool:
    """Camera, microphone, place: nothing."""
    request.deny()
    return True
