// Package campaigns holds the series that ship inside the binary.
package campaigns

import (
	"embed"
	"io/fs"
)

//go:embed ms-therapies garden-notes
var files embed.FS

// The campaigns that ship.
const (
	MSTherapies = "ms-therapies"
	GardenNotes = "garden-notes"
)

// Files returns the shipped campaigns, one folder each.
func Files() fs.FS { return files }
