package drip

// Archive says who may read the issues of a campaign without being sent them.
type Archive string

// The archives.
const (
	// ArchiveOff is none: readers see what they were sent. It is the default, also when empty.
	ArchiveOff Archive = "off"
	// ArchivePublic is for whoever knows its address. Search engines are told to leave it.
	ArchivePublic Archive = "public"
	// ArchiveIndexed may be found by search engines, too.
	ArchiveIndexed Archive = "indexed"
)

// Open reports whether there is an archive.
func (a Archive) Open() bool { return a == ArchivePublic || a == ArchiveIndexed }
