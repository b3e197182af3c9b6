"""The carriers: two vendors of text messages, one of calls, one of mail, each with weather of its own."""
