package audience

// CutSmall has lists taken in by chunks of so many rows, so that a short one has several.
func (a *Audience) CutSmall(rows int) { a.rows = rows }
