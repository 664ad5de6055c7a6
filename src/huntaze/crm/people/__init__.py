"""What is asked for about people: who they are, what they wrote, where they named an account."""
