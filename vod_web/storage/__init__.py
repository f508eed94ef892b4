"""Where are sources and what is made of them kept: files on this machine, or an S3 bucket."""
