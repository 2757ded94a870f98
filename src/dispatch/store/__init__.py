"""The event store on JetStream and its in-memory twin; the only room that speaks NATS for storage."""
