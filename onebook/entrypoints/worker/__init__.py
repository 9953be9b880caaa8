"""What runs later: jobs and schedules."""
