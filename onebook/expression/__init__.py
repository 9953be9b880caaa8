"""The one small typed formula language: text to typed tree to Python, SQL and the browser."""
