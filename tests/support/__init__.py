"""What tests share: waiting, people with clients, schools on a real Synapse, databases."""
