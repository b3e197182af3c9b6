"""What is over: alerts found again, one alert's whole record, and its report."""
