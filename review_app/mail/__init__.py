"""Mail: what is written, and the two ways it leaves: a real server, or the development mailbox."""
