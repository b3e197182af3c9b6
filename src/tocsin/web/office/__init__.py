"""The pages of the office: who works here, what waits for a second person, what was done, what hangs on the walls."""
