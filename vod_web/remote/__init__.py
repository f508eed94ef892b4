"""Files on strangers' servers: which addresses are asked, and how what they send is received."""
