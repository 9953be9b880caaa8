"""What people say beside records and how they hear of it: comments, files, notifications, live changes."""
