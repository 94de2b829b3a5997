"""The pages that people see: activation, and a class head's list."""
