-- The appservice's own database beside Synapse's, on the same server.
CREATE DATABASE zvonok;
