"""The mall: floors and posts manned by roster, spills, and deep cleaning in four evenings."""
