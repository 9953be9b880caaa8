"""What must be true of declarations before they run: each check names everything that is wrong."""
