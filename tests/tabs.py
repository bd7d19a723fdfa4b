"""Browser tabs for the stories: a language, a width, and an ear for everything that goes wrong."""

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

HEIGHTS = {1280: 800, 390: 844}


class OpenPage:
    """Opens tabs, each in a session of its own. A console error or page error fails at `close`."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def __call__(self, *, language: str = "ja", width: int = 1280, script: bool = True) -> Page:
        """Return a new tab of a new person; `script=False` is a browser without JavaScript."""
        context = self.browser.new_context(
            locale={"ja": "ja-JP", "en": "en-US"}[language],
            timezone_id="Asia/Tokyo",
            viewport={"width": width, "height": HEIGHTS.get(width, 800)},
            has_touch=width < 600,
            java_script_enabled=script,
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", self._listen)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        # A refusal (403, 404, 409, 422) is an answer; the browser logs it all the same.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def forgive(self, part: str) -> None:
        """Forget errors with this text: the test caused them on purpose."""
        self.errors = [error for error in self.errors if part not in error]

    def close(self) -> None:
        """Close every tab and fail if any of them reported an error."""
        for context in self.contexts:
            context.close()
        if self.errors:
            raise AssertionError("the browser reported:\n" + "\n".join(self.errors))
