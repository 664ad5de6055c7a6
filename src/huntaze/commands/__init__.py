"""The commands of `huntaze`, one file each; a command imports only what it needs."""
