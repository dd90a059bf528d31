"""Chromium, as the system has it, for tests of pages."""

import os
import shutil

from playwright.sync_api import Browser, sync_playwright

from tests.support.processes import Missing


class Chromium:
    def __init__(self) -> None:
        binary = shutil.which("chromium") or shutil.which("google-chrome")
        if binary is None:
            raise Missing("Chromium: install Debian's package chromium")
        self._playwright = sync_playwright().start()
        sandbox = [] if os.geteuid() else ["--no-sandbox"]  # it refuses to run as root with one
        self.browser: Browser = self._playwright.chromium.launch(executable_path=binary, args=sandbox)

    def stop(self) -> None:
        self.browser.close()
        self._playwright.stop()
