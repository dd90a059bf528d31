"""The linker's use cases. They never commit, and they never see Kafka."""
