"""What people are told: the outbox in which messages wait, and how they come to each by the way that they prefer."""
