-- The appservice's own database and the bots' beside Synapse's, on the same server.
CREATE DATABASE zvonok;
CREATE DATABASE zvonok_bots;
