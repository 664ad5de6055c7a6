"""The main job: connect an account, publish, hear what comes back."""
