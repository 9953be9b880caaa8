"""What happens without a hand: approvals on their way, rules, open doors, messages."""
