"""What happened: past-tense frozen Structs, one file per entity, in their storage format. Pure."""
