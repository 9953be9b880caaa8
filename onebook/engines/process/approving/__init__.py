"""Agreement before a step is done: who is asked, what their answers bring, and what waits meanwhile."""
