"""What the made-up platforms share: a server on the simulator's kernel, and a client of the contract."""
