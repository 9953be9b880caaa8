"""What is kept beside the records: meters, steps, answers; and what guards them while a command is under way."""
