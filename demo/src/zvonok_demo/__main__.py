"""`python -m zvonok_demo`. Ctrl-C may come before anything else is there to hear it."""

import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from zvonok_demo.cli import main

        main()
    except KeyboardInterrupt:
        sys.exit(0)
