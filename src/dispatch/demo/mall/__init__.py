"""The mall: floors and posts by roster, spills, rounds drawn ahead, inspections, deep cleaning in four evenings."""
