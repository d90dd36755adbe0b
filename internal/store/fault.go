package store

// FaultKind is what keeps a database from doing its work.
type FaultKind string

// The kinds.
const (
	// FaultFull means that the disk, or a quota, is full.
	FaultFull FaultKind = "full"
	// FaultIO means that the disk or its file system reports errors.
	FaultIO FaultKind = "io"
	// FaultReadOnly means that the file, its folder or the file system cannot be
	// written.
	FaultReadOnly FaultKind = "read-only"
	// FaultCorrupt means that the file is damaged.
	FaultCorrupt FaultKind = "corrupt"
	// FaultBusy means that another program holds the database, and did not let go.
	FaultBusy FaultKind = "busy"
	// FaultClosed means that the file cannot be opened: its folder is missing, or
	// is not to be entered or written by this user.
	FaultClosed FaultKind = "closed"
)

// Fault says that a database cannot do its work for reasons that lie outside the
// program, and what a person has to do. It is found with errors.As.
type Fault struct {
	Kind FaultKind
	// Database is the name of the file.
	Database string
	// Advice is what to do, one or two sentences.
	Advice string
	// Err is what the engine said.
	Err error
}

// Error says what was found and what to do, without the engine's words.
func (f *Fault) Error() string { return f.found() + ": " + f.Advice }

// Unwrap returns what the engine said.
func (f *Fault) Unwrap() error { return f.Err }

func (f *Fault) found() string {
	switch f.Kind {
	case FaultFull:
		return "the disk with the database " + f.Database + " is full"
	case FaultIO:
		return "the disk with the database " + f.Database + " reports errors (" + f.Err.Error() + ")"
	case FaultReadOnly:
		return "the database " + f.Database + " cannot be written"
	case FaultCorrupt:
		return "the database " + f.Database + " is damaged (" + f.Err.Error() + ")"
	case FaultBusy:
		return "another program holds the database " + f.Database
	default:
		return "the database " + f.Database + " cannot be opened"
	}
}
