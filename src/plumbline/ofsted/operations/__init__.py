"""Taking what Ofsted says. Called through placements.operations only, which then finds the children."""
