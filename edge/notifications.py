"""Telling people: into the log always, and by Apprise to mail, webhooks, chat and some 170 other places."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from lineside.advice.model import Notification
from lineside.errors import Misconfigured, Unavailable
from lineside.site import Site

logger = logging.getLogger(__name__)

OnNotification = Callable[[Notification], None]


class PlantNotifier:
    """A `Notifier`. The addresses of a line are its own (`notify` in the site file) and those of the settings."""

    def __init__(
        self, site: Site, addresses: tuple[str, ...] = (), on_notification: OnNotification | None = None
    ) -> None:
        """Check every address now, so that a mistake is found at start and not in the first alarm."""
        self._addresses = {line.id: (*line.notify, *addresses) for line in site.lines}
        self._everywhere = addresses
        self._on_notification = on_notification
        _refuse_unusable({address for line in self._addresses.values() for address in line} | set(addresses))

    def notify(self, notification: Notification) -> None:
        """Send one message. `Unavailable` when it did not leave, which the next tick tries again."""
        logger.warning("%s: %s", notification.severity, notification.short)
        if self._on_notification:
            self._on_notification(notification)
        addresses = self._addresses.get(notification.line, self._everywhere)
        if addresses:
            self._send(notification, addresses)

    def _send(self, notification: Notification, addresses: tuple[str, ...]) -> None:
        import apprise  # a fifth of a second that a plant without addresses need not spend

        outbox = apprise.Apprise()
        outbox.add(list(addresses))
        if not outbox.notify(title=notification.subject, body=notification.message):
            hosts = ", ".join(sorted({_without_secrets(address) for address in addresses}))
            raise Unavailable(f"the message {notification.fingerprint} did not leave for {hosts}")


def _refuse_unusable(addresses: set[str]) -> None:
    if not addresses:
        return
    import apprise

    wrong = [_without_secrets(address) for address in sorted(addresses) if not apprise.Apprise().add(address)]
    if wrong:
        raise Misconfigured("these notification addresses cannot be used:", tuple(f"{address}..." for address in wrong))


def _without_secrets(address: str) -> str:
    return f"{urlsplit(address).scheme}://"
