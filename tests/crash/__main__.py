"""`python -m tests.crash`; each forked process imports this module again, so there is next to nothing in it."""

import sys

if __name__ == "__main__":
    from tests.crash.command import main

    sys.exit(main())
