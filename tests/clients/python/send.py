"""Sends render events with fluent-logger for Python: send.py HOST PORT PREFIX COUNT."""

import sys

from fluent import sender


def main():
    host, port, prefix, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    # Half of them with whole seconds, half with the extension type for nanoseconds.
    for nanoseconds in (False, True):
        logger = sender.FluentSender("ads", host=host, port=port, nanosecond_precision=nanoseconds)
        for number in range(nanoseconds, count, 2):
            event = {
                "event_id": f"{prefix}-{number}",
                "page_view_id": prefix,
                "event": "ad_rendered",
                "elapsed_ms": number + 0.5,
            }
            if not logger.emit("render", event):
                raise SystemExit(logger.last_error)
        logger.close()


main()
