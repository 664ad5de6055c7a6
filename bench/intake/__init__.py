"""The webhook intake under fire: `python -m bench intake --json OUT`."""
