"""What is told of comments, people and conversations becomes rows, pushed or read."""
