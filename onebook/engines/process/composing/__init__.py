"""From a record and a transition to the plan of everything that it will do."""
