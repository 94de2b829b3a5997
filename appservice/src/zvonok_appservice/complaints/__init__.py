"""Complaints: what somebody reports in a client reaches the people of the school who answer."""
